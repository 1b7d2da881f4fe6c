package stream

import (
	"crypto/ed25519"
	"errors"
	"net"
	"slices"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// hosts verifies the server's host key.
type hosts struct {
	callback   ssh.HostKeyCallback
	algorithms []string
}

// readHosts reads the list of known hosts, and which kinds of keys it has for the server.
func (o *Options) readHosts() (hosts, error) {
	check, err := knownhosts.New(o.Hosts)
	if err != nil {
		return hosts{}, o.fault(Keyless, err, "the list of known hosts cannot be read: %s", brief(err.Error()))
	}
	// A key that nobody has shows which ones are accepted.
	nobody, err := ssh.NewPublicKey(make(ed25519.PublicKey, ed25519.PublicKeySize))
	if err != nil {
		return hosts{}, o.fault(Keyless, err, "the known hosts cannot be read")
	}
	known, ok := errors.AsType[*knownhosts.KeyError](check(o.Address, &net.TCPAddr{}, nobody))
	if !ok || len(known.Want) == 0 {
		return hosts{}, o.unknown(nil)
	}
	return hosts{
		callback: func(address string, remote net.Addr, key ssh.PublicKey) error {
			if err := check(address, remote, key); err != nil {
				return o.stranger(key, err)
			}
			return nil
		},
		algorithms: algorithms(known.Want),
	}, nil
}

// algorithms are the ways to sign of the known keys. A key of RSA signs in several, of which the one with SHA-1 is no longer
// safe.
func algorithms(known []knownhosts.KnownKey) []string {
	var list []string
	for _, k := range known {
		switch kind := k.Key.Type(); kind {
		case ssh.KeyAlgoRSA:
			list = append(list, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256)
		default:
			list = append(list, kind)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
