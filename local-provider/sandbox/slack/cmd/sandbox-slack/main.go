// Command sandbox-slack serves a stand-in for Slack with a few people and channels, and one installed app.
//
//	sandbox-slack -listen 127.0.0.1:8082 -token-file token -signing-secret-file secret -events-url http://…/function/slack
//
// What it answers is described in package slack. Beside Slack's own paths it serves, to who has the app's token, a page at
// / where people can be played, and /sandbox/…: the same for programs, faults to order, and the ledger of what was called.
package main

import "github.com/handsoff/handsoff/local-provider/sandbox/program"

func main() { program.Main("sandbox-slack", run) }
