// Command sandbox-gerrit serves a stand-in for Gerrit with a few people, projects and changes.
//
//	sandbox-gerrit -listen 127.0.0.1:8084 -ssh-listen 127.0.0.1:29418 -http-password-file password -ssh-user-key-file key.pub
//
// What it answers is described in package gerrit. Beside Gerrit's own paths it serves, to who has the HTTP password, a page at
// / where people can be played, and /sandbox/…: the same for programs, faults to order, and the ledger of what was asked.
package main

import "github.com/handsoff/handsoff/local-provider/sandbox/program"

func main() { program.Main("sandbox-gerrit", run) }
