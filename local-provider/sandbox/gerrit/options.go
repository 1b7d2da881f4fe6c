package gerrit

import (
	"time"

	"golang.org/x/crypto/ssh"
)

// What Options' zero values stand for.
const (
	defaultVersion    = "3.9.1"
	defaultQueue      = 128              // as Gerrit's StreamEvents has it
	defaultWait       = 30 * time.Second // Gerrit's sshd.waitTimeout
	defaultLimit      = 5000             // events-log's returnLimit
	defaultEventBytes = 16 << 20
)

// Options configures a Server. The zero value is a Gerrit into which nobody can log in.
type Options struct {
	// Password is the HTTP password of the user handsoff, and opens the page. Without one there is no way in by HTTP.
	Password string
	// Key is the public SSH key of the user handsoff, in the form of authorized_keys; several lines are several keys.
	Key []byte
	// HostKey is what the SSH server shows. Without one a key is made, and kept in Dir.
	HostKey ssh.Signer
	// URL is the canonical URL, used in links. When empty it is learned from the first request's Host header.
	URL string
	// Dir keeps the state over a restart. When empty, everything is in memory.
	Dir string
	// Version is what it says it is; 3.9.1 when empty.
	Version string
	// NoEventsLog leaves out the plugin events-log.
	NoEventsLog bool
	// LogLag is how long after it happened an event shows in the events log. The real plugin writes every two seconds.
	LogLag time.Duration
	// LogLimit is how many events one request to the events log gives; 5000 when zero.
	LogLimit int
	// EventBytes is how many bytes of past events are kept; 16 MB when zero.
	EventBytes int
	// StreamQueue is how many events may wait for a reader before some are dropped; 128 when zero.
	StreamQueue int
	// StreamWait is how long a reader may take nothing before its connection is closed; 30 s when zero.
	StreamWait time.Duration
	// Speed is how many seconds of the sandbox's clock pass in one real second; 1 when zero.
	Speed float64
	// Frozen makes the clock stand still: only Advance moves it.
	Frozen bool
	// Empty leaves out the ready-made projects and changes; only the accounts are there.
	Empty bool
}

func (o Options) withDefaults() Options {
	if o.Version == "" {
		o.Version = defaultVersion
	}
	if o.LogLimit <= 0 {
		o.LogLimit = defaultLimit
	}
	if o.EventBytes <= 0 {
		o.EventBytes = defaultEventBytes
	}
	if o.StreamQueue <= 0 {
		o.StreamQueue = defaultQueue
	}
	if o.StreamWait <= 0 {
		o.StreamWait = defaultWait
	}
	if o.Speed <= 0 {
		o.Speed = 1
	}
	return o
}
