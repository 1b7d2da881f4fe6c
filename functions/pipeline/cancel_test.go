package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// A cancel reaches the line that runs; the receipt says what was seen, and nothing more is begun.
func TestCancelReachesTheLineThatRuns(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	batches := job.NewWorker(b.store, job.WorkerOptions{
		Function: "pipeline", Name: "p", Steps: map[string]job.Stepper{"batch": b.batcher(b.store, b.say)},
	})
	defer b.end(batches)
	b.brew = func(*job.Run) job.Outcome { return job.Wait(time.Hour) }
	id := b.accept("tea taste a", "tea brew mint", "tea taste b")
	b.rounds(id, batches, 5)
	if _, err := b.store.Cancel(t.Context(), id, "telnet:bob", "enough", "slack-group:S1"); err != nil {
		t.Fatal(err)
	}
	b.rounds(id, batches, 20)
	child := b.job(b.children(id)[0])
	if child.State != job.Cancelled || child.Cancel.By != "telnet:bob" || child.Cancel.Reason != "enough" || len(child.Cancel.Groups) != 1 {
		t.Error(jobtest.Describe(child), child.Cancel)
	}
	j := b.job(id)
	if want := fmt.Sprintf("%s is cancelled (%s); 1 of 3 lines had been done", child.ID, child.Receipt.Evidence); j.State != job.Cancelled || j.Receipt.Evidence != want {
		t.Errorf("%s, want %s", jobtest.Describe(j), want)
	}
	story := b.lines(b.store.Story, id)
	if last := story[len(story)-1]; !strings.HasPrefix(last, "✗ line 2 of 3, tea brew mint: "+child.ID+" was cancelled") {
		t.Error(last)
	}
}

// The time limit of a batch stops what it started, also where no worker was at it when it passed.
func TestTheTimeLimitReachesTheLineThatRuns(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	batches := job.NewWorker(b.store, job.WorkerOptions{
		Function: "pipeline", Name: "p", Steps: map[string]job.Stepper{"batch": b.batcher(b.store, b.say)},
	})
	defer b.end(batches)
	b.brew = func(*job.Run) job.Outcome { return job.Wait(time.Hour) }
	id := b.accept("tea brew mint", "tea taste b")
	b.rounds(id, batches, 3)
	b.clock.Add(23*time.Hour + 59*time.Minute + 57*time.Second) // before the time limit of the line's own job
	b.rounds(id, batches, 20)
	child := b.job(b.children(id)[0])
	if j := b.job(id); j.State != job.Failed || !strings.Contains(j.Error, "time limit") || child.State != job.Cancelled || child.Receipt.By != job.DeadlineOf(id) {
		t.Error(jobtest.Describe(j), jobtest.Describe(child), child.Cancel)
	}
}

// So it does what is nobody's child, which is told whose limit that was.
func TestTheTimeLimitReachesWhatIsNobodysChild(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	other, err := b.say(t.Context(), command.Envelope{ID: "x", Principal: "telnet:ann", Text: "tea brew mint"})
	if err != nil {
		t.Fatal(err)
	}
	batches := job.NewWorker(b.store, job.WorkerOptions{
		Function: "pipeline", Name: "p", Steps: map[string]job.Stepper{"batch": b.batcher(b.store, b.say)},
	})
	defer b.end(batches)
	b.brew = func(*job.Run) job.Outcome { return job.Wait(time.Hour) }
	id := b.accept("retry "+other.Job, "tea taste b")
	b.rounds(id, batches, 5)
	line := b.job(id).Progress.Line
	made := line[len(line)-4:]
	b.clock.Add(23*time.Hour + 59*time.Minute + 55*time.Second) // as above
	b.rounds(id, batches, 20)
	if child := b.job(made); child.State != job.Cancelled || child.Receipt.By != job.DeadlineOf(id) {
		t.Error(jobtest.Describe(child), child.Cancel, jobtest.Describe(b.job(id)))
	}
}

// A job that a command makes on its own, as retry does, is followed and stopped like the others.
func TestJobsThatAreNobodysChild(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	other, err := b.say(t.Context(), command.Envelope{ID: "x", Principal: "telnet:ann", Text: "tea brew mint"})
	if err != nil {
		t.Fatal(err)
	}
	batches := job.NewWorker(b.store, job.WorkerOptions{
		Function: "pipeline", Name: "p", Steps: map[string]job.Stepper{"batch": b.batcher(b.store, b.say)},
	})
	defer b.end(batches)
	b.brew = func(*job.Run) job.Outcome { return job.Wait(time.Hour) }
	id := b.accept("retry "+other.Job, "tea taste b")
	b.rounds(id, batches, 5)
	var s stage
	if j := b.job(id); j.State != job.Waiting || len(b.children(id)) > 0 {
		t.Fatal(jobtest.Describe(j))
	} else if line := j.Progress.Line; !strings.HasPrefix(line, "line 1 of 2: retry "+other.Job+", ") {
		t.Fatal(line)
	} else {
		s.Job = line[len(line)-4:]
	}
	if _, err := b.store.Cancel(t.Context(), id, "telnet:bob", ""); err != nil {
		t.Fatal(err)
	}
	b.rounds(id, batches, 20)
	if made := b.job(s.Job); made.State != job.Cancelled || b.job(id).State != job.Cancelled {
		t.Error(jobtest.Describe(made), jobtest.Describe(b.job(id)))
	}
}

// A command that was on its way when the stop came is not done again to find out, and the receipt says so.
func TestALineOnItsWay(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var id string
	say := func(ctx context.Context, e command.Envelope) (command.Answer, error) {
		if _, err := b.say(ctx, e); err != nil {
			t.Error(err)
		}
		if _, err := b.store.Cancel(ctx, id, "telnet:bob", ""); err != nil {
			t.Error(err)
		}
		return command.Answer{}, errors.New("the answer was lost")
	}
	batches := job.NewWorker(b.store, job.WorkerOptions{
		Function: "pipeline", Name: "p", Steps: map[string]job.Stepper{"batch": b.batcher(b.store, say)},
	})
	defer b.end(batches)
	id = b.accept("tea taste a", "tea taste b")
	b.rounds(id, batches, 20)
	j := b.job(id)
	if j.State != job.Cancelled || len(j.Receipt.Left) != 1 || j.Receipt.Left[0] != "line 1 of 2, tea taste a, was on its way and may have been answered" ||
		b.answered[handInID(id, 0)] != 1 {
		t.Error(jobtest.Describe(j), b.answered)
	}
}
