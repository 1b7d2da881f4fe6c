package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/openfaas/faas-provider/types"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/command/commandtest"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// people is who talks in the conversations.
const people = `
bot: {name: padre, alerts: ["slack:C0ADMIN"]}
roles:
  admin: [telnet:root]
  operator: [telnet:ann, telnet:bob]
  approver: [telnet:carl, telnet:cora]
  viewer: [telnet:vic]
  force: [telnet:eve]
  brewer: ["person:zed", "slack-group:S0OPS"]
people:
  ann: [telnet:ann, "slack:U0ANN"]
  carl: [telnet:carl, "slack:U0CARL"]
  zed: [telnet:zed, "slack:U0ZED"]
`

// demo declares the command of the jobs that are talked about.
const demo = `
- words: demo run
  summary: Run a demonstration
  role: operator
  extra: anything
  args:
    - {name: n, type: int, optional: true}
    - {name: key, optional: true, secret: true}
- words: demo guarded
  summary: Run a demonstration that others must approve
  role: operator
  lock: deploy/one
  signoff: {need: 1, within: 1h}
  args:
    - {name: n, type: int, optional: true}
- words: demo sure
  summary: Run a demonstration that whoever asks must confirm
  role: brewer
  signoff: {role: requester}
  args:
    - {name: n, type: int, optional: true}
`

// talk is a desk with jobs to talk about, on a clock that stands still.
type talk struct {
	desk      *desk
	catalogue *command.Catalogue
	clock     *jobtest.Clock
	worker    *job.Worker
	next      job.Stepper
	nudged    chan job.Pointer
	calls     int
	same      bool // calls have the same id: the same message came again
}

// Step does what the script says next.
func (s *talk) Step(ctx context.Context, run *job.Run) (job.Outcome, error) {
	return s.next.Step(ctx, run)
}

// Cancel likewise.
func (s *talk) Cancel(ctx context.Context, run *job.Run) (job.Outcome, error) {
	return s.next.Step(ctx, run)
}

type stepFunc func(ctx context.Context, run *job.Run) (job.Outcome, error)

func (f stepFunc) Step(ctx context.Context, run *job.Run) (job.Outcome, error) { return f(ctx, run) }

func newTalk(tb testing.TB, rdb *redis.Client) *talk {
	tb.Helper()
	file, err := config.Parse([]byte(people))
	if err != nil {
		tb.Fatal(err)
	}
	declared := map[string]string{"jobs": command.Declaration(commandtest.Of(tb, "jobs")), "demo": demo}
	s := &talk{
		clock: jobtest.NewClock(), catalogue: command.NewCatalogue(declared), nudged: make(chan job.Pointer, 1000),
	}
	for _, fault := range s.catalogue.Faults() {
		tb.Error(fault)
	}
	// The function command keeps the catalogue in Redis when it reads it.
	source := command.NewSource(func(context.Context) (map[string]string, error) { return declared, nil }, rdb, slog.New(slog.DiscardHandler))
	if _, err := source.Catalogue(context.Background()); err != nil {
		tb.Fatal(err)
	}
	store := jobtest.Open(tb, rdb, job.Options{Now: s.clock.Now})
	s.desk = &desk{
		jobs: store, rdb: rdb, config: file, log: slog.New(slog.DiscardHandler),
		nudge: func(_ context.Context, pointers ...job.Pointer) {
			for _, p := range pointers {
				s.nudged <- p
			}
		},
		functions: func(context.Context) ([]types.FunctionStatus, error) {
			return []types.FunctionStatus{{Name: "jobs", Replicas: 1, AvailableReplicas: 1}, {Name: "demo", Replicas: 2}}, nil
		},
	}
	s.worker = job.NewWorker(store, job.WorkerOptions{
		Function: "demo", Name: "w", Steps: map[string]job.Stepper{"demo run": s, "demo guarded": s}, Heartbeat: time.Hour,
	})
	return s
}

func (s *talk) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return errors.Join(s.worker.Stop(ctx), s.desk.stop(ctx))
}

