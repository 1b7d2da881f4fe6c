package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/time/rate"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/gap"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/schedule"
	"github.com/handsoff/handsoff/shared/slack"
)

// The secrets.
const (
	tokenSecret   = "slack-token"
	signingSecret = "slack-signing-secret"
)

const (
	// patience is how long the function command may take to answer one try: longer than it waits for others itself.
	patience = 20 * time.Second
	// atOnce is how many deliveries are in hand at the same time.
	atOnce = 32
	// pending is how many may wait before Slack is told to try again: at 200 commands a second, almost a minute's.
	pending = 10_000
	// listed is how many of those dealt with last can be listed, without what was said.
	listed = 500
)

// door is the function: what comes from Slack goes into the inbox, and from there to whoever deals with it.
type door struct {
	*function.Platform

	section  *slack.Section
	app      *slack.App
	secrets  signingSecrets
	people   *people
	channels *channels
	command  *command.Client
	box      *inbox.Inbox
	worker   *inbox.Worker
	waiting  waiting
	deaf     *deafness
	strange  *rate.Limiter // audit entries about senders who are unknown: the counters have them all
	unheard  *rate.Limiter // those about people who are not listened to
	now      func() time.Time
	late     time.Duration // lateAfter
	answers  time.Duration // attention: how long who waits for an answer does

	dashboard string // where jobs have pages, without a slash at its end; empty for nowhere
	previews  *previews
	calendar  calendar

	handlers map[string]inbox.Handler // by kind
	direct   map[string]direct        // by kind
	clicks   map[string]clicked       // by what stands before the colon in the action's id
}

// setUp makes the function's parts. Without the section "slack" the function is there and says that it is not set up.
func setUp(_ context.Context, p *function.Platform) (*function.Parts, error) {
	section, err := slack.Read(p.Config)
	if err != nil {
		return nil, err
	}
	if section == nil {
		p.Log.Warn("Slack is not set up: the configuration has no section slack")
		return &function.Parts{Root: http.HandlerFunc(notSetUp)}, nil
	}
	d, err := newDoor(p, section)
	if err != nil {
		return nil, err
	}
	d.start()
	return d.parts(), nil
}

// notSetUp answers whatever comes while there is no Slack.
func notSetUp(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, "Slack is not set up here: the configuration has no section slack.", http.StatusNotFound)
}

func newDoor(p *function.Platform, section *slack.Section) (*door, error) {
	token, err := p.Secret(tokenSecret)
	if err != nil {
		return nil, err
	}
	app, err := slack.New(section, string(token), slack.Options{Redis: p.Redis})
	if err != nil {
		return nil, fmt.Errorf("secret %s: %w", tokenSecret, err)
	}
	secrets, err := readSigningSecrets(p)
	if err != nil {
		return nil, err
	}
	dashboard, err := p.Config.DashboardURL()
	if err != nil {
		return nil, err
	}
	previews, err := newPreviews(p, section, dashboard)
	if err != nil {
		return nil, err
	}
	memory := slack.NewMemory(p.Redis, p.Log)
	d := &door{
		Platform: p, section: section, app: app, secrets: secrets,
		people:  newPeople(app, memory, p.Config, p.Log),
		command: command.NewClient(p.GatewayURL, p.Keys, command.HTTPClient(patience, atOnce)),
		box: inbox.Open(p.Redis, p.Name, inbox.Options{
			MaxBody: function.MaxBody, MaxPending: pending, KeepBodies: listed, KeepBodyBytes: -1,
		}),
		waiting: newWaiting(),
		deaf: &deafness{log: p.Log, record: func(ctx context.Context, g gap.Gap) (string, error) {
			return gap.Record(ctx, p.Redis, g)
		}},
		strange: rate.NewLimiter(rate.Every(time.Second), 10),
		unheard: rate.NewLimiter(rate.Every(time.Second), 10),
		now:     time.Now,

		dashboard: dashboard, previews: previews, calendar: configured{set: schedule.Read(p.Config), rdb: p.Redis, log: p.Log},
		late: lateAfter, answers: attention,
	}
	d.channels = &channels{app: app, memory: memory, log: p.Log}
	d.tables()
	return d, nil
}

// readSigningSecrets reads what Slack signs with. Without any, nothing that comes is believed, and the log says why.
func readSigningSecrets(p *function.Platform) (signingSecrets, error) {
	text, err := p.Secret(signingSecret)
	if err != nil && !errors.Is(err, function.ErrNoSecret) {
		return nil, err
	}
	secrets, short := parseSigningSecrets(text)
	for _, line := range short {
		p.Log.Error("a line of the secret is too short to be a signing secret, and is not used", "secret", signingSecret, "line", line)
	}
	if len(secrets) == 0 {
		p.Log.Error("the secret is missing or empty, so nothing that comes from Slack is believed", "secret", signingSecret)
	}
	return secrets, nil
}

// start begins to work off the inbox.
func (d *door) start() {
	d.worker = inbox.NewWorker(d.box, d.handle, inbox.WorkerOptions{Log: d.Log, Jobs: d.Jobs, AtOnce: atOnce})
}

// parts are what the function brings.
func (d *door) parts() *function.Parts {
	return &function.Parts{Root: d, Steps: d.steps(), Nudged: d.worker.Nudged, Stop: d.stop}
}

// stop lets what is in hand come to its end.
func (d *door) stop(ctx context.Context) error {
	defer d.app.Close()
	defer d.deaf.tasks.Wait() // each write is short
	return d.worker.Stop(ctx)
}
