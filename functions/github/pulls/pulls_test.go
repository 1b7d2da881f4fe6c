package pulls_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	gogithub "github.com/google/go-github/v62/github"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/github/pulls"
	"github.com/handsoff/handsoff/functions/github/report"
	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/github"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

const (
	botToken = "ghp_not_to_be_seen"
	app1     = "acme/app#1"
)

// bench is a GitHub, a job store and a clock that moves only when it is moved.
type bench struct {
	testing.TB

	github *sandbox.Server
	url    string
	rdb    *redis.Client
	store  *job.Store
	clock  *jobtest.Clock
}

func newBench(tb testing.TB) *bench {
	tb.Helper()
	rdb := jobtest.Embedded(tb)
	clock := jobtest.NewClock()
	b := &bench{TB: tb, rdb: rdb, clock: clock, store: jobtest.Open(tb, rdb, job.Options{Now: clock.Now})}
	b.github = sandbox.New(sandbox.Options{Token: botToken, Unlimited: true, Frozen: true})
	tb.Cleanup(b.github.Close)
	at := httptest.NewServer(b.github)
	tb.Cleanup(at.Close)
	b.github.SetURL(at.URL)
	b.url = at.URL
	if err := b.github.SetRole("acme/app", sandbox.BotUser, "admin"); err != nil {
		tb.Fatal(err)
	}
	return b
}

// app is our account; writes are paced by the bench's own clock.
func (b *bench) app(transport http.RoundTripper) *github.App {
	b.Helper()
	secrets := func(name string) ([]byte, error) {
		if name == github.TokenSecret {
			return []byte(botToken), nil
		}
		return nil, function.ErrNoSecret
	}
	app, err := github.New(&github.Section{URL: b.url, API: b.url + "/api/v3"}, secrets, github.Options{Transport: transport})
	if err != nil {
		b.Fatal(err)
	}
	return app
}

func (b *bench) client() *gogithub.Client {
	b.Helper()
	client, err := b.app(nil).ClientFor(context.Background(), "acme", "app")
	if err != nil {
		b.Fatal(err)
	}
	return client
}

func (b *bench) steps(app *github.App, rdb redis.UniversalClient, store *job.Store) map[string]job.Stepper {
	steps := (&pulls.Desk{App: app, Redis: rdb, Now: store.Now}).Steps()
	steps["github pr-report"] = &report.Reporter{App: app, Now: store.Now}
	return steps
}

// ask makes a job.
func (b *bench) ask(words string, args map[string]any) string {
	b.Helper()
	accepted, err := b.store.Accept(context.Background(), jobtest.Request(func(r *job.Request) {
		r.Function, r.Command, r.Text, r.Args = "github", words, words, args
	}))
	if err != nil {
		b.Fatal(err)
	}
	return accepted.ID
}

// finish steps a job to its end, moving the clock a second at a time.
func (b *bench) finish(id string) *job.Job {
	b.Helper()
	w := job.NewWorker(b.store, job.WorkerOptions{
		Function: "github", Name: "w", Steps: b.steps(b.app(nil), b.rdb, b.store), Lease: time.Minute, Heartbeat: time.Hour,
	})
	defer func() { _ = w.Stop(context.Background()) }()
	for range 2000 {
		j, err := b.store.Get(context.Background(), id)
		if err != nil {
			b.Fatal(err)
		}
		if j.State.Final() {
			return j
		}
		if _, err := w.Run(context.Background(), id); err != nil {
			b.Fatal(err)
		}
		b.clock.Add(time.Second)
	}
	b.Fatal("it never ends")
	return nil
}

// does asks for something and gives how it ended.
func (b *bench) does(words string, args map[string]any) *job.Job {
	b.Helper()
	return b.finish(b.ask(words, args))
}

func (b *bench) pull() *gogithub.PullRequest {
	b.Helper()
	pr, _, err := b.client().PullRequests.Get(context.Background(), "acme", "app", 1)
	if err != nil {
		b.Fatal(err)
	}
	return pr
}

// said are our comments, without the hidden mark.
func (b *bench) said() []string {
	b.Helper()
	list, _, err := b.client().Issues.ListComments(context.Background(), "acme", "app", 1, nil)
	if err != nil {
		b.Fatal(err)
	}
	var texts []string
	for _, c := range list {
		text, _, _ := strings.Cut(c.GetBody(), "\n\n<!-- handsoff said ")
		texts = append(texts, text)
	}
	return texts
}

