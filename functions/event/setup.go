package main

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/rule"
)

const (
	// patience is how long another function may take to answer one try: longer than it waits for others itself.
	patience = 20 * time.Second
	// callPatience is the same where somebody waits for our own answer.
	callPatience = 10 * time.Second
	// atOnce is how many events are in hand at the same time, and inHand how many bytes of them: most match nothing and only
	// wait for Redis. Of one subject it is one.
	atOnce = 512
	inHand = 16 << 20
	// actsAtOnce is of how many of these others are asked at the same time, and for how many something is done.
	actsAtOnce = 64
)

// desk is the function: events go through its inbox, and what it knows of them through its commands.
type desk struct {
	*function.Platform

	rules   *rule.Set
	faults  []config.Fault
	recall  []*rule.Rule // the rules that know remembered values
	command *command.Client
	box     *inbox.Inbox
	worker  *inbox.Worker
	gerrit  asker // where Gerrit is asked which files a change has; nil when no server is set up
	looking *semaphore.Weighted
	acting  *semaphore.Weighted // whoever holds it may take looking, never the other way round
	now     func() time.Time

	moreCalls map[string]function.CallFunc // those of back ends that answer here, by their words
	moreSteps map[string]job.Stepper
}

// asker brings the files that a change has.
type asker interface {
	Files(ctx context.Context, e *event.Event) ([]string, error)
}

// setUp makes the function's parts. A mistaken rule is told and left out; the others work.
func setUp(ctx context.Context, p *function.Platform) (*function.Parts, error) {
	d := newDesk(p)
	if err := d.withGerrit(); err != nil {
		return nil, err
	}
	for _, fault := range d.faults {
		p.Log.ErrorContext(ctx, "a mistake in a rule", "rule", fault.Name, "line", fault.Line, "mistake", fault.Text, "skipped", !fault.Warning)
	}
	if err := d.tellFaults(ctx); err != nil {
		p.Log.WarnContext(ctx, "mistakes in rules were not told; `rules list` shows them", "error", err)
	}
	d.start()
	return d.parts(), nil
}

func newDesk(p *function.Platform) *desk {
	d := &desk{
		Platform: p,
		command:  command.NewClient(p.GatewayURL, p.Keys, command.HTTPClient(patience, actsAtOnce)),
		box:      event.Box(p.Redis),
		looking:  semaphore.NewWeighted(actsAtOnce),
		acting:   semaphore.NewWeighted(actsAtOnce),
		now:      time.Now,
	}
	d.rules, d.faults = rule.Read(p.Config)
	d.recall = slices.DeleteFunc(d.rules.Rules(), func(r *rule.Rule) bool { return len(r.Recalls()) == 0 })
	return d
}

// start begins to work off the inbox.
func (d *desk) start() {
	d.worker = inbox.NewWorker(d.box, d.work, inbox.WorkerOptions{Log: d.Log, Jobs: d.Jobs, AtOnce: atOnce, Bytes: inHand})
}

// parts are what the function brings.
func (d *desk) parts() *function.Parts {
	return &function.Parts{Steps: d.steps(), Calls: d.calls(), Nudged: d.nudged, Stop: d.worker.Stop}
}

// nudged looks into the inbox.
func (d *desk) nudged(ctx context.Context, id string) error {
	return d.worker.Nudged(ctx, id)
}
