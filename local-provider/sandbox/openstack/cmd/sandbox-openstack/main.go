// Command sandbox-openstack serves a stand-in for an OpenStack cloud.
//
//	sandbox-openstack -listen 127.0.0.1:8087 -password-file password -state state.jsonl -clouds clouds.yaml
//
// What it answers is described in package openstack. Beside the services' own paths it serves a page at /, and /sandbox/…: faults to
// order, the clock, and the calls that were made.
package main

import "github.com/handsoff/handsoff/local-provider/sandbox/program"

func main() { program.Main("sandbox-openstack", run) }
