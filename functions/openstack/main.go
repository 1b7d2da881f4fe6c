// Command openstack is the function behind the "openstack …" commands. docs/openstack.md says what it does for people.
//
// The package cloud reaches clouds; question answers what is asked of them, and does the small things; life makes environments out of
// templates, keeps their inventory, and gives them back.
package main

import "github.com/handsoff/handsoff/shared/function"

func main() { function.Main("openstack", setUp) }
