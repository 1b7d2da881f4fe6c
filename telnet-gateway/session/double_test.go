package session

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"
	"golang.org/x/crypto/argon2"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/outbox"
	"github.com/handsoff/handsoff/telnet-gateway/login"
	"github.com/handsoff/handsoff/telnet-gateway/telnettest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const password = "correct horse"

// cheap is the password's hash, as cheap as is allowed.
var cheap = fmt.Sprintf("$argon2id$v=%d$m=1024,t=1,p=1$%s$%s", argon2.Version,
	base64.RawStdEncoding.EncodeToString([]byte("salt and salt")),
	base64.RawStdEncoding.EncodeToString(argon2.IDKey([]byte(password), []byte("salt and salt"), 1, 1024, 1, 32)))

// bot is a double of the function command: it answers what it is told to, and remembers what it was asked.
type bot struct {
	mu      sync.Mutex
	answers map[string]func(ctx context.Context) (command.Answer, error)
	got     []command.Envelope
}

func (b *bot) on(text string, answer func(ctx context.Context) (command.Answer, error)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answers[text] = answer
}

// starts makes a line start a job.
func (b *bot) starts(text, id string) {
	b.on(text, func(context.Context) (command.Answer, error) {
		return command.Answer{Text: "Job " + id + " is queued.", Job: id, State: job.Queued}, nil
	})
}

func (b *bot) Do(ctx context.Context, e command.Envelope) (command.Answer, error) {
	b.mu.Lock()
	b.got = append(b.got, e)
	answer := b.answers[e.Text]
	b.mu.Unlock()
	if answer == nil {
		return command.Answer{Text: "you said: " + e.Text}, nil
	}
	return answer(ctx)
}

func (b *bot) Catalogue(context.Context, string, ...string) ([]command.Declared, error) {
	return []command.Declared{
		{Spec: command.Spec{Words: "jenkins build", Args: []command.Arg{{Name: "job"}, {Name: "branch"}}}},
		{Spec: command.Spec{Words: "jenkins restart", Args: []command.Arg{{Name: "mode", Choices: []string{"safe", "now"}}}}},
		{Spec: command.Spec{Words: "cancel", Args: []command.Arg{{Name: "id"}}}},
		{Spec: command.Spec{Words: "vault", Args: []command.Arg{{Name: "key", Secret: true}}}},
	}, nil
}

func (b *bot) heard() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	texts := make([]string, len(b.got))
	for i, e := range b.got {
		texts[i] = e.Text
	}
	return texts
}

// place is a door with all around it.
type place struct {
	server  *jobtest.Server
	rdb     *redis.Client
	store   *job.Store
	bot     *bot
	door    *Door
	users   string // the path of the users' file
	address string
	stop    func()
}

// open opens a door for ann and bob. It is closed at the end of the test.
func open(t *testing.T, changes ...func(*Settings)) *place {
	t.Helper()
	server := jobtest.Redis(t)
	p := &place{
		server: server, rdb: server.Client(t), users: filepath.Join(t.TempDir(), "telnet-users"),
		bot: &bot{answers: map[string]func(context.Context) (command.Answer, error){}},
	}
	p.store = jobtest.Open(t, p.rdb, job.Options{})
	if err := os.WriteFile(p.users, []byte("ann:"+cheap+"\nbob:"+cheap+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.serve(t, changes...)
	return p
}

type trail struct{ store *job.Store }

func (a trail) Audit(ctx context.Context, who, act, detail string) error {
	return a.store.Audit(ctx, job.AuditEntry{Who: who, Act: act, Detail: detail})
}

// serve begins, or begins again after stop.
func (p *place) serve(t *testing.T, changes ...func(*Settings)) {
	t.Helper()
	settings := Settings{
		Bot: "Robo", Version: "v1.2.3", Settle: 50 * time.Millisecond, Slow: 200 * time.Millisecond,
		Beat: 20 * time.Millisecond, Login: Login{Pause: time.Millisecond, Places: 50},
	}
	for _, change := range changes {
		change(&settings)
	}
	if err := settings.Complete(); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	audit := trail{p.store}
	p.door = &Door{
		Settings: settings, Commands: p.bot, Jobs: p.store, Trail: audit, Redis: p.rdb, Log: log,
		Gate:    login.NewGate(p.users, login.NewThrottle(p.rdb, settings.Policy()), audit),
		Watcher: outbox.NewWatcher(p.rdb, log), Seen: outbox.NewSeen(p.rdb),
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.address = listener.Addr().String()
	ctx, end := context.WithCancel(context.Background())
	watch, endWatch := context.WithCancel(context.Background())
	var all, watcher sync.WaitGroup
	all.Go(func() {
		if err := p.door.Serve(ctx, listener); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	watcher.Go(func() { p.door.Watcher.Run(watch) })
	var once sync.Once
	p.stop = func() {
		once.Do(func() {
			end()
			all.Wait()
			endWatch()
			watcher.Wait()
		})
	}
	t.Cleanup(p.stop)
}

// dumb is a terminal that gets no escape sequences, which makes it easy to read.
var dumb = telnettest.Manner{Terminal: "dumb"}

// enter logs somebody in.
func (p *place) enter(t *testing.T, user string, manner telnettest.Manner) *telnettest.Client {
	t.Helper()
	c := telnettest.Dial(t, p.address, manner)
	c.Login(t, user, password)
	return c
}

func (p *place) tell(t *testing.T, user string, e outbox.Entry) {
	t.Helper()
	if err := outbox.Add(t.Context(), p.rdb, login.Principal(user), e); err != nil {
		t.Fatal(err)
	}
}

func (p *place) say(t *testing.T, user, id, text string) {
	t.Helper()
	p.tell(t, user, outbox.Entry{Job: id, Kind: outbox.Say, Text: text, Percent: -1})
}

// accept makes a real job, for the lists of what is running.
func (p *place) accept(t *testing.T, user, text string) string {
	t.Helper()
	a, err := p.store.Accept(t.Context(), jobtest.Request(func(r *job.Request) {
		r.Text, r.Principal = text, login.Principal(user)
	}))
	if err != nil {
		t.Fatal(err)
	}
	return a.ID
}

func (p *place) audit(t *testing.T) string {
	t.Helper()
	entries, err := p.store.AuditTail(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, e := range entries {
		lines = append(lines, e.Who+" "+e.Act+" "+e.Detail)
	}
	return strings.Join(lines, "\n")
}

// wait waits for the test to let an answer go.
func wait(ctx context.Context, gate <-chan struct{}) {
	select {
	case <-gate:
	case <-ctx.Done():
	}
}
