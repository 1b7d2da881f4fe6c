package jenkins

import "time"

// Version is the Jenkins version that the sandbox answers as.
const Version = "2.528.3"

// What Options' zero values stand for.
const (
	defaultUser      = "demo"
	defaultExecutors = 2
	// defaultQuiet is Jenkins' global quiet period.
	defaultQuiet = 5 * time.Second
	// defaultStop is how long a build takes to die after it was asked to: time to interrupt a process and its children.
	defaultStop = 2 * time.Second
)

// Options configures a Server. The zero value is a Jenkins that nobody can log in to.
type Options struct {
	// User is the one user; "demo" when empty.
	User string
	// Token is the user's API token. A request with it needs no crumb.
	Token string
	// Password is the user's password, if it has one. A POST with it needs a crumb, as in Jenkins.
	Password string
	// URL is the root URL as it would be configured in Jenkins, used for every `url` in an answer. Its path is the
	// context path. When empty, URLs are made from each request's Host header.
	URL string
	// Dir keeps jobs, builds and queue over a restart. When empty, everything is in memory.
	Dir string
	// Executors is the number of builds that can run at once; 2 when zero, as in a fresh Jenkins.
	Executors int
	// QuietPeriod is how long a build waits before it may start; 5 s when zero, none when negative.
	QuietPeriod time.Duration
	// StopTakes is the time between an abort and the end of the build; 2 s when zero, none when negative.
	StopTakes time.Duration
	// Speed is how many seconds of the sandbox's clock pass in one real second; 1 when zero.
	Speed float64
	// Frozen makes the clock stand still: only Advance moves it.
	Frozen bool
	// OldQueueCancel answers a cancelled queue item as versions before 2.211 did: with a redirect, to a page that is not
	// there unless the request had a Referer, so that a client that follows it sees 404 after a success.
	OldQueueCancel bool
	// Empty leaves out the ready-made jobs in the folder "demo".
	Empty bool
	// Past gives demo/slow an earlier build of 30 s, so that the first one that somebody asks for has an estimate.
	Past bool
}

func (o Options) withDefaults() Options {
	if o.User == "" {
		o.User = defaultUser
	}
	if o.Executors <= 0 {
		o.Executors = defaultExecutors
	}
	if o.Speed <= 0 {
		o.Speed = 1
	}
	o.QuietPeriod = positive(o.QuietPeriod, defaultQuiet)
	o.StopTakes = positive(o.StopTakes, defaultStop)
	return o
}

// positive is the duration, the given one for zero, and none for a negative one.
func positive(d, ifZero time.Duration) time.Duration {
	if d == 0 {
		return ifZero
	}
	return max(d, 0)
}
