package inbox

import "github.com/handsoff/handsoff/shared/job"

// boxesKey is the set of functions that have, or had, an inbox.
const boxesKey = job.Prefix + "inbox"

// boxKey begins every key of a function's inbox. The scripts compute the others from it:
//
//	seq          string: how many deliveries there were
//	due          zset: unfinished deliveries, by number, by the time from which to take them up; of a lane only the first
//	dead         zset: deliveries that were given up, by the time of that
//	bytes        hash: how many bytes of bodies are due and dead; how many deliveries wait behind another one of their lane
//	heads        hash: the number of an unfinished or dead delivery, and what it came with, see lib.lua
//	hands        hash: the number of one that was taken up, and what became of it so far, likewise
//	lanes        hash: a lane that has unfinished deliveries, and the number of the last
//	next         hash: a delivery's number, and that of the one behind it in its lane
//	body:<n>     string: a delivery's body, as it came
//	note:<n>     string: what has been done of it; not there for nothing
//	why:<n>      string: why it was given up; not there unless it was
//	name:<name>  string: the number of the delivery that is known by this name, or "done"
//	kept         list: what is done and can still be listed, the last first: number, when, after how many attempts, head
//	room         never there: deleting it lets a script write when Redis is full
func boxKey(function string) string { return boxesKey + ":" + function + ":" }

// deadKey is the list of the dead of a function's inbox.
func deadKey(function string) string { return boxKey(function) + "dead" }
