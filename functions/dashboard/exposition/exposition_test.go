package exposition_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/dashboard/exposition"
	"github.com/handsoff/handsoff/shared/audit"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/gap"
	"github.com/handsoff/handsoff/shared/health"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/irc"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/sign"
)

const token = "a-long-token"

// settings name doors that are to be connected.
const settings = `
bot: {name: padre}
telnet: {idle: 30m}
gerrit:
  servers:
    - {name: review, url: "https://review.example.org", ssh: "review.example.org:29418", user: bot, key: gerrit-key}
irc:
  networks:
    - {name: oftc, server: irc.oftc.net, nick: padre}
    - {name: libera, server: irc.libera.chat, nick: padre}
slack: {}
github: {}
`

// platform is that of a function, with a gateway that knows two functions.
func platform(t *testing.T, rdb *redis.Client) *function.Platform {
	t.Helper()
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`[{"name":"jenkins","replicas":2,"availableReplicas":1},{"name":"clock","replicas":1,"availableReplicas":1}]`))
	}))
	t.Cleanup(gateway.Close)
	dir := t.TempDir()
	for name, text := range map[string]string{"metrics-token": token + "\n", "basic-auth-user": "admin", "basic-auth-password": "x"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file, err := config.Parse([]byte(settings))
	if err != nil {
		t.Fatal(err)
	}
	env := function.Environment{SecretDir: dir, GatewayURL: gateway.URL}
	return &function.Platform{
		Environment: env, Name: "dashboard", Config: file, Redis: rdb, Jobs: jobtest.Open(t, rdb, job.Options{}),
		Gateway: function.NewGateway(env, sign.Keys{}), Log: slog.New(slog.DiscardHandler),
	}
}

func scrape(t *testing.T, p *function.Platform, authorization string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil)
	r.Header.Set("Authorization", authorization)
	w := httptest.NewRecorder()
	exposition.New(p).ServeHTTP(w, r)
	return w
}

// families reads an answer.
func families(t *testing.T, w *httptest.ResponseRecorder) map[string]*family {
	t.Helper()
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/plain; version=0.0.4; charset=utf-8" {
		t.Fatal(w.Code, w.Header(), w.Body)
	}
	found, err := parse(w.Body.String())
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// value is a sample's; a histogram's is its count.
func value(t *testing.T, found map[string]*family, name string, labels ...string) float64 {
	t.Helper()
	if found[name] == nil {
		t.Errorf("there is no %s", name)
		return -1
	}
	id := key(name, labels...)
	if found[name].kind == "histogram" {
		id = key(name+"_count", labels...)
		if buckets := found[name].samples[key(name+"_bucket", append(slices.Clone(labels), "le=+Inf")...)]; buckets != found[name].samples[id] {
			t.Errorf("%s%v has %v in its buckets, and counts %v", name, labels, buckets, found[name].samples[id])
		}
	}
	v, ok := found[name].samples[id]
	if !ok {
		t.Errorf("there is no %s%v; there is %v", name, labels, found[name].samples)
	}
	return v
}

