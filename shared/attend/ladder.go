package attend

import (
	"time"

	"golang.org/x/sys/unix"
)

// step is one rung of the way down: a signal, to whom, and how long its effect is awaited. It is over as soon as nobody
// is left to whom it applies.
type step struct {
	signal unix.Signal // 0 only waits
	all    bool        // everything below the keeper; else the program's own process group
	wait   time.Duration
	again  bool // sent again after each wait, for as long as it takes
}

const (
	// stragglers is what helpers have to end by themselves after their program, before they count as left behind.
	stragglers = 250 * time.Millisecond
	// polite is what something left behind has between SIGTERM and SIGKILL.
	polite = 3 * time.Second
	// killed is how long the kernel may take to end what was killed before it is tried again.
	killed = time.Second
)

// ladder is the way down of a program that is stopped.
func ladder(w Waits, b beginning) []step {
	return append([]step{
		{signal: unix.SIGINT, wait: w.Term},
		{signal: unix.SIGTERM, wait: w.Kill},
		{signal: unix.SIGKILL, wait: killed},
	}, remains(b)...)
}

// remains is the way down of what a program left behind.
func remains(b beginning) []step {
	return append([]step{{all: true, wait: b.Stragglers}}, everything(b.Polite)...)
}

// everything is the way down when there is nobody left to ask.
func everything(polite time.Duration) []step {
	return []step{
		{signal: unix.SIGTERM, all: true, wait: polite},
		{signal: unix.SIGKILL, all: true, wait: killed, again: true},
	}
}
