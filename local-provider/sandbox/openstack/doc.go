// Package openstack is a stand-in for an OpenStack cloud: Keystone v3, Nova, Placement, Neutron, Glance, Cinder and Heat on one
// address, under the paths that devstack gives them. It answers as the published API references and the real services do, as far
// as clients use them: paths, status codes, each service's own form of errors, pages, microversions, and things that take time.
// Nothing runs anywhere: a server is a record that is BUILD for a while and then ACTIVE.
//
// A call finds its service by the beginning of its path, its [fault] if one was ordered, its token, its microversion, and then its
// handler, which reads and changes the state under the server's lock. What takes time is an event on the sandbox's clock, played
// before the next look at the state. What is kept lies in tables, which a journal writes to a file, so that a restart loses nothing.
//
// The cloud comes with what a small test cloud has: the projects admin, demo and service, the users admin and demo, a tiny image,
// two flavors, the networks public and shared, and two hosts that pretend to compute.
//
// [fault]: https://pkg.go.dev/github.com/handsoff/handsoff/local-provider/sandbox/fault
package openstack
