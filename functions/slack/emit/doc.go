// Package emit says something in channels of Slack: the capability behind "emit".
//
// All channels are found before anything is said; then it is said in one after the other, in each of them once, whatever
// dies in between: the message carries the job's id as metadata, and is looked for in the channel's history before it is
// said again. resolve.go finds channels, say.go says it, stop.go tells what a stopped job leaves behind.
package emit
