package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/sign"
)

// TestWhatCannotBeKeptIsSentAgain: Slack is told so, and nothing was begun.
func TestWhatCannotBeKeptIsSentAgain(t *testing.T) {
	t.Parallel()
	server := jobtest.Redis(t)
	h := newHall(t, server.Client(t))
	body := aSlash(h.slack.hook(), "U0ANN", "1.2.3", "hello")
	h.box = inbox.Open(h.Redis, "full", inbox.Options{MaxBytes: 1})
	if w := h.post(inForm, body, signed(newSecret, body, time.Now())); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("full: %d %s", w.Code, w.Body)
	}
	h.box = inbox.Open(h.Redis, "small", inbox.Options{MaxBody: 10})
	if w := h.post(inForm, body, signed(newSecret, body, time.Now())); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: %d %s", w.Code, w.Body)
	}
	h.box = inbox.Open(h.Redis, "slack", inbox.Options{})
	server.Kill(t)
	if w := h.post(inForm, body, signed(newSecret, body, time.Now())); w.Code != http.StatusServiceUnavailable {
		t.Errorf("Redis is away: %d %s", w.Code, w.Body)
	}
	server.Start(t)
	jobtest.Eventually(t, "the client to try again", func() bool { return h.Redis.Ping(t.Context()).Err() == nil })
	if list := h.desk.envelopes(); len(list) != 0 {
		t.Errorf("asked for %+v", list)
	}
	h.sends(inForm, body)
	h.wants("hook  ephemeral You said hello")
}

// deadlines is a hook that sees until when each script of Redis may take.
type deadlines struct {
	mu   sync.Mutex
	free []string // those that may take as long as they like
}

func (d *deadlines) DialHook(next redis.DialHook) redis.DialHook { return next }

func (d *deadlines) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func (d *deadlines) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if _, limited := ctx.Deadline(); !limited && strings.HasPrefix(cmd.Name(), "eval") {
			d.mu.Lock()
			d.free = append(d.free, cmd.Name())
			d.mu.Unlock()
		}
		return next(ctx, cmd)
	}
}

// TestNothingIsKeptAfterSlackGaveUp: who was told that it failed asks again, so what hangs must not be kept later.
func TestNothingIsKeptAfterSlackGaveUp(t *testing.T) {
	t.Parallel()
	h := idleHall(t, jobtest.Redis(t).Client(t))
	h.worker = inbox.NewWorker(inbox.Open(h.Redis, "another", inbox.Options{}), h.handle, inbox.WorkerOptions{})
	t.Cleanup(func() { _ = h.worker.Stop(context.Background()) })
	h.handler = function.NewHandler(h.Platform, h.parts())
	own := redis.NewClient(h.Redis.Options())
	t.Cleanup(func() { _ = own.Close() })
	seen := new(deadlines)
	own.AddHook(seen)
	h.box = inbox.Open(own, "slack", inbox.Options{})
	h.types("U0ANN", "1.2.3", "hello")
	h.event("Ev1", inOps("U0ANN", rootTS, "<@U0BOT> hello"))
	if h.waits() != 2 || len(seen.free) != 0 {
		t.Errorf("%d are kept; without a limit: %q", h.waits(), seen.free)
	}
}

