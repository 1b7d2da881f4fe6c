// Command command is the function behind every door: it takes envelopes, finds out what is meant and whether the sender
// may do that, and answers at once, through the function that owns the command, or makes a job of it.
//
// edge.go decides whom to believe; reading.go makes a command of what was typed; dispatch.go checks the role and sends the
// command its way; the commands that this function owns are in the files own_*.go.
package main

import "github.com/handsoff/handsoff/shared/function"

func main() { function.Main("command", setUp) }
