// Command sandbox-github serves a stand-in for GitHub with an organisation, its people and repositories, and one App.
//
//	sandbox-github -listen 127.0.0.1:8083 -token-file token -webhook-secret-file secret -app-key-file key.pem -events-url http://…/function/github
//
// What it answers is described in package github. Beside GitHub's REST API, under /api/v3 and at the root, it serves, to who has
// the bot's token, pages where people can be played, and /sandbox/…: the same for programs, faults to order, and the ledger
// of what was called.
package main

import "github.com/handsoff/handsoff/local-provider/sandbox/program"

func main() { program.Main("sandbox-github", run) }
