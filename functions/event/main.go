// Command event is the function that does what the configuration's rules say when something happens elsewhere.
//
// work.go is the way of an event: its inbox hands it over, in order for a subject; supersede.go stops what it made
// pointless; shared/rule says which rules match; guard.go and what is beside it stops those that must not act; act.go does
// what the others say, once whoever dies; record.go writes down what was decided. calls.go is the table of its commands.
package main

import "github.com/handsoff/handsoff/shared/function"

func main() { function.Main("event", setUp) }