// TestTheClockReachesTheInbox: what a dead process left behind is taken up when the clock says that something is due.
func TestTheClockReachesTheInbox(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.settles()
	body, err := json.Marshal(slashCommand{Channel: "C0OPS", User: "U0ANN", Text: "hello", Hook: h.slack.hook()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.box.Put(t.Context(), inbox.Delivery{ID: "1.2.3", Kind: kindSlash, Body: body}, nil); err != nil {
		t.Fatal(err)
	}
	nudge := `{"job":"` + command.AnyJob + `"}`
	keys, err := sign.Parse([]byte(internalKey))
	if err != nil {
		t.Fatal(err)
	}
	if w := h.post(inJSON, nudge, http.Header{sign.Header: {"sha256=00"}}); w.Code != http.StatusUnauthorized || h.waits() != 1 {
		t.Errorf("a nudge of who knows: %d", w.Code)
	}
	if w := h.post(inJSON, nudge, http.Header{sign.Header: {keys.Sign([]byte(nudge))}}); w.Code != http.StatusAccepted {
		t.Errorf("a nudge: %d %s", w.Code, w.Body)
	}
	h.wants("hook  ephemeral You said hello")
}

func TestWithoutSlackItSaysSo(t *testing.T) {
	t.Parallel()
	h := idleHall(t, jobtest.Redis(t).Client(t))
	file, err := config.Parse([]byte("roles: {viewer: ['telnet:*']}"))
	if err != nil {
		t.Fatal(err)
	}
	h.Config = file
	parts, err := setUp(t.Context(), h.Platform)
	if err != nil {
		t.Fatal(err)
	}
	h.handler = function.NewHandler(h.Platform, parts)
	if w := h.post(inJSON, "{}", nil); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "not set up") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestWithoutATokenItDoesNotStart(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"missing": "-", "empty": "\n", "two lines": "xoxb-1\nxoxb-2\n"} {
		h := idleHall(t, jobtest.Redis(t).Client(t))
		p := h.platform(h.Redis, func(secrets map[string]string) {
			secrets[tokenSecret] = text
			if text == "-" {
				delete(secrets, tokenSecret)
			}
		})
		if _, err := setUp(t.Context(), p); err == nil || !strings.Contains(err.Error(), tokenSecret) || strings.Contains(err.Error(), "xoxb-1") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAModalWaits: who submits a form gets what is wrong with it, or an empty answer when nothing is or when it takes long.
func TestAModalWaits(t *testing.T) {
	t.Parallel()
	h := idleHall(t, jobtest.Redis(t).Client(t))
	says := make(chan string, 1)
	h.handlers[kindSubmission] = func(_ context.Context, c *inbox.Claim) error {
		if said := <-says; said != "" && !h.waiting.answer(c.ID, []byte(said)) {
			t.Error("nobody waits")
		}
		return nil
	}
	h.starts()
	for i, said := range []string{"", `{"response_action":"errors"}`} {
		body := payload(`{"type":"view_submission","trigger_id":"t` + string(rune('a'+i)) + `","view":{"id":"V1"}}`)
		says <- said
		if h.answers = time.Minute; said == "" {
			h.answers = attention
		}
		w := h.post(inForm, body, signed(newSecret, body, time.Now()))
		if w.Code != http.StatusOK || w.Body.String() != said {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		h.settles()
		h.sends(inForm, body) // again: that is over
	}
}

// TestWhatNobodyDealsWithIsNotKept: it is acknowledged, and that is all.
func TestWhatNobodyDealsWithIsNotKept(t *testing.T) {
	t.Parallel()
	h := idleHall(t, jobtest.Redis(t).Client(t)) // nobody works the inbox off
	h.worker = inbox.NewWorker(inbox.Open(h.Redis, "another", inbox.Options{}), h.handle, inbox.WorkerOptions{})
	h.handler = function.NewHandler(h.Platform, h.parts())
	t.Cleanup(func() { _ = h.stop(context.Background()) })
	h.event("Ev1", `{"type":"channel_created","channel":{"id":"C1"}}`)
	h.event("Ev2", inOps("U0EVE", rootTS, "have a look at this"))
	h.sends(inForm, "ssl_check=1")
	h.sends(inForm, payload(`{"type":"view_closed"}`))
	if n := h.waits(); n != 0 {
		t.Errorf("%d are kept", n)
	}
	h.event("Ev3", inOps("U0EVE", laterTS, "<@U0BOT> hello"))
	if n := h.waits(); n != 1 {
		t.Errorf("%d are kept", n)
	}
}

// TestWaiting: an answer reaches whoever still waits, and the one who gives it knows whether it did.
func TestWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWaiting()
		if w.answer("nobody", nil) {
			t.Error("nobody waited")
		}
		wait := w.expect("a")
		if !w.answer("a", []byte("1")) || w.answer("a", []byte("2")) {
			t.Error("one waits, for one answer")
		}
		if body := wait(t.Context(), time.Second); string(body) != "1" {
			t.Errorf("got %q", body)
		}
		wait = w.expect("b")
		time.AfterFunc(time.Second, func() {
			if !w.answer("b", []byte("just in time")) {
				t.Error("it still waited")
			}
		})
		if body := wait(t.Context(), time.Minute); string(body) != "just in time" {
			t.Errorf("got %q", body)
		}
		if body := w.expect("c")(t.Context(), time.Second); body != nil || w.answer("c", nil) {
			t.Errorf("after a second: %q", body)
		}
		ended, end := context.WithCancelCause(t.Context())
		end(errors.New("hung up"))
		if body := w.expect("d")(ended, time.Minute); body != nil || w.answer("d", nil) {
			t.Errorf("after the request: %q", body)
		}
		if len(w.calls) != 0 {
			t.Errorf("%d are never forgotten", len(w.calls))
		}
	})
}

// TestAMenuIsAskedAtOnce and is empty when nobody knows.
func TestAMenuIsAskedAtOnce(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	body := payload(`{"type":"block_suggestion","value":"x"}`)
	ask := func() *httptest.ResponseRecorder { return h.post(inForm, body, signed(newSecret, body, time.Now())) }
	h.direct[kindOptions] = func(context.Context, []byte) (any, error) { return map[string]int{"options": 1}, nil }
	if w := ask(); w.Code != http.StatusOK || w.Body.String() != `{"options":1}` || h.waits() != 0 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	h.direct[kindOptions] = func(context.Context, []byte) (any, error) { return nil, errors.New("who knows") }
	if w := ask(); w.Code != http.StatusOK || w.Body.Len() != 0 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := h.post(inForm, body, nil); w.Code != http.StatusUnauthorized {
		t.Errorf("unsigned: %d", w.Code)
	}
}
