package github

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/functions/notify/door/doortest"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

const (
	asked  = "github:acme/app#12@" + sha + "~99" // somebody asked in a comment on a pull request
	commit = "github:acme/app#12@" + sha         // a rule followed a push
	issue  = "github:acme/app#12"
)

// ops is where those are who run the bot.
const ops = "telnet:ops"

// yard is a place where jobs change and are shown at a GitHub.
type yard struct {
	*doortest.Yard

	hub    *fakeHub
	log    *strings.Builder
	passed func(time.Duration) // told when time passes while something is shown
}

// waits lets time pass.
func (y *yard) waits(d time.Duration) {
	y.Clock.Add(d)
	y.passed(d)
}

func newYard(tb testing.TB, rdb *redis.Client) *yard {
	tb.Helper()
	y := doortest.New(tb, rdb)
	return &yard{Yard: y, hub: newFakeHub(y.Clock.Now), log: &strings.Builder{}, passed: func(time.Duration) {}}
}

// inYard runs a test on both kinds of Redis.
func inYard(t *testing.T, test func(y *yard)) {
	t.Helper()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		y := newYard(t, rdb)
		defer y.Close()
		test(y)
	})
}

func secret(name string) ([]byte, error) {
	if name == github.KeySecret {
		return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(appKey())}), nil
	}
	if name == github.TokenSecret {
		return []byte("ghp_token"), nil
	}
	return nil, function.ErrNoSecret
}

// door opens one, over a Redis and a transport that may be those of a process that dies.
func (y *yard) door(rdb *redis.Client, transport http.RoundTripper) *Door {
	y.Helper()
	return y.doorAt("https://hub.example/api/v3", rdb, transport, secret)
}

func (y *yard) doorAt(api string, rdb *redis.Client, transport http.RoundTripper, secret func(string) ([]byte, error)) *Door {
	y.Helper()
	section := &github.Section{API: api, App: github.AppSection{ID: 7}}
	app, err := github.New(section, secret, github.Options{Redis: rdb, Transport: transport, Now: y.Clock.Now})
	if err != nil {
		y.Fatal(err)
	}
	return &Door{
		app: app, jobs: y.Store(rdb), rdb: rdb, bot: "handsoff",
		log: slog.New(slog.NewTextHandler(y.log, nil)), dashboard: "https://hands.example",
		alerts: door.Alerts{Jobs: y.Jobs, To: []string{ops}},
	}
}

// show shows a job at an address once, page by page as notify does.
func (y *yard) show(d *Door, id, address string) error {
	ctx := context.Background()
	j, err := d.jobs.Get(ctx, id)
	if err != nil {
		return err
	}
	watchers, err := d.jobs.Watchers(ctx, id)
	if err != nil {
		return err
	}
	shown, follows := watchers[address]
	if !follows || shown.Version >= j.Version {
		return nil
	}
	for {
		const page = 3
		lines, err := d.jobs.Story(ctx, id, shown.Story, page+1)
		if err != nil {
			return err
		}
		view := door.View{Job: j, Story: lines[:min(len(lines), page)], More: len(lines) > page, Now: y.Clock.Now()}
		if shown, err = d.Show(ctx, address, view, shown); err != nil || !view.More {
			return err
		}
	}
}

// until shows a job at an address until it is up to date, or a while has passed. It returns the last error.
func (y *yard) until(d *Door, id, address string, while time.Duration) error {
	for end := y.Clock.Now().Add(while); ; {
		err := y.show(d, id, address)
		later, waits := errors.AsType[door.LaterError](err)
		switch {
		case err == nil, errors.Is(err, door.ErrGone), errors.Is(err, jobtest.ErrDead):
			return err
		case waits:
			y.waits(later.After)
		case errors.Is(err, door.ErrMoved):
		default:
			y.waits(time.Minute)
		}
		if y.Clock.Now().After(end) {
			return err
		}
	}
}

// shows has a job shown to the end.
func (y *yard) shows(id, address string) {
	y.Helper()
	if err := y.until(y.door(y.Redis, y.hub), id, address, time.Hour); err != nil {
		y.Fatal(err)
	}
}

func (y *yard) accept(address string, changes ...func(*job.Request)) string {
	y.Helper()
	return y.Accept(append(changes, doortest.WatchedBy(address))...)
}

func (y *yard) progresses(id string, percent int, lines ...string) {
	y.Helper()
	y.Changes(id, job.Change{Progress: &job.Progress{Percent: percent, Line: "build #12 runs"}, Say: lines})
}

// replies are our comments about a job.
func (y *yard) replies(id string) []*fakeComment {
	y.hub.mu.Lock()
	defer y.hub.mu.Unlock()
	var found []*fakeComment
	for _, c := range y.hub.comments {
		if job, ok := github.FindMarker(c.Body); ok && job == id && fmt.Sprint(c.User["id"]) == "77" {
			found = append(found, c)
		}
	}
	return found
}

// reply is the one comment about a job.
func (y *yard) reply(id string) *fakeComment {
	y.Helper()
	found := y.replies(id)
	if len(found) != 1 {
		y.Fatalf("%d comments about %s", len(found), id)
	}
	return found[0]
}

// runOf is the one check run of a job.
func (y *yard) runOf(id string) map[string]any {
	y.Helper()
	y.hub.mu.Lock()
	defer y.hub.mu.Unlock()
	var found []map[string]any
	for _, run := range y.hub.runs {
		if run["external_id"] == id {
			found = append(found, run)
		}
	}
	if len(found) != 1 {
		y.Fatalf("%d check runs of %s", len(found), id)
	}
	return found[0]
}

func (y *yard) reacted() []string {
	y.hub.mu.Lock()
	defer y.hub.mu.Unlock()
	return slices.Clone(y.hub.reactions)
}

// follows reports whether an address still follows a job, and is up to date.
func (y *yard) follows(id, address string) (follows, whole bool) {
	y.Helper()
	shown, follows := y.Shown(id, address)
	return follows, shown.Version == y.Job(id).Version
}

func has(tb testing.TB, text string, parts ...string) {
	tb.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			tb.Errorf("%q is missing in\n%s", part, text)
		}
	}
}

// notice has something said at an address that is all there is to a job.
func (y *yard) notice(address, text string, no bool) string {
	y.Helper()
	id := y.accept(address, func(r *job.Request) {
		r.Function, r.Command, r.Text, r.Args = job.NoticeFunction, job.NoticeCommand, text, job.NoticeArgs(no)
	})
	y.EndsNotice(id)
	return id
}
