// Package site is the frame in which the dashboard's pages stand: who looks and what they may see, the layout, buttons that
// give commands, and pages that keep themselves up to date.
//
// A page is data and a template. What it may show is decided here, before it is asked for: without a role nothing, but for
// what the configuration makes public. A button is a command like any other: it goes to the function command in the name of
// whoever pressed it, and what that says is shown on the page from which they came.
//
// Nothing on a page is markup that came from outside: html/template escapes, and the policy that is sent with each page lets
// no script run but the site's own.
package site
