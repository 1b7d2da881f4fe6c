package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/outbox"
	"github.com/handsoff/handsoff/shared/sign"
	"github.com/handsoff/handsoff/shared/sign/signtest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreTopFunction("net/http.(*persistConn).writeLoop"))
}

const (
	password = "correct horse"
	key      = "a key of enough bytes"
)

// lines collects what a process prints.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// bot is a double of the gateway and the function command behind it, over HTTP as they are.
type bot struct {
	tb   testing.TB
	mu   sync.Mutex
	jobs map[string]string // lines that start a job, and its id
	got  []string
	down bool
}

func (b *bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		b.tb.Errorf("read a request: %v", err)
	}
	if _, err := signtest.Keys(key).Verify(body, r.Header.Get(sign.Header)); err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	var reply any = []command.Declared{{Spec: command.Spec{Words: "jenkins build", Args: []command.Arg{{Name: "job"}}}}}
	if !strings.HasSuffix(r.URL.Path, "/catalogue") {
		e, err := command.DecodeEnvelope(body)
		if err != nil {
			b.tb.Errorf("not an envelope: %v", err)
		}
		b.got = append(b.got, e.Text)
		answer := command.Answer{Text: "you said: " + e.Text}
		if id := b.jobs[e.Text]; id != "" {
			answer = command.Answer{Text: "Job " + id + " is queued.", Job: id, State: job.Queued}
		}
		reply = answer
	}
	if err := json.NewEncoder(w).Encode(reply); err != nil {
		b.tb.Errorf("answer: %v", err)
	}
}

func (b *bot) starts(line, id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.jobs[line] = id
}

func (b *bot) setDown(down bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.down = down
}

func (b *bot) heard() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Join(b.got, "\n")
}

// gateway is a whole telnet-gateway, as main starts it.
type gateway struct {
	address string
	health  string
	bot     *bot
	store   *job.Store
	rdb     *redis.Client
	secrets string
	stop    func() error
}

// start starts one for ann. It is stopped at the end of the test.
func start(t testing.TB, config string) *gateway {
	t.Helper()
	g := &gateway{bot: &bot{tb: t, jobs: map[string]string{}}, secrets: t.TempDir()}
	server := jobtest.Redis(t)
	g.rdb = server.Client(t)
	g.store = jobtest.Open(t, g.rdb, job.Options{})
	front := httptest.NewServer(g.bot)
	t.Cleanup(front.Close)
	var entry lines
	if err := run(t.Context(), []string{"passwd", "-stdin", "ann"}, nil, strings.NewReader(password+"\n"), &entry, io.Discard); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"handsoff-key": key, "handsoff-config": "bot: {name: Robo}\n" + config, "telnet-users": entry.String()} {
		if err := os.WriteFile(filepath.Join(g.secrets, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := map[string]string{"gateway_url": front.URL, "redis_address": server.Address, "secret_mount_path": g.secrets}
	ctx, end := context.WithCancel(context.Background())
	var stdout, stderr lines
	ended := make(chan error, 1)
	go func() {
		args := []string{"-listen", "127.0.0.1:0", "-health", "127.0.0.1:0"}
		ended <- run(ctx, args, func(name string) string { return env[name] }, nil, &stdout, &stderr)
	}()
	var once sync.Once
	var result error
	g.stop = func() error {
		once.Do(func() { end(); result = <-ended })
		return result
	}
	t.Cleanup(func() {
		if err := g.stop(); err != nil {
			t.Errorf("run: %v", err)
		}
	})
	jobtest.Eventually(t, "the gateway to listen", func() bool { return strings.Count(stdout.String(), "\n") == 2 })
	first, second, _ := strings.Cut(stdout.String(), "\n")
	g.address = strings.TrimPrefix(first, "telnet-gateway listens on ")
	g.health = strings.TrimSpace(strings.TrimPrefix(second, "telnet-gateway answers /healthz and /readyz on "))
	return g
}

func (g *gateway) tell(t testing.TB, e outbox.Entry) {
	t.Helper()
	if err := outbox.Add(context.Background(), g.rdb, "telnet:ann", e); err != nil {
		t.Fatal(err)
	}
}

// patience is how long a test waits for text.
const patience = 2 * time.Minute