func (b *bench) wants(j *job.Job, state job.State, text string) {
	b.Helper()
	story, err := b.store.Story(context.Background(), j.ID, "", 50)
	if err != nil {
		b.Fatal(err)
	}
	said := j.Error
	for _, line := range story {
		said += "\n" + line.Text
	}
	if j.State != state || !strings.Contains(said, text) {
		b.Errorf("%s: %s\nwant %s %q", jobtest.Describe(j), said, state, text)
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.ask("github pr close", map[string]any{"pr": b.url + "/acme/app/pull/1/files", "comment": "Thank you; please go to review.example.org."})
	b.wants(b.finish(id), job.Succeeded, "acme/app#1 is closed.")
	if pr := b.pull(); pr.GetState() != "closed" {
		t.Errorf("it is %s", pr.GetState())
	}
	if said := b.said(); len(said) != 1 || said[0] != "Thank you; please go to review.example.org." {
		t.Errorf("said %q", said)
	}
	if by := b.rdb.Get(t.Context(), "handsoff:acted:github:acme/app#1").Val(); by != id {
		t.Errorf("acted by %q", by)
	}
	b.wants(b.does("github pr close", map[string]any{"pr": app1, "comment": "again"}), job.Succeeded, "was closed already")
	if said := b.said(); len(said) != 1 {
		t.Errorf("said %q", said)
	}
	b.wants(b.does("github pr close", map[string]any{"pr": "acme/app#99"}), job.Failed, "read acme/app#99")
	b.wants(b.does("github pr close", map[string]any{"pr": "app 1"}), job.Failed, "write it as acme/app#12")
}

func TestCommentAndLabel(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.wants(b.does("github pr comment", map[string]any{"pr": app1, "text": "*Well* done"}), job.Succeeded, "Said on acme/app#1.")
	b.wants(b.does("github pr comment", map[string]any{"pr": app1, "text": " \n"}), job.Failed, "nothing to say")
	b.wants(b.does("github pr comment", map[string]any{"pr": app1, "text": strings.Repeat("x", 60_001)}), job.Failed, "in parts")
	if said := b.said(); len(said) != 1 || said[0] != "*Well* done" {
		t.Errorf("said %q", said)
	}
	b.wants(b.does("github pr label", map[string]any{"pr": app1, "add": []any{"bug", "enhancement"}, "remove": []any{"nope"}}), job.Succeeded, "has bug, enhancement now")
	b.wants(b.does("github pr label", map[string]any{"pr": app1, "remove": []any{"Bug"}}), job.Succeeded, "has Bug no longer")
	if labels := b.pull().Labels; len(labels) != 1 || labels[0].GetName() != "enhancement" {
		t.Errorf("%+v", labels)
	}
	b.wants(b.does("github pr label", map[string]any{"pr": app1}), job.Failed, "Say which labels")
}

func TestMerge(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	head := b.pull().GetHead().GetSHA()
	b.wants(b.does("github pr merge", map[string]any{"pr": app1, "sha": "0123456789"}), job.Failed, "not at 0123456789; nothing was merged")
	if err := b.github.SetConflict("acme/app", 1, true); err != nil {
		t.Fatal(err)
	}
	b.wants(b.does("github pr merge", map[string]any{"pr": app1}), job.Failed, "conflicts with main")
	if err := b.github.SetConflict("acme/app", 1, false); err != nil {
		t.Fatal(err)
	}
	b.wants(b.does("github pr merge", map[string]any{"pr": app1, "sha": head[:12], "method": "squash"}), job.Succeeded, "acme/app#1 is merged as ")
	if !b.pull().GetMerged() {
		t.Error("it is not merged")
	}
	b.wants(b.does("github pr merge", map[string]any{"pr": app1}), job.Succeeded, "merged already")
	b.wants(b.does("github pr close", map[string]any{"pr": app1}), job.Failed, "is merged already")
}

// TestOnceWhoeverDies: the worker dies before and after every call; what is done to the pull request is done once.
func TestOnceWhoeverDies(t *testing.T) {
	t.Parallel()
	for words, args := range map[string]map[string]any{
		"github pr close": {"pr": app1, "comment": "Thank you."},
		"github pr merge": {"pr": app1},
	} {
		t.Run(words, func(t *testing.T) {
			t.Parallel()
			points := dies(t, words, args, jobtest.Death{})
			if points < 5 {
				t.Fatalf("only %d points", points)
			}
			for point := 1; point <= points; point++ {
				for _, after := range []bool{false, true} {
					t.Run(fmt.Sprintf("%d %v", point, after), func(t *testing.T) {
						dies(t, words, args, jobtest.Death{Point: point, After: after})
					})
				}
			}
		})
	}
}

// mortal is the way to GitHub of a process that may die.
type mortal struct{ life *jobtest.Life }

func (m mortal) RoundTrip(r *http.Request) (res *http.Response, err error) {
	if dead := m.life.Call(r.Context(), r.Method+" "+r.URL.Path, func() { res, err = http.DefaultTransport.RoundTrip(r) }); dead != nil {
		if res != nil {
			_ = res.Body.Close()
		}
		return nil, dead
	}
	return res, err
}

func dies(t *testing.T, words string, args map[string]any, death jobtest.Death) int {
	t.Helper()
	b := newBench(t)
	id := b.ask(words, args)
	life := jobtest.NewLife(death)
	rdb := redis.NewClient(&redis.Options{Addr: b.rdb.Options().Addr, MaxRetries: -1})
	defer func() { _ = rdb.Close() }()
	store := jobtest.Open(t, rdb, job.Options{Now: b.clock.Now})
	w := job.NewWorker(store, job.WorkerOptions{
		Function: "github", Name: "mortal", Steps: b.steps(b.app(mortal{life}), rdb, store), Lease: life.Hold(), Heartbeat: time.Hour,
	})
	rdb.AddHook(life)
	_, _ = w.Run(context.Background(), id)
	_ = w.Stop(context.Background())
	b.clock.Add(time.Minute)
	j := b.finish(id)
	if j.State != job.Succeeded {
		t.Error(jobtest.Describe(j))
	}
	if said := b.said(); args["comment"] != nil && len(said) != 1 {
		t.Errorf("said %q", said)
	}
	writes := 0
	for _, call := range b.github.Calls("/pulls/1") {
		if (call.Method == http.MethodPatch || call.Method == http.MethodPut) && call.Status < 300 {
			writes++
		}
	}
	if writes > 1 || b.pull().GetState() != "closed" {
		t.Errorf("%d writes, and it is %s", writes, b.pull().GetState())
	}
	return life.Points()
}

func TestShow(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if err := b.github.Person("ann").Review("acme/app", 1, "APPROVE", ""); err != nil {
		t.Fatal(err)
	}
	desk := &pulls.Desk{App: b.app(nil), Redis: b.rdb, Now: b.store.Now}
	answer, err := desk.Show(t.Context(), command.Call{Args: map[string]any{"pr": app1}})
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"acme/app#1: Greet people\n", "state", "open", "by", "bob", "into", "main", "reviews", "ann approves", "/acme/app/pull/1"} {
		if !strings.Contains(answer.Text, part) {
			t.Errorf("%q is not in\n%s", part, answer.Text)
		}
	}
	for pr, code := range map[string]string{"acme/app#99": command.CodeNotFound, "x": command.CodeUsage} {
		if answer, err := desk.Show(t.Context(), command.Call{Args: map[string]any{"pr": pr}}); err != nil || answer.Problem == nil || answer.Problem.Code != code {
			t.Errorf("%s: %+v %v", pr, answer, err)
		}
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	j := b.does("github pr-report", map[string]any{"org_repo": []any{"acme", "acme/app"}})
	b.wants(j, job.Succeeded, "Looking through acme.\nLooking through acme/app.\nFound 1 open pull request.\n• ")
	b.wants(j, job.Succeeded, " PR created by bob")
	b.wants(j, job.Succeeded, "acme/app - PR #1: ")
	b.wants(j, job.Succeeded, "State: open  Mergeable: ")
	if string(j.Result) != `{"open pull requests":1}` {
		t.Errorf("%s", j.Result)
	}
	b.wants(b.does("github pr-report", map[string]any{"org_repo": []any{"a/b/c"}}), job.Failed, "neither an organization nor a repository")
	b.wants(b.does("github pr-report", map[string]any{"org_repo": []any{"nobody"}}), job.Failed, "list the repositories of nobody")
}

// cut is the way to GitHub of a process that is asked to stop while a merge is under way: the answer is never had.
type cut struct {
	arrives bool
	sent    chan struct{}
}

func (c cut) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPut {
		return http.DefaultTransport.RoundTrip(r)
	}
	if c.arrives {
		res, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		_ = res.Body.Close()
	}
	close(c.sent)
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// TestACancelSaysWhetherItWasMerged: it comes while the request is under way, and the job ends as GitHub says.
func TestACancelSaysWhetherItWasMerged(t *testing.T) {
	t.Parallel()
	for arrives, state := range map[bool]job.State{true: job.Succeeded, false: job.Cancelled} {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			b, way := newBench(t), cut{arrives, make(chan struct{})}
			id := b.ask("github pr merge", map[string]any{"pr": app1})
			w := job.NewWorker(b.store, job.WorkerOptions{
				Function: "github", Name: "cut", Steps: b.steps(b.app(way), b.rdb, b.store), Heartbeat: 5 * time.Millisecond,
			})
			defer func() { _ = w.Stop(context.Background()) }()
			if took, err := w.Take(t.Context(), id); !took || err != nil {
				t.Fatal(took, err)
			}
			<-way.sent
			if _, err := b.store.Cancel(t.Context(), id, "telnet:bob", ""); err != nil {
				t.Fatal(err)
			}
			jobtest.Eventually(t, "the step ends", func() bool {
				j, err := b.store.Get(t.Context(), id)
				return err == nil && (j.State.Final() || j.Lease.IsZero())
			})
			if j := b.finish(id); j.State != state {
				t.Error(jobtest.Describe(j))
			}
			if merged := b.pull().GetMerged(); merged != arrives {
				t.Errorf("merged: %v", merged)
			}
		})
	}
}
