// Package resource makes the things an environment consists of in an OpenStack cloud, finds them again by their mark, looks after them and takes them back:
// projects, key pairs, networks, servers, stacks and the rest, one [Kind] each.
//
// A kind remembers nothing. What it made it finds in the cloud by the [Mark] that was part of the request, because the answer to that request may never have
// come: a create is never repeated unless the mark was looked for and is not there. What is to be made is a [Wish] with a spec of the kind's own type.
// Names of what the cloud has already (a flavor, an image) become ids by [Names.Settle] before anything is made, all mistakes at once.
package resource

import (
	"encoding/json"
	"time"
)

// State is how far a thing is, whatever its service calls it.
type State string

// The states of a thing. Absent is gone or never was; Going is being deleted, or deleted softly where that comes to the same for whoever waits.
const (
	Absent   State = "absent"
	Building State = "building"
	Ready    State = "ready"
	Stopped  State = "stopped"
	Failed   State = "failed"
	Going    State = "going"
)

// Thing is something in a cloud.
type Thing struct {
	Kind      string            `json:"kind"`
	ID        string            `json:"id"`
	Name      string            `json:"name"`
	State     State             `json:"state"`
	Why       string            `json:"why,omitempty"` // why it is Failed, in the cloud's own words
	Addresses []string          `json:"addresses,omitempty"`
	Mark      Mark              `json:"mark,omitzero"`
	Made      time.Time         `json:"made,omitzero"` // zero where the service does not say
	Facts     map[string]string `json:"facts,omitempty"`

	// Unfinished is one that was begun with several requests of which some are missing, since a crash came between them. It is Failed; a [Finisher] does the rest.
	Unfinished bool `json:"unfinished,omitempty"`
}

// The facts a thing may have.
const (
	// FactPrivateKey is the private key of a key pair that was made, in OpenSSH's form: only in what Make returns, once. It is a secret: it may be in no log,
	// job or record. A key pair found by its mark after a lost answer or a crash does not have it any more: delete it and make it again.
	FactPrivateKey = "private_key"
	// FactLogin is the user to log in to a server as.
	FactLogin = "login"
	// FactHost is the hypervisor a server is on; only administrators see it.
	FactHost = "host"
	// FactStatus is the state in the service's own word.
	FactStatus = "status"
)

// Wish is what is to be made. Spec is the JSON of the kind's spec type (ServerSpec for "server"); Uses says which ids the items have that the spec refers
// to. The mark's parts must all be there.
type Wish struct {
	Kind string            `json:"kind"`
	Item string            `json:"item"`
	Name string            `json:"name"` // "" for Mark.Name()
	Spec json.RawMessage   `json:"spec"`
	Uses map[string]string `json:"uses,omitempty"` // item → id
	Mark Mark              `json:"mark"`
}
