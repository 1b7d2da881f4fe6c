// Package attend runs a program that must not outlive the function that answers for it, and must be stopped for sure.
//
// A function can be killed at any moment, and what it had started would run on with nobody to attend it, beside the one
// that the next attempt starts. Therefore a function does not start a program itself: it starts a keeper, which is its
// own executable once more in a session of its own. The keeper is the parent of every orphan below it, so that nothing
// the program starts can hide from it, daemons included. It begins the program in a process group, and ends all that is
// below it when its line to the function breaks (the function died, however it died) or when nothing was heard on the
// line for Patience (the function was stopped, or hangs). If the keeper itself is killed, the kernel kills the program,
// and the function ends the rest.
//
// Output goes straight from the program into pipes that the function reads.
//
// The name of the keeper (Ref) is kept in a job's checkpoint before the program may act. Whoever takes the job over
// looks (Look) whether that keeper is still at work before it decides anything.
package attend

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// Patience is for how long a keeper waits to hear from its function. It is less than the ten seconds of a job's lease,
	// so that an attempt that lost its lease by standing still has no program any more.
	Patience = 8 * time.Second
	// Orphaned is how long after a job changed hands the program of its last attempt can still run where Look cannot see:
	// the 45 s after which a function that cannot renew its lease ends its program, and the time that this takes.
	Orphaned = 70 * time.Second

	// beat is how often the function lets its keeper hear from it.
	beat = time.Second
	// readiness is what a keeper has to begin.
	readiness = 10 * time.Second
	// drain is how long output is awaited after everything that could write it has ended.
	drain = 10 * time.Second
)

// able says that Main was called, without which a keeper would be a second function.
var able atomic.Bool

// Spec says what to run, and where its output goes.
type Spec struct {
	// Path is the executable; a name without a slash is looked up in this process's PATH. Args are its arguments without
	// the name.
	Path string
	Args []string
	// Env is the whole environment: nothing is inherited. A variable HANDSOFF_ATTENDED is added, by which what the program
	// left behind is known.
	Env []string
	// Dir is where it begins; this process's own folder when empty.
	Dir string
	// Stdin is all it can read; nil is the null device.
	Stdin []byte
	// Output and Errors receive what it writes, each from a goroutine of its own and never after Done. Without Errors both
	// go to Output, in order; what has nowhere to go is dropped. A writer that blocks blocks the program, and Done; one that fails is
	// not written to again, and the program goes on.
	Output, Errors io.Writer
	// Events receives what the program writes to descriptor 3, which is closed in it when nil.
	Events io.Writer
}

// Exit says how the program ended.
type Exit struct {
	// Code is its status, or -1 when a signal ended it or nobody saw.
	Code int `json:"code"`
	// Signal is the one that ended it, "SIGKILL"; else empty.
	Signal string `json:"signal,omitempty"`
	// Left are the commands of what it left running (daemons), "sleep 600 (pid 12)", at most 50. They were ended. A
	// connection that ssh keeps open for later (ControlPersist) is ended but not named. A long one is cut off with "…". Mask
	// them before showing them, see mask.Shortened.
	Left []string `json:"left,omitempty"`
	// Trouble is a sentence about what went wrong with the attending: the keeper was killed, some output is missing.
	Trouble string `json:"trouble,omitempty"`
}

// Attended is one program and its keeper. Its methods may be called by several goroutines.
type Attended struct {
	ref    Ref
	limits limits
	cmd    *exec.Cmd
	conn   net.Conn
	pipes  *pipes
	ready  chan struct{}
	done   chan struct{}
	exited chan struct{} // the keeper was reaped

	mutex   sync.Mutex
	changed chan struct{} // closed and replaced whenever something below changes
	began   bool          // Go was called
	group   int           // of the program, once it runs
	refused string
	exit    Exit
	seen    bool // how it ended
	stops   bool // the keeper has heard that it is to stop
	sent    []Sent
	stuck   []string
	gone    bool
}

// Start starts the keeper. The program does not run before Go: keep Ref first, where the next attempt finds it.
func Start(spec Spec) (*Attended, error) {
	return start(spec, limits{patience: Patience, stragglers: stragglers, polite: polite, drain: drain, deaf: deaf})
}

// Ref is the name of the keeper, to be kept in a checkpoint before Go.
func (a *Attended) Ref() Ref { return a.ref }

// Group is the identifier of the program and of its process group, once Go has returned nil.
func (a *Attended) Group() int {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return a.group
}

// Done is closed when the program has ended, nothing that it started is left, and all its output was read. Output that
// is held open by something elsewhere is not awaited for more than ten seconds.
func (a *Attended) Done() <-chan struct{} { return a.done }

// Exit says how the program ended, once Done is closed.
func (a *Attended) Exit() Exit {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return a.exit
}

// Go lets the program begin: until then nothing has happened. It fails when the program cannot be executed, or when
// Stop came first; Done is closed then.
func (a *Attended) Go() error {
	a.mutex.Lock()
	again := a.began
	a.began = true
	a.mutex.Unlock()
	if again {
		return errors.New("the program has begun already")
	}
	_ = a.say(order{Go: true}) // a line that broke is seen below
	limit := time.NewTimer(readiness)
	defer limit.Stop()
	for {
		a.mutex.Lock()
		group, changed := a.group, a.changed
		a.mutex.Unlock()
		if group != 0 {
			return nil
		}
		select {
		case <-changed:
		case <-a.done:
			return a.refusal()
		case <-limit.C:
			a.abandon()
			return errors.Join(a.refusal(), fmt.Errorf("the keeper did not answer within %s", readiness))
		}
	}
}

// refusal says why a program that has ended did not begin, if it did not.
func (a *Attended) refusal() error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	switch {
	case a.group != 0:
		return nil
	case a.refused != "":
		return errors.New(a.refused)
	case a.gone:
		return errors.New("the program was stopped before it began")
	default:
		return errors.New("the program's keeper was killed before it began")
	}
}

// say gives the keeper an order. One that does not read for a second is not waited for: it was stopped, and Stop deals
// with that.
func (a *Attended) say(o order) error {
	return write(a.conn, o)
}

// beat lets the keeper hear that the function is there.
func (a *Attended) beat() {
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	for {
		select {
		case <-a.exited:
			return
		case <-ticker.C:
			_ = a.say(order{}) // a broken line is seen by who listens
		}
	}
}
