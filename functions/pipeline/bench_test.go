package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

const declared = `
- {words: tea brew, summary: Brew, role: operator, args: [{name: sort}, {name: password, secret: true, optional: true}]}
- {words: tea smash, summary: Smash, role: operator, signoff: {need: 1, role: approver}}
- {words: tea taste, summary: Taste, role: viewer, now: true, args: [{name: sort}]}
- {words: retry, summary: Again, role: viewer, now: true, args: [{name: id}]}
- {words: forbidden, summary: No, role: admin}
- words: batch
  summary: Run commands one after the other
  role: viewer
  signoff: {role: requester}
  args: [{name: lines, type: list, secret: true}, {name: name, optional: true}]
`

// bench is a batcher on a Redis, with a function command of its own and a teapot that does what the batch asks for.
type bench struct {
	testing.TB
	rdb       *redis.Client
	address   string
	store     *job.Store
	clock     *jobtest.Clock
	catalogue *command.Catalogue

	mu        sync.Mutex
	envelopes []command.Envelope
	answered  map[string]int // by the id of the envelope: how often a command that answers at once did something
	away      bool           // the function command cannot be reached
	brew      func(run *job.Run) job.Outcome
}

func newBench(tb testing.TB) *bench {
	tb.Helper()
	server := jobtest.Redis(tb)
	b := &bench{
		TB: tb, rdb: server.Client(tb), address: server.Address, clock: jobtest.NewClock(),
		catalogue: command.NewCatalogue(map[string]string{"teapot": declared}),
	}
	for _, fault := range b.catalogue.Faults() {
		tb.Fatal(fault)
	}
	b.reset()
	return b
}

// reset empties Redis.
func (b *bench) reset() {
	b.Helper()
	if err := b.rdb.FlushAll(b.Context()).Err(); err != nil {
		b.Fatal(err)
	}
	b.store = jobtest.Open(b, b.rdb, job.Options{Now: b.clock.Now})
	b.mu.Lock()
	defer b.mu.Unlock()
	b.envelopes, b.answered = nil, make(map[string]int)
	b.brew = func(*job.Run) job.Outcome { return job.Done(nil) }
}

// say is the function command: it reads a line as that does, makes a job once per id, and lets a command that answers at
// once do its deed once per id.
func (b *bench) say(ctx context.Context, e command.Envelope) (command.Answer, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.envelopes = append(b.envelopes, e)
	if b.away {
		return command.Answer{}, errors.New("connection refused")
	}
	parsed, err := b.read(e)
	if m := new(command.Mistake); errors.As(err, &m) {
		return m.Answer(), nil
	}
	if err != nil {
		return command.Answer{}, err
	}
	if parsed.Command.Role == "admin" {
		return command.Answer{Text: "forbidden needs the role admin.", Problem: &command.Problem{Code: command.CodeForbidden}}, nil
	}
	r := parsed.Request()
	r.Key, r.Principal, r.Groups, r.Parent, r.Why.Cause = e.Principal+" "+e.ID, e.Principal, e.Groups, e.Parent, e.Cause
	r.Signoff, r.Closing, r.Watch = command.Stricter(r.Signoff, e.Signoff), e.Closing, e.Watch
	if e.Limit > 0 {
		r.Limit = min(e.Limit, cmp.Or(r.Limit, job.DefaultLimit))
	}
	switch parsed.Command.Words {
	case "tea taste":
		b.answered[e.ID]++
		return command.Answer{Text: "It tastes of " + command.Values(parsed.Args).String("sort") + ".\nAnd of leaves."}, nil
	case "retry": // makes a job that is nobody's child
		j, err := b.store.Get(ctx, command.Values(parsed.Args).String("id"))
		if err != nil {
			return command.Answer{Text: "I know no such job.", Problem: &command.Problem{Code: command.CodeNotFound}}, nil
		}
		r = job.Request{Key: "retry " + r.Key, Function: j.Function, Command: j.Command, Text: j.Text, Args: j.Args, Principal: e.Principal, Signoff: j.Signoff}
	}
	accepted, err := b.store.Accept(ctx, r)
	if errors.Is(err, job.ErrParent) {
		return command.Answer{Text: "The job that asks for this is over.", Problem: &command.Problem{Code: command.CodeConflict}}, nil
	}
	if err != nil {
		return command.Answer{}, err
	}
	return command.Answer{Text: accepted.ID + " accepted: " + r.Text, Job: accepted.ID, State: accepted.State, Accepted: true}, nil
}

