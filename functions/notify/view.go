package main

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
// what has been shown (see [job.Store.SaveShown]), in one act with the showing where the door allows that, and returns it.
// Where it cannot be one act, showing comes first, so that a crash between the two tells something twice and never not at
// all. It must return soon after ctx ends. errMoved and errGone are no faults of the door; any other error is, and makes
// the address wait with back-off.
type Renderer interface {
	Show(ctx context.Context, address string, view View, shown job.Shown) (job.Shown, error)
}

var (
	// errMoved says that somebody else has shown something there since shown was read.
	errMoved = errors.New("notify: shown by another one meanwhile")
	// errGone says that the address no longer follows the job.
	errGone = errors.New("notify: the address no longer follows the job")
)

// laterError says that an address has been shown what it may be shown now, and the rest must wait.
type laterError struct {
	after   time.Duration
	reached bool // the door answered meanwhile: it is not away
}

func (e laterError) Error() string { return "notify: the rest is shown in " + e.after.String() }

// door is a kind of door.
type door struct {
	Renderer

	// pace is how close two updates of an address may follow each other, 0 for any. Only how far a job has come waits for
	// it; first and last words do not.
	pace time.Duration
	// apart says that showing may take long, as it does where every word crosses the Internet: then it is done beside the
	// delivery of the job, which ends without it.
	apart bool
}

// visible is a job without what nobody at a door needs to see.
func visible(j *job.Job) *job.Job {
	shown := *j
	shown.Args, shown.Checkpoint, shown.Key = nil, nil, ""
	return &shown
}
