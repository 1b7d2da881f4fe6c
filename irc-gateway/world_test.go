package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/irc-gateway/irctest"
	"github.com/handsoff/handsoff/irc-gateway/link"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/irc"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// patience is how long what must come may take on a busy machine.
const patience = 2 * time.Minute

const key = "a-key-of-enough-bytes-for-a-test"

// world is everything around a gateway: Redis, the function command, and the secrets.
type world struct {
	testing.TB

	redis   *jobtest.Server
	rdb     *redis.Client
	secrets string
	bot     *httptest.Server
	times   link.Times

	mu     sync.Mutex
	heard  []command.Envelope
	answer func(e command.Envelope) (command.Answer, int)
}

func newWorld(tb testing.TB) *world {
	tb.Helper()
	w := &world{TB: tb, redis: jobtest.Redis(tb), secrets: tb.TempDir(), times: link.Usual()}
	w.times.First, w.times.Slowest, w.times.Beat, w.times.Hold = 10*time.Millisecond, 50*time.Millisecond, 20*time.Millisecond, 2*time.Second
	w.times.Look = 20 * time.Millisecond
	w.rdb = w.redis.Client(tb)
	w.answer = func(e command.Envelope) (command.Answer, int) {
		return command.Answer{Text: "you said " + e.Text}, http.StatusOK
	}
	w.bot = httptest.NewServer(w)
	tb.Cleanup(w.bot.Close)
	w.secret("handsoff-key", key)
	return w
}

// ServeHTTP is the function command. A line that comes twice is answered as before, and counted once.
func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var e command.Envelope
	if err == nil {
		e, err = command.DecodeEnvelope(body)
	}
	if err != nil {
		w.Errorf("%s: %v", r.URL, err)
		return
	}
	w.mu.Lock()
	if !slices.ContainsFunc(w.heard, func(h command.Envelope) bool { return h.ID == e.ID }) {
		w.heard = append(w.heard, e)
	}
	answer := w.answer
	w.mu.Unlock()
	a, status := answer(e)
	rw.WriteHeader(status)
	if err := json.NewEncoder(rw).Encode(a); err != nil {
		w.Error(err)
	}
}

// answers says what the bot answers from now on.
func (w *world) answers(answer func(e command.Envelope) (command.Answer, int)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answer = answer
}

// envelopes are what the bot heard, a line each: principal, groups, where, text.
func (w *world) envelopes() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	lines := make([]string, len(w.heard))
	for i, e := range w.heard {
		lines[i] = fmt.Sprintf("%s %v %s %q", e.Principal, e.Groups, e.Origin.Address, e.Text)
		if e.Overheard {
			lines[i] += " overheard"
		}
	}
	return lines
}

// secret writes one, at once.
func (w *world) secret(name, text string) {
	w.Helper()
	part := filepath.Join(w.TempDir(), "part")
	if err := errors.Join(os.WriteFile(part, []byte(text), 0o600), os.Rename(part, filepath.Join(w.secrets, name))); err != nil {
		w.Fatal(err)
	}
}

// network is the section irc for a server, without TLS unless more says so.
func (w *world) network(name string, s *irctest.Server, more ...string) string {
	return w.as("handsoff", name, s, more...)
}

// as is network for a bot of another nick, where several tests have the same server.
func (w *world) as(nick, name string, s *irctest.Server, more ...string) string {
	text := fmt.Sprintf("  - {name: %s, nick: %s, pace: {burst: 1000, per_second: 1000}", name, nick)
	if joined := strings.Join(more, ", "); strings.Contains(joined, "tls: true") {
		text += fmt.Sprintf(", server: %q, ca: %s", irctest.Address(s.TLS), s.CA())
	} else {
		text += fmt.Sprintf(", server: %q, tls: false", irctest.Address(s.Plain))
	}
	return text + ", " + strings.Join(more, ", ") + "}\n"
}

func (w *world) configure(networks ...string) {
	w.Helper()
	w.secret("handsoff-config", "bot: {name: handsoff, alerts: [\"telnet:ann\"]}\nirc:\n  networks:\n"+strings.Join(networks, ""))
}

func (w *world) environment() function.Environment {
	return function.Environment{GatewayURL: w.bot.URL, RedisAddress: w.redis.Address, SecretDir: w.secrets}
}

// gateway runs one until stop is called or the test ends.
func (w *world) gateway() (stop func()) {
	w.Helper()
	return w.run(options{}, io.Discard)
}

// run is gateway with flags. Where out is a pipe, it ends with the gateway.
func (w *world) run(opts options, out io.Writer) (stop func()) {
	w.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		err := serve(ctx, opts, w.environment(), w.times, out, slog.New(slog.NewTextHandler(w.Output(), nil)))
		if pipe, is := out.(*io.PipeWriter); is {
			_ = pipe.CloseWithError(err) // never fails
		}
		done <- err
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			w.Error(err)
		}
	})
	w.Cleanup(stop)
	return stop
}

// eventually waits for something.
func (w *world) eventually(what string, ok func() bool) {
	w.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			w.Fatalf("%s did not come; the bot heard\n%s", what, strings.Join(w.envelopes(), "\n"))
		}
	}
}

// joined waits until the gateway is in a channel.
func (w *world) joined(network, channel string) {
	w.Helper()
	w.eventually("handsoff in "+channel, func() bool {
		return w.rdb.SIsMember(context.Background(), irc.ChannelsKey(network), channel).Val() &&
			w.rdb.HExists(context.Background(), irc.StateKey(network), "connected").Val()
	})
}

// says has the bot say something, as notify does.
func (w *world) says(address, text string) {
	w.Helper()
	place, _ := irc.ParseAddress(address)
	if err := irc.NewOutgoing(w.rdb, place.Network).Post(context.Background(), address, text, text+job.Prefix+time.Now().String(), ""); err != nil {
		w.Fatal(err)
	}
}