// say is what a person says; their telnet session follows what they ask for.
func (s *talk) say(principal, line string) (command.Answer, error) {
	parsed, err := s.catalogue.Parse(line)
	if mistake := new(command.Mistake); errors.As(err, &mistake) {
		return mistake.Answer(), nil
	} else if err != nil {
		return command.Answer{}, err
	}
	if !s.same {
		s.calls++
	}
	principal, groups, _ := strings.Cut(principal, "+") // slack:U0BOB+slack-group:S0OPS
	call := command.Call{
		ID: strconv.Itoa(s.calls), Time: s.clock.Now(), Command: parsed.Command.Words, Args: parsed.Args, Principal: principal,
		Origin: job.Origin{Door: "telnet", Address: principal},
	}
	if groups != "" {
		call.Groups = strings.Split(groups, "+")
	}
	call.Roles = s.desk.config.RolesOf(call.Who()...)
	if strings.HasPrefix(principal, "telnet:") {
		call.Watch = []string{principal}
	}
	return s.desk.calls()[call.Command](context.Background(), call)
}

// accept makes a job; options are command=, needs= (the role that it needs), lock=, signoff= (how many), role=, parent= and key=.
func (s *talk) accept(principal, text string, options map[string]string) (string, error) {
	r := job.Request{
		Function: "demo", Command: cmp.Or(options["command"], "demo run"), Text: text, Principal: principal, Args: map[string]any{"n": 1},
		Origin: job.Origin{Door: "telnet", Address: principal}, Watch: []string{principal},
		Lock: options["lock"], Parent: options["parent"], Limit: time.Hour,
		Why: job.Why{Role: cmp.Or(options["needs"], "operator"), Granted: "roles.operator lists " + principal},
	}
	if options["key"] != "" {
		r.Args["key"] = options["key"]
		r.Args[command.ExtraArg] = map[string]string{"region": "one", "DB_PASSWORD": "hunter2"}
	}
	if n, err := strconv.Atoi(options["signoff"]); err == nil {
		r.Signoff = &job.Signoff{Need: n, Role: cmp.Or(options["role"], "approver"), Within: time.Hour}
	} else if options["signoff"] == job.SignoffRequester {
		r.Signoff = &job.Signoff{Need: 1, Role: job.SignoffRequester, Self: true, Within: time.Hour}
	}
	accepted, err := s.desk.jobs.Accept(context.Background(), r)
	if err != nil {
		return "", err
	}
	return accepted.ID, nil
}

// step has the worker take one step of a job, which does what the words say.
func (s *talk) step(id string, words []string) error {
	s.next = stepFunc(func(ctx context.Context, run *job.Run) (job.Outcome, error) {
		ctx = context.WithoutCancel(ctx)
		switch words[0] {
		case "progress":
			percent, err := strconv.Atoi(words[1])
			if err != nil {
				return job.Outcome{}, err
			}
			p := job.Progress{Percent: percent, ETA: s.clock.Now().Add(63 * time.Second), Step: 2, Steps: 3, Line: words[2]}
			return job.Wait(time.Minute), run.Save(ctx, job.Change{Progress: &p})
		case "story":
			return job.Wait(time.Minute), run.Save(ctx, job.Change{Say: words[1:]})
		case "output":
			return job.Wait(time.Minute), run.Save(ctx, job.Change{Log: words[1:]})
		case "link":
			return job.Wait(time.Minute), run.Save(ctx, job.Change{Links: []job.Link{{Title: words[1], URL: words[2]}}})
		case "signal":
			return job.Wait(time.Minute), run.Signalled(ctx)
		case "done":
			return job.Done(map[string]any{"url": "http://demo", "hosts": []string{"a", "b"}, "admin_password": "hunter2"}), nil
		case "fail":
			return job.Fail(words[1], nil), nil
		case "unsure":
			return job.Unsure(words[1]), nil
		case "stopped":
			return job.Stopped(words[1], words[2:]...), nil
		}
		return job.Outcome{}, fmt.Errorf("no step %q", words[0])
	})
	took, err := s.worker.Run(context.Background(), id)
	if err == nil && !took {
		err = errors.New("the job is not due")
	}
	return err
}
