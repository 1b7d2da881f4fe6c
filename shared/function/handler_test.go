package function_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/sign"
	"github.com/handsoff/handsoff/shared/sign/signtest"
)

const (
	newKey = "a-new-key-of-enough-bytes"
	oldKey = "an-old-key-of-enough-bytes"
)

// platform is one with secrets in a folder and a Redis of its own.
func platform(t *testing.T) *function.Platform {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		function.KeySecret: newKey + "\n" + oldKey + "\n", function.ConfigSecret: "bot: {name: test}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := function.Environment{SecretDir: dir, RedisAddress: jobtest.Redis(t).Address, GatewayURL: "http://127.0.0.1:1"}
	p, err := function.NewPlatform(t.Context(), "test", env, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

type server struct {
	*testing.T
	platform *function.Platform
	handler  http.Handler
}

func serve(t *testing.T, parts *function.Parts) *server {
	t.Helper()
	p := platform(t)
	h := function.NewHandler(p, parts)
	t.Cleanup(func() {
		if err := h.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return &server{T: t, platform: p, handler: h}
}

// post sends a body signed with key; an empty key signs nothing.
func (s *server) post(body []byte, key string) *httptest.ResponseRecorder {
	s.Helper()
	r := httptest.NewRequestWithContext(s.Context(), http.MethodPost, "/", bytes.NewReader(body))
	if key != "" {
		r.Header.Set(sign.Header, signtest.Keys(key).Sign(body))
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

func message(t *testing.T, change func(*command.Call)) []byte {
	t.Helper()
	call := command.Call{Command: "ping", Nonce: t.Name(), Time: time.Now()}
	change(&call)
	body, err := json.Marshal(call)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestOnlyTrustedCallsAreAnswered(t *testing.T) {
	t.Parallel()
	s := serve(t, &function.Parts{Calls: map[string]function.CallFunc{
		"ping": func(context.Context, command.Call) (command.Answer, error) { return command.Answer{Text: "pong"}, nil },
	}})
	fresh := func(nonce string) []byte { return message(t, func(c *command.Call) { c.Nonce = nonce }) }
	for _, test := range []struct {
		name, key string
		body      []byte
		status    int
	}{
		{"new key", newKey, fresh("1"), http.StatusOK},
		{"old key", oldKey, fresh("2"), http.StatusOK},
		{"replayed", newKey, fresh("1"), http.StatusUnauthorized},
		{"unsigned", "", fresh("3"), http.StatusUnauthorized},
		{"foreign key", "some-other-key-of-enough-bytes", fresh("4"), http.StatusUnauthorized},
		{"too old", newKey, message(t, func(c *command.Call) { c.Time = time.Now().Add(-6 * time.Minute) }), http.StatusUnauthorized},
		{"from the future", newKey, message(t, func(c *command.Call) { c.Time = time.Now().Add(6 * time.Minute) }), http.StatusUnauthorized},
		{"no nonce", newKey, fresh(""), http.StatusUnauthorized},
		{"unknown command", newKey, message(t, func(c *command.Call) { c.Command, c.Nonce = "dance", "5" }), http.StatusNotFound},
		{"no message", newKey, []byte("ping"), http.StatusBadRequest},
		{"too large", newKey, bytes.Repeat([]byte("x"), function.MaxBody+1), http.StatusRequestEntityTooLarge},
	} {
		if w := s.post(test.body, test.key); w.Code != test.status {
			t.Errorf("%s: %d %s, want %d", test.name, w.Code, strings.TrimSpace(w.Body.String()), test.status)
		}
	}
	counts, err := s.platform.Jobs.Counts(t.Context())
	if err != nil || counts["refused_unsigned"] != 2 || counts["refused_stale"] != 2 || counts["refused_replayed"] != 2 {
		t.Errorf("%v %v", counts, err)
	}
}

func TestNudgeStepsTheJobInTheBackground(t *testing.T) {
	t.Parallel()
	var steps atomic.Int32
	s := serve(t, &function.Parts{Steps: map[string]job.Stepper{"test run": step(func() { steps.Add(1) })}})
	accepted, err := s.platform.Jobs.Accept(t.Context(), jobtest.Request())
	if err != nil {
		t.Fatal(err)
	}
	body := []byte(`{"job":"` + accepted.ID + `"}`)
	for range 3 { // nudges may come more than once
		if w := s.post(body, newKey); w.Code != http.StatusAccepted {
			t.Fatal(w.Code, w.Body)
		}
	}
	jobtest.Eventually(t, "the job's end", func() bool {
		j, err := s.platform.Jobs.Get(t.Context(), accepted.ID)
		return err == nil && j.State == job.Succeeded
	})
	if steps.Load() != 1 {
		t.Errorf("stepped %d times", steps.Load())
	}
}

type step func()

func (f step) Step(context.Context, *job.Run) (job.Outcome, error) {
	f()
	return job.Done(nil), nil
}

// TestWhoseNudgeItIs: a function that steps jobs and has an inbox gets the nudges for either; one without steps gets all.
func TestWhoseNudgeItIs(t *testing.T) {
	t.Parallel()
	for name, parts := range map[string]*function.Parts{
		"steps": {Steps: map[string]job.Stepper{"test run": step(func() {})}},
		"none":  {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var nudged []string
			parts.Nudged = func(_ context.Context, id string) error {
				mu.Lock()
				defer mu.Unlock()
				nudged = append(nudged, id)
				return nil
			}
			s := serve(t, parts)
			accepted, err := s.platform.Jobs.Accept(t.Context(), jobtest.Request())
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range []string{command.AnyJob, accepted.ID} {
				if w := s.post([]byte(`{"job":"`+id+`"}`), newKey); w.Code != http.StatusAccepted {
					t.Fatal(w.Code, w.Body)
				}
			}
			if name == "none" {
				if want := []string{command.AnyJob, accepted.ID}; !slices.Equal(nudged, want) {
					t.Errorf("nudged %v, not %v", nudged, want)
				}
				return
			}
			jobtest.Eventually(t, "the job's end", func() bool {
				j, err := s.platform.Jobs.Get(t.Context(), accepted.ID)
				return err == nil && j.State == job.Succeeded
			})
			if want := []string{command.AnyJob}; !slices.Equal(nudged, want) {
				t.Errorf("nudged %v, not %v", nudged, want)
			}
		})
	}
}

// TestADoorIsNudgedToo: at one address, what carries a signature of ours is ours, and what does not is the door's.
func TestADoorIsNudgedToo(t *testing.T) {
	t.Parallel()
	door := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	var nudged atomic.Int32
	s := serve(t, &function.Parts{Root: door, Nudged: func(context.Context, string) error { nudged.Add(1); return nil }})
	nudge := []byte(`{"job":"any"}`)
	for _, test := range []struct {
		key    string
		status int
	}{{"", http.StatusTeapot}, {newKey, http.StatusAccepted}, {"some-other-key-of-enough-bytes", http.StatusUnauthorized}} {
		if w := s.post(nudge, test.key); w.Code != test.status {
			t.Errorf("signed with %q: %d, want %d", test.key, w.Code, test.status)
		}
	}
	if nudged.Load() != 1 {
		t.Errorf("nudged %d times", nudged.Load())
	}
	only := serve(t, &function.Parts{Root: door})
	if w := only.post(nudge, newKey); w.Code != http.StatusTeapot {
		t.Errorf("a function that is only a door: %d", w.Code)
	}
}

// An empty body is a tick also of a function that is a door; how large a body may be is the door's, and ours is for messages.
func TestADoorThatTicks(t *testing.T) {
	t.Parallel()
	door := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		w.WriteHeader(http.StatusTeapot)
	})
	var ticks atomic.Int32
	s := serve(t, &function.Parts{Root: door, Most: 1 << 20, Tick: func(context.Context) error { ticks.Add(1); return nil }})
	large := bytes.Repeat([]byte("x"), function.MaxBody+1)
	for _, test := range []struct {
		body   []byte
		key    string
		status int
	}{
		{nil, "", http.StatusAccepted},
		{[]byte("x"), "", http.StatusTeapot},
		{large, "", http.StatusTeapot},
		{bytes.Repeat(large, 5), "", http.StatusRequestEntityTooLarge},
		{large, newKey, http.StatusRequestEntityTooLarge},
	} {
		if w := s.post(test.body, test.key); w.Code != test.status {
			t.Errorf("%d bytes signed with %q: %d, want %d", len(test.body), test.key, w.Code, test.status)
		}
	}
	if ticks.Load() != 1 {
		t.Errorf("ticked %d times", ticks.Load())
	}
}

func TestTickNeedsNoSignature(t *testing.T) {
	t.Parallel()
	var ticks atomic.Int32
	s := serve(t, &function.Parts{Tick: func(context.Context) error { ticks.Add(1); return nil }})
	if w := s.post(nil, ""); w.Code != http.StatusAccepted || ticks.Load() != 1 {
		t.Error(w.Code, ticks.Load())
	}
}

func TestSecretNamesAreNoPaths(t *testing.T) {
	t.Parallel()
	env := function.Environment{SecretDir: t.TempDir()}
	for _, name := range []string{"", "..", "../x", "a/b", "/etc/passwd"} {
		if _, err := env.Secret(name); err == nil {
			t.Errorf("%q was read", name)
		}
	}
}

// A platform that wants every secret to be there is given empty ones: they are none, and without a key nothing starts.
func TestAnEmptySecretIsNone(t *testing.T) {
	t.Parallel()
	env := function.Environment{SecretDir: t.TempDir(), RedisAddress: "127.0.0.1:1"}
	for _, name := range []string{function.ConfigSecret, function.KeySecret, function.RedisSecret} {
		if err := os.WriteFile(filepath.Join(env.SecretDir, name), []byte("\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if text, err := env.Secret(name); !errors.Is(err, function.ErrNoSecret) || text != nil {
			t.Errorf("%s is %q, %v", name, text, err)
		}
	}
	if _, err := function.NewPlatform(t.Context(), "jobs", env, slog.New(slog.DiscardHandler)); !errors.Is(err, function.ErrNoSecret) {
		t.Errorf("it starts on empty secrets: %v", err)
	}
}
