// Package door is what stands between the courier of notify and a kind of door, such as Slack or mail.
//
// The courier (package courier) decides what is shown where, and when. It hands a door a [View]: the job as it is, and what an
// address was not told of it yet. The door's [Renderer] shows that by its own protocol, records it, and answers how it went. So a
// door knows nothing of claims, back-off and what else waits, and the courier knows no protocol. Each kind of door is a package beside
// this one, which opens it: it gives a [Door], or [ErrNotSetUp].
//
// A door that writes outside Redis cannot show and record in one act: a showing has the address in its [Hand] until both are
// done.
package door

import (
	"context"
	"errors"
	"time"

	"github.com/handsoff/handsoff/shared/job"
)

// View is what an address may be shown of a job: plain data, without arguments or checkpoint.
type View struct {
	Job   *job.Job   // as it is now
	Story []job.Line // what the address has not been told yet, the oldest first
	More  bool       // the story goes on: this is not all of it, and the job's state is for the last page
	Now   time.Time  // by the clock that jobs are kept by
}

// Renderer shows views at one kind of door.
//
// Show brings an address up to date: it tells the story lines, and unless there are more, how the job stands. It records
// what has been shown (see [job.Shown]), in one act with the showing where the door allows that, and returns it.
// Where it cannot be one act, showing comes first, so that a crash between the two tells something twice and never not at
// all. It must return soon after ctx ends. ErrMoved, ErrGone and LaterError are no faults of the door; any other error is,
// and makes the address wait with back-off.
type Renderer interface {
	Show(ctx context.Context, address string, view View, shown job.Shown) (job.Shown, error)
}

var (
	// ErrNotSetUp says that the configuration has no section for a door: it stays shut, which is no mistake.
	ErrNotSetUp = errors.New("notify: the door is not set up")
	// ErrMoved says that somebody else has shown something there since shown was read.
	ErrMoved = errors.New("notify: shown by another one meanwhile")
	// ErrGone says that the address no longer follows the job.
	ErrGone = errors.New("notify: the address no longer follows the job")
)

// LaterError says that an address has been shown what it may be shown now, and the rest must wait.
type LaterError struct {
	After   time.Duration
	Reached bool // the door answered meanwhile: it is not away
}

// Error says so.
func (e LaterError) Error() string { return "notify: the rest is shown in " + e.After.String() }

// Door is a kind of door.
type Door struct {
	Renderer

	// Pace is how close two updates of an address may follow each other, 0 for any. Only how far a job has come waits for
	// it; first and last words do not.
	Pace time.Duration
	// Apart says that showing may take long, as it does where every word crosses the Internet: then it is done beside the
	// delivery of the job, which ends without it.
	Apart bool
}
