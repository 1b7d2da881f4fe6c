// Package rules is the dashboard's pages about what happens when something happens elsewhere: the rules, what they decided
// last, whether they rest, and what one would do about an event.
package rules
