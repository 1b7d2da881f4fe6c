package main

import (
	"context"
	"errors"
	"net/http"
	"time"

	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"

	"github.com/handsoff/handsoff/functions/github/repair"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/rule"
)

// webhookSecret is the secret with what webhooks sign with, see parseHookSecrets.
const webhookSecret = "github-webhook-secret"

const (
	// patience is how long the function command may take to answer one try.
	patience = 20 * time.Second
	// turnPatience is how long a write waits for its turn at GitHub before it is tried again later.
	turnPatience = 10 * time.Second
	// atOnce is how many deliveries are in hand at the same time. Each may have 25 MB.
	atOnce = 16
	// keepDone is how long a delivery is known: GitHub redelivers for three days.
	keepDone = 4 * 24 * time.Hour
	// pending is how many may wait, and pendingBytes how many bytes of bodies, before GitHub is told that there is no room.
	pending      = 100_000
	pendingBytes = 256 << 20
	// listed is how many of those dealt with last can be listed; their payloads are with the rules.
	listed = 500
)

// door is the function: what comes from GitHub goes into the inbox, and from there to the rules and to whoever asked.
type door struct {
	*function.Platform

	section *github.Section
	app     *github.App // nil without an account at GitHub: then nothing can be asked there
	secrets hookSecrets
	rules   *rule.Set
	command *command.Client
	box     *inbox.Inbox
	events  *inbox.Inbox // of the function event
	worker  *inbox.Worker
	repair  *repair.Loop // nil when there is no hook to look after
	reading *semaphore.Weighted
	strange *rate.Limiter // audit entries about senders who are unknown: the counters have them all
	now     func() time.Time
}

// setUp makes the function's parts. Without the section "github" the function is there and says that it is not set up.
func setUp(_ context.Context, p *function.Platform) (*function.Parts, error) {
	section, err := github.Read(p.Config)
	if err != nil {
		return nil, err
	}
	if section == nil {
		p.Log.Warn("GitHub is not set up: the configuration has no section github")
		return notSetUp(), nil
	}
	d, err := newDoor(p, section, nil)
	if err != nil {
		return nil, err
	}
	d.start()
	return d.parts(), nil
}

// newDoor makes the function; transport is nil but in tests.
func newDoor(p *function.Platform, section *github.Section, transport http.RoundTripper) (*door, error) {
	app, err := github.New(section, p.Secret, github.Options{Redis: p.Redis, Patience: turnPatience, Transport: transport})
	if errors.Is(err, github.ErrNoAccount) {
		p.Log.Error("there is no account at GitHub: events are taken in, but nobody can be answered and nothing repaired", "error", err)
		app, err = nil, nil
	}
	if err != nil {
		return nil, err
	}
	secrets, err := readHookSecrets(p)
	if err != nil {
		return nil, err
	}
	set, _ := rule.Read(p.Config) // the function event says what is wrong with them
	d := &door{
		Platform: p, section: section, app: app, secrets: secrets, rules: set,
		command: command.NewClient(p.GatewayURL, p.Keys, command.HTTPClient(patience, atOnce)),
		box: inbox.Open(p.Redis, p.Name, inbox.Options{
			KeepDone: keepDone, MaxBody: largest, MaxPending: pending, MaxBytes: pendingBytes, KeepBodies: listed, KeepBodyBytes: -1,
		}),
		events:  event.Box(p.Redis),
		reading: semaphore.NewWeighted(maxReading),
		strange: rate.NewLimiter(rate.Every(time.Second), 10),
		now:     time.Now,
	}
	if app != nil && len(section.Hooks) > 0 {
		d.repair = repair.New(app, p.Redis, repair.Options{
			Hooks: section.Hooks, Webhook: section.Webhook, Every: section.RepairEvery, Log: p.Log,
			Ledger: ledger{p.Redis}, Tell: d.hooksNotice, Known: d.known, Now: p.Jobs.Now,
		})
	}
	return d, nil
}

// readHookSecrets reads what webhooks sign with. Without any, nothing that comes is believed, and the log says why.
func readHookSecrets(p *function.Platform) (hookSecrets, error) {
	text, err := p.Secret(webhookSecret)
	if err != nil && !errors.Is(err, function.ErrNoSecret) {
		return nil, err
	}
	secrets, bad := parseHookSecrets(text)
	for _, line := range bad {
		p.Log.Error("a line of the secret is no webhook's secret, or shorter than sixteen bytes, and is not used", "secret", webhookSecret, "line", line)
	}
	if len(secrets) == 0 {
		p.Log.Error("the secret is missing or empty, so nothing that comes from GitHub is believed", "secret", webhookSecret)
	}
	return secrets, nil
}

// start begins to work off the inbox.
func (d *door) start() {
	d.worker = inbox.NewWorker(d.box, d.handle, inbox.WorkerOptions{Log: d.Log, Jobs: d.Jobs, AtOnce: atOnce})
}

// parts are what the function brings.
func (d *door) parts() *function.Parts {
	return &function.Parts{
		Root: d, Most: largest, Tick: d.tick, Nudged: d.worker.Nudged, Stop: d.stop,
		Steps: d.steps(), Calls: d.calls(), Routes: d.routes(),
	}
}

// tick looks after the webhooks, when it is time to.
func (d *door) tick(ctx context.Context) error {
	if d.repair == nil {
		return nil
	}
	return d.repair.Tick(ctx)
}

// stop lets what is in hand come to its end.
func (d *door) stop(ctx context.Context) error {
	if d.app != nil {
		defer d.app.Close()
	}
	var err error
	if d.repair != nil {
		err = d.repair.Stop(ctx)
	}
	return errors.Join(d.worker.Stop(ctx), err)
}

// notSetUp are the parts while there is no section github.
func notSetUp() *function.Parts {
	parts := unconfigured()
	parts.Root = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, missing, http.StatusNotFound) })
	return parts
}

// account is our account, or an error that says what to do about there being none.
func (d *door) account() (*github.App, error) {
	if d.app == nil {
		return nil, github.ErrNoAccount
	}
	return d.app, nil
}
