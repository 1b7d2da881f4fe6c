package stream

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/handsoff/handsoff/shared/chat"
)

// Kind is what a fault means for whoever listens.
type Kind int

// The kinds of faults. Away and Ended pass by themselves; for the others somebody must act.
const (
	Away     Kind = iota // the server cannot be reached
	Ended                // the connection broke, or the server ended it
	Refused              // the account, its key or its permission is not accepted
	Stranger             // the server's host key is not the one that is known
	Keyless              // our own key or the list of known hosts cannot be used
)

// Fault is why there is no stream, or no longer. Its text is for people.
type Fault struct { //nolint:errname // stream.Fault reads best
	Kind Kind
	Text string
	Err  error
}

// Error says it.
func (f *Fault) Error() string { return f.Text }

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.Err }

// KindOf is the kind of an error; Ended for what is no fault of this package.
func KindOf(err error) Kind {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f.Kind
	}
	return Ended
}

func (o *Options) fault(kind Kind, err error, format string, args ...any) *Fault {
	return &Fault{Kind: kind, Text: fmt.Sprintf(format, args...), Err: err}
}

// greeting makes a fault of a failed handshake.
func (o *Options) greeting(err error) error {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f // the host key's
	}
	text := err.Error()
	switch {
	case strings.Contains(text, "unable to authenticate"): // x/crypto/ssh has no name for it
		return o.fault(Refused, err, "%s does not accept the key of the account %s: add the public key to that account in Gerrit", o.Address, o.User)
	case strings.Contains(text, "no common algorithm for host key"):
		return o.fault(Stranger, err, "%s has no host key of the kind that the known hosts have for it: its host key was changed, or "+
			"somebody else answers there. Verify it, and put the new key into the list", o.Address)
	}
	return o.fault(Away, err, "%s does not answer as an SSH server: %s", o.Address, brief(text))
}

// stranger makes a fault of a host key that was not accepted.
func (o *Options) stranger(key ssh.PublicKey, err error) *Fault {
	got := ssh.FingerprintSHA256(key)
	if _, ok := errors.AsType[*knownhosts.RevokedError](err); ok {
		return o.fault(Stranger, err, "the host key of %s, %s, is revoked in the known hosts", o.Address, got)
	}
	known, ok := errors.AsType[*knownhosts.KeyError](err)
	if !ok || len(known.Want) == 0 {
		return o.unknown(err)
	}
	return o.fault(Stranger, err, "the host key of %s was changed, or somebody else answers there: it is now %s, and %s is known. "+
		"Verify it, and put the new key into the list of known hosts", o.Address, got, ssh.FingerprintSHA256(known.Want[0].Key))
}

// unknown is the fault of a host that the list does not have.
func (o *Options) unknown(err error) *Fault {
	return o.fault(Stranger, err, "%s is not among the known hosts: put its host key into the list, as ssh-keyscan writes it, after "+
		"verifying it; nobody is trusted on first use", o.Address)
}

func brief(text string) string {
	const longest = 200
	return chat.Brief(text, longest)
}
