// Package page serves what everybody at a gathering looks at: what is discussed now and next, the schedule, etherpads, links,
// successes, a sign for halls, a page for each track; the same as data; and calendars.
//
// A page is made of parts, elements with an id. A [Pages] follows each gathering that somebody looks at: when a change
// comes, the parts of each page that is open anywhere are made anew, once, and those that differ are sent to all who have it
// open. A part that holds many items (topics, rows of the schedule) is compared item by item, so that a change of one topic
// sends one topic. Without the script of the page none of this happens, and the page loads itself anew every minute.
//
// What people wrote reaches a page as text only, through html/template; links are http or https; colours are numbers, in a
// style sheet that is made of them. The pages hold no script and no style of their own, and forbid both.
package page
