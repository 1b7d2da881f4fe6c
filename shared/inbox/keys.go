package inbox

import "github.com/handsoff/handsoff/shared/job"

// boxesKey is the set of functions that have, or had, an inbox.
const boxesKey = job.Prefix + "inbox"

// boxKey begins every key of a function's inbox. The scripts compute the others from it:
//
//	seq          counter: the last delivery's number
//	due          zset: unfinished deliveries, by number, by the time from which to take them up
//	dead         zset: deliveries that were given up, by the time of that
//	bytes        hash: how many bytes of bodies are due and dead
//	item:<n>     hash: a delivery
//	name:<name>  string: the number of the delivery that is known by this name, or "done"
//	room         never there: deleting it lets a script write when Redis is full
func boxKey(function string) string { return boxesKey + ":" + function + ":" }

// deadKey is the list of the dead of a function's inbox.
func deadKey(function string) string { return boxKey(function) + "dead" }
