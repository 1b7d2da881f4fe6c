// Command ansible is the function behind the "ansible …" commands: it runs the playbooks that the configuration declares with the real
// ansible-playbook, records them with ARA, and stops them for sure. docs/ansible.md says what it does for people.
//
// The life of a run: wish.go (what was asked for, checked), prepare.go and folder.go (what ansible-playbook is given),
// run.go (its start, under a keeper of shared/attend), attend.go (what it says, streamed), ending.go; cancel.go stops it,
// and takeover.go settles one whose function died. The package callback is the plugin by which Ansible tells how far it
// has come, the package ara the client for its records.
package main

import (
	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/git"
)

func main() {
	attend.Main()
	git.Main()
	function.Main("ansible", setUp)
}
