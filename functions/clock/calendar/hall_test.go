package calendar_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/clock/calendar"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/schedule"
)

// hall is a calendar with a function command that makes jobs of all it is handed, on a time that stands still.
type hall struct {
	*calendar.Calendar

	time  *jobtest.Clock
	lease time.Duration // of a worker that may die

	mu     sync.Mutex
	asked  []command.Envelope
	told   map[string]calendar.Notice
	answer func(command.Envelope) (command.Answer, error) // nil makes jobs
}

func newHall(t *testing.T, rdb *redis.Client, schedules string) *hall {
	t.Helper()
	f, err := config.Parse([]byte("schedules:\n" + schedules))
	if err != nil {
		t.Fatal(err)
	}
	h := &hall{time: jobtest.NewClock(), told: make(map[string]calendar.Notice)}
	h.Calendar = &calendar.Calendar{
		Set: schedule.Read(f), Jobs: jobtest.Open(t, rdb, job.Options{Now: h.time.Now}), Redis: rdb,
		Alerts: []string{"slack:C0ADMIN"}, Log: slog.New(slog.DiscardHandler), Tell: h.tell,
	}
	h.Say = h.say(h.Jobs)
	if faults := h.Set.Faults(); len(faults) > 0 {
		t.Fatal(faults)
	}
	h.attend(t)
	return h
}

func (h *hall) tell(_ context.Context, n calendar.Notice) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.told[n.Key] = n
	return nil
}

// say is the function command: the same envelope of the same principal makes one job.
func (h *hall) say(jobs *job.Store) func(context.Context, command.Envelope) (command.Answer, error) {
	return func(ctx context.Context, e command.Envelope) (command.Answer, error) {
		h.mu.Lock()
		h.asked = append(h.asked, e)
		answer := h.answer
		h.mu.Unlock()
		if answer != nil {
			return answer(e)
		}
		accepted, err := jobs.Accept(ctx, job.Request{
			Key: e.Principal + " " + e.ID, Function: "jenkins", Command: "jenkins build", Text: e.Command + e.Text, Args: e.Args,
			Principal: e.Principal, Origin: e.Origin, Watch: e.Watch, Opening: e.Opening, Why: job.Why{Cause: e.Cause, Notes: e.Notes},
		})
		if err != nil {
			return command.Answer{}, err
		}
		return command.Answer{Text: accepted.ID + " is accepted", Job: accepted.ID, State: accepted.State, Accepted: true}, nil
	}
}

func (h *hall) attend(t *testing.T) {
	t.Helper()
	if err := h.Attend(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// pass lets time go by in ticks of a minute.
func (h *hall) pass(t *testing.T, d time.Duration) {
	t.Helper()
	for end := h.time.Now().Add(d); h.time.Now().Before(end); {
		h.time.Add(time.Minute)
		h.attend(t)
	}
}

// open lists the jobs that are unfinished, the newest first.
func (h *hall) open(t *testing.T) []*job.Job {
	t.Helper()
	list, err := jobtest.List(t.Context(), h.Jobs, job.Browse{Open: true})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// end ends all jobs that are unfinished, by a worker that finds them done or not.
func (h *hall) end(t *testing.T, how job.Outcome) {
	t.Helper()
	worker := h.jenkins(t, how)
	for _, j := range h.open(t) {
		if _, err := worker.Run(t.Context(), j.ID); err != nil {
			t.Fatal(err)
		}
	}
}

// jenkins is a worker that ends each job that it gets.
func (h *hall) jenkins(t *testing.T, how job.Outcome) *job.Worker {
	t.Helper()
	worker := job.NewWorker(h.Jobs, job.WorkerOptions{
		Function: "jenkins", Name: "w", Steps: map[string]job.Stepper{"jenkins build": ends{how}},
		Nudge: func(context.Context, ...job.Pointer) {}, Log: slog.New(slog.DiscardHandler),
	})
	t.Cleanup(func() { _ = worker.Stop(context.WithoutCancel(t.Context())) })
	return worker
}

type ends struct{ how job.Outcome }

func (e ends) Step(context.Context, *job.Run) (job.Outcome, error) { return e.how, nil }

// call is a call of a person.
func call(args map[string]any) command.Call {
	return command.Call{ID: "c1", Args: args, Principal: "telnet:ann", Origin: job.Origin{Door: "telnet", Address: "telnet:ann"}, Watch: []string{"telnet:ann"}}
}

var errAway = errors.New("command is away")