// world makes what there is to measure.
func world(t *testing.T, p *function.Platform) {
	t.Helper()
	ctx := t.Context()
	var last string
	for range 3 {
		accepted, err := p.Jobs.Accept(ctx, jobtest.Request(func(r *job.Request) { r.Watch = []string{"telnet:ann"} }))
		if err != nil {
			t.Fatal(err)
		}
		last = accepted.ID
	}
	worker := job.NewWorker(p.Jobs, job.WorkerOptions{Function: "test", Name: "w", Steps: map[string]job.Stepper{"test run": done{}}})
	if took, err := worker.Run(ctx, last); !took || err != nil {
		t.Fatal(took, err)
	}
	if err := worker.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	if err := p.Jobs.Count(ctx, "refused_unsigned\"\\\n\xff", 7); err != nil {
		t.Fatal(err)
	}
	if _, err := inbox.Open(p.Redis, "slack", inbox.Options{}).Put(ctx, inbox.Delivery{ID: "Ev1"}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := gap.Open(ctx, p.Redis, gap.Gap{Source: "github", Why: "down", From: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if err := audit.Seal(ctx, p.Redis); err != nil {
		t.Fatal(err)
	}
	(&health.Caller{Redis: p.Redis, Door: "github"}).Good(ctx, &health.Rate{Left: 4321, Most: 5000, Reset: time.Now()})
	(&health.Caller{Redis: p.Redis, Door: "slack"}).Bad(ctx, "it does not answer", health.Passing)
	pipe := p.Redis.Pipeline()
	pipe.SAdd(ctx, "handsoff:queue:lanes", "jenkins")
	pipe.RPush(ctx, "handsoff:queue:ready:jenkins", "1", "2")
	for _, network := range []string{"oftc", "libera"} {
		if err := irc.NewState(p.Redis, network).Connected(ctx, "padre", time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if mine, err := irc.NewState(p.Redis, "oftc").Hold(ctx, "gateway", time.Hour); !mine || err != nil { // that of libera was killed
		t.Fatal(mine, err)
	}
	pipe.Set(ctx, "handsoff:clock:memo", `{"ticked":"`+time.Now().Add(-time.Minute).Format(time.RFC3339)+`"}`, 0)
	if _, err := pipe.Exec(ctx); err != nil {
		t.Fatal(err)
	}
}

type done struct{}

func (done) Step(context.Context, *job.Run) (job.Outcome, error) { return job.Done(nil), nil }

// TestTelnetIsUpWhileItsProcessLives, as far as it tells.
func TestTelnetIsUpWhileItsProcessLives(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		p := platform(t, rdb)
		up := func() bool {
			return value(t, families(t, scrape(t, p, "Bearer "+token)), "handsoff_door_up", "door=telnet") == 1
		}
		if up() {
			t.Error("nobody gave a sign of life")
		}
		go health.Live(t.Context(), rdb, "telnet-gateway", p.Log)
		jobtest.Eventually(t, "it is up", up)
	})
}

func TestWhatPrometheusReads(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		p := platform(t, rdb)
		world(t, p)
		found := families(t, scrape(t, p, "Bearer "+token))
		for _, want := range []struct {
			value  float64
			name   string
			labels []string
		}{
			{3, "handsoff_jobs_accepted_total", []string{"command=test run", "door=telnet"}},
			{1, "handsoff_jobs_ended_total", []string{"command=test run", "state=succeeded"}},
			{1, "handsoff_job_duration_seconds", []string{"command=test run"}},
			{1, "handsoff_job_wait_seconds", nil},
			{0, "handsoff_job_cancel_seconds", nil},
			{7, "handsoff_counted_total", []string{"what=refused_unsigned\"\\\n\uFFFD"}},
			{0, "handsoff_counted_total", []string{"what=refused_unsigned"}},
			{2, "handsoff_jobs", []string{"state=queued"}},
			{0, "handsoff_jobs", []string{"state=cancelling"}},
			{1, "handsoff_jobs_kept", nil},
			{2, "handsoff_jobs_due", nil},
			{3, "handsoff_notify_backlog", nil},
			{1, "handsoff_inbox_unfinished", []string{"function=slack"}},
			{0, "handsoff_inbox_dead", []string{"function=slack"}},
			{1, "handsoff_gaps_open", []string{"source=github"}},
			{2, "handsoff_queue_ready", []string{"function=jenkins"}},
			{0, "handsoff_queue_dead", nil},
			{0, "handsoff_door_up", []string{"door=gerrit:review"}},
			{1, "handsoff_door_up", []string{"door=irc:oftc"}},
			{0, "handsoff_door_up", []string{"door=irc:libera"}},
			{0, "handsoff_door_up", []string{"door=telnet"}},
			{1, "handsoff_door_up", []string{"door=github"}},
			{0, "handsoff_door_up", []string{"door=slack"}},
			{4321, "handsoff_door_calls_left", []string{"door=github"}},
			{2, "handsoff_function_replicas", []string{"function=jenkins"}},
			{1, "handsoff_function_available_replicas", []string{"function=jenkins"}},
			{1, "handsoff_part_read", []string{"part=totals"}},
			{1, "handsoff_part_read", []string{"part=functions"}},
		} {
			if got := value(t, found, want.name, want.labels...); got != want.value {
				t.Errorf("%s%v is %v, not %v", want.name, want.labels, got, want.value)
			}
		}
		if age := value(t, found, "handsoff_clock_age_seconds"); age < 59 || age > 3600 {
			t.Errorf("the clock ticked %v s ago", age)
		}
		if silence := value(t, found, "handsoff_door_silence_seconds", "door=slack"); silence < 0 || silence > 3600 {
			t.Errorf("Slack was heard %v s ago", silence)
		}
		if waits := value(t, found, "handsoff_audit_unsealed_seconds"); waits != 0 {
			t.Errorf("all is sealed, and waits for its seal for %v s", waits)
		}
		// Everything that is declared is there, but for what an embedded Redis does not say.
		for _, name := range exposition.Names() {
			base, _ := strings.CutSuffix(name, "_bucket")
			base, _ = strings.CutSuffix(base, "_sum")
			base, _ = strings.CutSuffix(base, "_count")
			if found[base] == nil && !strings.HasPrefix(name, "handsoff_redis_") {
				t.Errorf("%s is not among %v", name, slices.Sorted(maps.Keys(found)))
			}
		}
	})
}

// TestWhatIsNotYetIsToldToo: a clock that never ticked, and entries that nobody seals, are no silence.
func TestWhatIsNotYetIsToldToo(t *testing.T) {
	t.Parallel()
	_, rdb := jobtest.New(t)
	p := platform(t, rdb)
	p.Redis = rdb
	if age := value(t, families(t, scrape(t, p, "Bearer "+token)), "handsoff_clock_age_seconds"); !math.IsInf(age, 1) {
		t.Errorf("the clock, which never ticked, did so %v s ago", age)
	}
	old := time.Now().Add(-time.Hour).UnixMilli()
	err := rdb.XAdd(t.Context(), &redis.XAddArgs{
		Stream: job.AuditKey, ID: fmt.Sprintf("%d-0", old), Values: []any{"at", old, "who", "telnet:ann", "act", "accepted", "job", "", "detail", "ping"},
	}).Err()
	if err != nil {
		t.Fatal(err)
	}
	if waits := value(t, families(t, scrape(t, p, "Bearer "+token)), "handsoff_audit_unsealed_seconds"); waits < 3500 {
		t.Errorf("an entry is an hour old, and waits for its seal for %v s", waits)
	}
}

// TestOnlyWhoHasTheTokenReads also shows that no token means no metrics.
func TestOnlyWhoHasTheTokenReads(t *testing.T) {
	t.Parallel()
	_, rdb := jobtest.New(t)
	p := platform(t, rdb)
	for _, wrong := range []string{"", "Bearer", "Bearer x", "Basic " + token, token, "Bearer " + token + "x"} {
		if w := scrape(t, p, wrong); w.Code != http.StatusUnauthorized || w.Header().Get("WWW-Authenticate") != "Bearer" || strings.Contains(w.Body.String(), "handsoff_") {
			t.Errorf("%q: %d %s", wrong, w.Code, w.Body)
		}
	}
	if w := scrape(t, p, "bearer "+token); w.Code != http.StatusOK {
		t.Error(w.Code, w.Body)
	}
	if err := os.WriteFile(filepath.Join(p.SecretDir, "metrics-token"), []byte(token+"\n\nthe one that follows\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for given, want := range map[string]int{
		token: http.StatusOK, "the one that follows": http.StatusOK, "": http.StatusUnauthorized,
		token + "\n\nthe one that follows": http.StatusUnauthorized, token + "the one that follows": http.StatusUnauthorized,
	} {
		if w := scrape(t, p, "Bearer "+given); w.Code != want {
			t.Errorf("%q: %d, not %d", given, w.Code, want)
		}
	}
	for _, none := range []func() error{
		func() error { return os.WriteFile(filepath.Join(p.SecretDir, "metrics-token"), []byte("\n"), 0o600) },
		func() error { return os.Remove(filepath.Join(p.SecretDir, "metrics-token")) },
	} {
		if err := none(); err != nil {
			t.Fatal(err)
		}
		if w := scrape(t, p, "Bearer "); w.Code != http.StatusNotFound {
			t.Error(w.Code, w.Body)
		}
	}
}

// TestAPartThatCannotBeReadIsSaid: the others are there all the same; with no Redis there is nothing.
func TestAPartThatCannotBeReadIsSaid(t *testing.T) {
	t.Parallel()
	server := jobtest.Redis(t)
	p := platform(t, server.Client(t))
	if err := p.Redis.Set(t.Context(), job.AuditKey, "no stream", 0).Err(); err != nil {
		t.Fatal(err)
	}
	found := families(t, scrape(t, p, "Bearer "+token))
	if value(t, found, "handsoff_part_read", "part=audit") != 0 || value(t, found, "handsoff_part_read", "part=jobs") != 1 {
		t.Error(found["handsoff_part_read"])
	}
	if value(t, found, "handsoff_redis_memory_bytes") < 1 || value(t, found, "handsoff_redis_file_failing") != 0 {
		t.Error(found)
	}
	mortal := redis.NewClient(&redis.Options{Addr: server.Address, MaxRetries: -1, DialerRetries: 1})
	defer func() { _ = mortal.Close() }()
	p = platform(t, mortal)
	p.Gateway = function.NewGateway(function.Environment{SecretDir: p.SecretDir, GatewayURL: "http://127.0.0.1:1"}, sign.Keys{})
	server.Kill(t)
	if w := scrape(t, p, "Bearer "+token); w.Code != http.StatusServiceUnavailable {
		t.Error(w.Code, w.Body)
	}
}
