// Command sandbox-jenkins serves a stand-in for a Jenkins controller, with ready-made jobs in the folder "demo".
//
//	sandbox-jenkins -listen 127.0.0.1:8081 -user demo -token-file token -dir state
//
// What it answers is described in package jenkins. Beside Jenkins' own paths it serves, to the same user and token,
// /sandbox/…: faults to order, builds to hold, and the list of builds that were started.
package main

import "github.com/handsoff/handsoff/local-provider/sandbox/program"

func main() { program.Main("sandbox-jenkins", run) }
