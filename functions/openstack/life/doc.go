// Package life makes environments and gives them back: the jobs and calls behind "openstack env …" and "openstack sweep".
//
// An environment is a plan (package template) and an inventory (package environment). Whoever steps one of its jobs does one
// round at a time: rise.go makes what can be made now and looks whether what was made is ready; fall.go takes back what can go
// now and looks whether what was told to go is gone. What is to be made is in the inventory, as intended, before the cloud is
// asked; what is intended and has no id is looked for by its mark before it is asked for again, and before anything is
// said to be gone. So a job may die at any line, and the next worker goes on with what the inventory says.
//
// create.go, delete.go and rebuild.go are made of these two. A job that was asked to stop, or that cannot go on, takes back
// what it made; what would not go stays in the inventory and is named.
//
// lease.go waits for the end of an environment's time: it warns its owner, and hands in the commands that stop and delete it,
// as anybody would.
package life
