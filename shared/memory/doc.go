// Package memory is what rules remember: under each name a value, such as the newest merged commit of a branch, and the
// changes that led to it. A rule writes it with [Remember]; conditions, templates and schedules read it with [Recall], and
// [Since] says what is new since a value that was used before.
package memory