// read makes a command of an envelope as the function command does, once it was on its way.
func (b *bench) read(e command.Envelope) (*command.Parsed, error) {
	e.Nonce = "n"
	body, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	if e, err = command.DecodeEnvelope(body); err != nil {
		return nil, &command.RefusedError{Status: http.StatusBadRequest, Text: err.Error()}
	}
	if e.Command == "" {
		return b.catalogue.Parse(e.Text)
	}
	d, err := b.catalogue.Find(e.Command)
	if err != nil {
		return nil, err
	}
	return d.Adopt(e.Args)
}

func (b *bench) batcher(store *job.Store, say func(context.Context, command.Envelope) (command.Answer, error)) *runner {
	return &runner{
		script: batch{},
		jobs:   store, say: say, aliases: command.NewAliases(b.rdb), log: slog.New(slog.DiscardHandler),
		catalogue: func(context.Context) (*command.Catalogue, error) { return b.catalogue, nil },
		nudge:     func(context.Context, ...job.Pointer) {},
	}
}

// accept makes a batch that was confirmed.
func (b *bench) accept(lines ...string) string {
	b.Helper()
	a, err := b.store.Accept(b.Context(), job.Request{
		Function: "pipeline", Command: "batch", Text: "batch ***", Principal: "slack:U0ANN", Groups: []string{"slack-group:S0OPS"},
		Args: map[string]any{"lines": lines}, Why: job.Why{Cause: []string{"rule:tea-time"}},
	})
	if err != nil {
		b.Fatal(err)
	}
	return a.ID
}

func (b *bench) job(id string) *job.Job {
	b.Helper()
	j, err := b.store.Get(b.Context(), id)
	if err != nil {
		b.Fatal(err)
	}
	return j
}

// kettle steps what batches ask for.
type kettle struct{ b *bench }

func (k kettle) Step(_ context.Context, run *job.Run) (job.Outcome, error) { return k.b.brew(run), nil }

// run has both functions step what is due until the batch has ended or nothing more happens.
func (b *bench) run(id string) *job.Job {
	b.Helper()
	batches := job.NewWorker(b.store, job.WorkerOptions{
		Function: "pipeline", Name: "p", Steps: map[string]job.Stepper{"batch": b.batcher(b.store, b.say)}, Heartbeat: time.Hour,
	})
	defer b.end(batches)
	b.rounds(id, batches, 200)
	return b.job(id)
}

func (b *bench) end(w *job.Worker) {
	b.Helper()
	if err := w.Stop(b.Context()); err != nil {
		b.Fatal(err)
	}
}

// rounds lets the batch and what it started have a step each, a second apart.
func (b *bench) rounds(id string, batches *job.Worker, most int) {
	b.Helper()
	teapot := job.NewWorker(b.store, job.WorkerOptions{
		Function: "teapot", Name: "t", Heartbeat: time.Hour,
		Steps: map[string]job.Stepper{"tea brew": kettle{b}, "tea smash": kettle{b}},
	})
	defer b.end(teapot)
	for range most {
		if _, err := batches.Run(b.Context(), id); err != nil && !errors.Is(err, jobtest.ErrDead) {
			b.Fatal(err)
		}
		if b.job(id).State.Final() {
			return
		}
		open, err := jobtest.List(b.Context(), b.store, job.Browse{Open: true, Wants: func(j *job.Job) bool { return j.Function == "teapot" }})
		if err != nil {
			b.Fatal(err)
		}
		for _, j := range open {
			if _, err := teapot.Run(b.Context(), j.ID); err != nil {
				b.Fatal(err)
			}
		}
		b.clock.Add(time.Second)
	}
}

func (b *bench) lines(read func(context.Context, string, string, int64) ([]job.Line, error), id string) []string {
	b.Helper()
	found, err := read(b.Context(), id, "", 1000)
	if err != nil {
		b.Fatal(err)
	}
	texts := make([]string, len(found))
	for i, line := range found {
		texts[i] = line.Text
	}
	return texts
}

// want compares a job's story, in which ids are written as they are.
func (b *bench) want(id string, story ...string) {
	b.Helper()
	if got := b.lines(b.store.Story, id); !slices.Equal(got, story) {
		b.Errorf("the story is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(story, "\n"))
	}
}

// children are the ids of a job's children, by their age.
func (b *bench) children(id string) []string {
	b.Helper()
	ids, err := b.store.Children(b.Context(), id)
	if err != nil {
		b.Fatal(err)
	}
	slices.SortFunc(ids, func(x, y string) int { return strings.Compare(b.job(x).Key, b.job(y).Key) })
	return ids
}
