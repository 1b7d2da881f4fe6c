package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

func TestWhomToBelieve(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	say := func(changes ...func(*command.Envelope)) []byte { return enveloped(t, "telnet:ann", "ping", changes...) }
	again, brew := say(), enveloped(t, "telnet:ann", "tea brew mint")
	for _, test := range []struct {
		name   string
		body   []byte
		key    string
		status int
		why    string // the counter
		says   string
	}{
		{"new key", say(), newKey, 200, "", "pong"},
		{"old key", say(), oldKey, 200, "", "pong"},
		{"text, cli key", []byte("ping"), deckKey, 200, "", "pong\n"},
		{"envelope, cli key", say(), deckKey, 200, "", "pong"},
		{"first time", again, newKey, 200, "", "pong"},
		{"replayed", again, newKey, 401, "replayed", "came before"},
		{"replayed with the other key", again, oldKey, 401, "replayed", "came before"},
		{"a job, first time", brew, newKey, 200, "", "accepted"},
		{"a job, replayed", brew, newKey, 401, "replayed", "came before"},
		{"unsigned", say(), "", 401, "unsigned", "signature"},
		{"unsigned text", []byte("ping"), "", 401, "unsigned", "signature"},
		{"wrong key", say(), "some-other-key-of-enough-bytes", 401, "unsigned", "signature"},
		{"wrong key, text", []byte("ping"), "some-other-key-of-enough-bytes", 401, "unsigned", "signature"},
		{"text, internal key", []byte("ping"), newKey, 401, "plain", "handsoff-cli-keys"},
		{"too old", say(func(e *command.Envelope) { e.Time = time.Now().Add(-6 * time.Minute) }), newKey, 401, "stale", "clock"},
		{"ahead of time", say(func(e *command.Envelope) { e.Time = time.Now().Add(6 * time.Minute) }), newKey, 401, "stale", "clock"},
		{"too old, cli key", say(func(e *command.Envelope) { e.Time = time.Time{} }), deckKey, 401, "stale", "clock"},
		{"a little old", say(func(e *command.Envelope) { e.Time = time.Now().Add(-4 * time.Minute) }), newKey, 200, "", "pong"},
		{"no nonce", say(func(e *command.Envelope) { e.Nonce = "" }), newKey, 400, "malformed", "nonce"},
		{"no id", say(func(e *command.Envelope) { e.ID = "" }), newKey, 400, "malformed", "id is missing"},
		{"no principal", say(func(e *command.Envelope) { e.Principal = "" }), newKey, 400, "malformed", "principal"},
		{"everybody", say(func(e *command.Envelope) { e.Principal = "telnet:*" }), newKey, 400, "malformed", "principal"},
		{"text and command", say(func(e *command.Envelope) { e.Command = "ping" }), newKey, 400, "malformed", "exactly one"},
		{"neither", say(func(e *command.Envelope) { e.Text = "" }), newKey, 400, "malformed", "exactly one"},
		{"in a circle", say(func(e *command.Envelope) { e.Cause = make([]string, command.MaxCauses+1) }), newKey, 400, "malformed", "circle"},
		{"half an envelope", say()[:40], newKey, 400, "malformed", "not a valid envelope"},
		{"not UTF-8 in JSON", []byte("{\"text\":\"\xff\"}"), newKey, 400, "malformed", "not UTF-8"},
		{"empty", nil, "", 401, "unsigned", "signature"},
		{"1 MB line", bytes.Repeat([]byte("x"), 1<<20), deckKey, 413, "large", "That is more than 256000 bytes"},
		{"1 MB envelope", []byte(`{"text":"` + strings.Repeat("x", 1<<20) + `"}`), newKey, 413, "large", "That is more than 256000 bytes"},
	} {
		before := b.count("refused_" + test.why)
		w := b.post("/", test.body, test.key)
		if w.Code != test.status || !strings.Contains(w.Body.String(), test.says) {
			t.Errorf("%s: %d %s, want %d %s", test.name, w.Code, w.Body, test.status, test.says)
		}
		if after := b.count("refused_" + test.why); test.why != "" && after != before+1 {
			t.Errorf("%s: refused_%s counts %d after %d", test.name, test.why, after, before)
		}
		inJSON := bytes.HasPrefix(test.body, []byte("{"))
		if got := strings.HasPrefix(w.Header().Get("Content-Type"), "application/json"); got != inJSON {
			t.Errorf("%s: answered as %s", test.name, w.Header().Get("Content-Type"))
		}
	}
	b.wantAudited("replayed")
}

func (b *bench) wantAudited(detail string) {
	b.Helper()
	entries, err := b.platform.Jobs.AuditTail(context.Background(), 100)
	if err != nil {
		b.Fatal(err)
	}
	for _, e := range entries {
		if e.Act == "refused" && e.Detail == detail && e.Who == "telnet:ann" {
			return
		}
	}
	b.Errorf("no audit entry of a refusal, %s: %v", detail, entries)
}

// A person with a key for the command line is that person, whatever the envelope says, and speaks for nobody else.
func TestCommandLineKeySpeaksForItselfOnly(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	body := enveloped(t, "telnet:adam", "tea brew mint", func(e *command.Envelope) {
		e.Watch, e.Cause, e.Parent, e.Groups = []string{"telnet:vic"}, []string{"rule:x"}, "k3f7", []string{"slack-group:S0OPS"}
	})
	w := b.post("/", body, deckKey)
	var answer command.Answer
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || answer.Job == "" {
		t.Fatal(w.Code, w.Body, err)
	}
	j, err := b.platform.Jobs.Get(t.Context(), answer.Job)
	if err != nil {
		t.Fatal(err)
	}
	watchers, err := b.platform.Jobs.Watchers(t.Context(), j.ID)
	if err != nil || len(watchers) > 0 || j.Principal != "cli:deck" || j.Origin.Door != "cli" || j.Origin.Address != "" ||
		j.Parent != "" || len(j.Why.Cause) > 0 || len(j.Groups) > 0 {
		t.Errorf("%+v watched by %v, %v", j, watchers, err)
	}
}

// deaf is a Redis that does what it is told, and whose answers to scripts are lost.
type deaf struct{}

func (deaf) DialHook(next redis.DialHook) redis.DialHook { return next }

func (deaf) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func (deaf) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if err := next(ctx, cmd); err != nil || !strings.HasPrefix(cmd.Name(), "eval") {
			return err
		}
		cmd.SetErr(context.DeadlineExceeded)
		return context.DeadlineExceeded
	}
}

// TestALostAnswerPromisesNothing: the job was made, and whoever types the line again would make another one.
func TestALostAnswerPromisesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.post("/", []byte("tea brew mint"), deckKey)
	b.platform.Redis.AddHook(deaf{})
	w := b.post("/", []byte("tea brew mint"), deckKey)
	made, err := b.platform.Jobs.Standing(t.Context())
	if err != nil || made.Open != 2 {
		t.Fatal(made, err)
	}
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "It may have been done all the same: look at `jobs` first.") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestTextIsAnsweredWithText(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.gateway.answers["jobs"] = func(w http.ResponseWriter, call command.Call) {
		code := map[string]string{"job": command.CodeNotFound, "cancel": command.CodeConflict}[call.Command]
		_ = json.NewEncoder(w).Encode(command.Answer{Text: "No.", Problem: &command.Problem{Code: code}})
	}
	for _, test := range []struct {
		text   string
		status int
		want   string
	}{
		{"ping", 200, "pong\n"},
		{"  PING\r\n", 200, "pong\n"},
		{"pong", 404, "I do not know “pong”.\nTry:   ping\n"},
		{"ping me", 400, "ping does not take “me”.\nUsage: ping\n"},
		{"tea brew", 400, "tea brew needs <sort> (which sort).\nUsage: tea brew <sort> [minutes=4] [password]\n"},
		{"tea brew 'mint", 400, "The quote ' before “mint” is never closed; close it, or write \\' if it is meant as a letter.\n" +
			"Usage: tea brew <sort> [minutes=4] [password]\n"},
		{"tea brew mint --minutes=3", 400, "“--minutes=3” looks like an option, and I know none: an argument is written name=value. " +
			"In quotes it is plain text.\nUsage: tea brew <sort> [minutes=4] [password]\nTry:   tea brew mint minutes=3\n"},
		{"ping \x1b[31m", 400, "That has the control character U+001B; send it again without.\n"},
		{"ping \xff", 400, "That has bytes that are not UTF-8; send it again as UTF-8 text.\n"},
		{strings.Repeat("ping ", 10_000), 400, "That is 50000 bytes, and a command has at most 16384; put the long part into a file or an address.\n"},
		{"", 400, "That is empty; type help to see what I can do.\n"},
		{"config show", 403, "config show needs the role admin; you have operator and viewer. telnet:adam could do it.\n"},
		{"tea export", 503, "tea export is not set up: the configuration has no section “harbour”.\n"},
		{"job k3f7", 404, "No.\n"},
		{"cancel k3f7", 409, "No.\n"},
	} {
		w := b.post("/", []byte(test.text), deckKey)
		if w.Code != test.status || w.Body.String() != test.want {
			t.Errorf("%.60q: %d %s, want %d %s", test.text, w.Code, w.Body, test.status, test.want)
		}
	}
	w := b.post("/", []byte("pong"), deckKey, "Accept", "application/json")
	var answer command.Answer
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusOK || answer.Problem.Code != command.CodeUnknown {
		t.Error(w.Code, w.Body, err)
	}
}

// A queue that delivers text twice does so with the same call id, and one job is made.
func TestTextDeliveredTwiceMakesOneJob(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, id := range []string{"X", "X", "", ""} {
		if w := b.post("/", []byte("tea brew mint"), deckKey, "X-Call-Id", id); w.Code != http.StatusOK {
			t.Fatal(w.Code, w.Body)
		}
	}
	jobs, err := jobtest.List(t.Context(), b.platform.Jobs, job.Browse{Open: true})
	if err != nil || len(jobs) != 3 {
		t.Errorf("%d jobs %v, want one for the call X and one for each without", len(jobs), err)
	}
}

func TestKeysThatSayNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for text, want := range map[string]string{
		deckKey:                       "has no name",
		"deck:" + oldKey:              "internal key too",
		"deck:" + deckKey + "\nx:abc": "shorter than",
		"two words:" + deckKey:        "has no name",
	} {
		if err := os.WriteFile(filepath.Join(b.platform.SecretDir, cliSecret), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := setUp(t.Context(), b.platform)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), deckKey) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if err := os.Remove(filepath.Join(b.platform.SecretDir, cliSecret)); err != nil {
		t.Fatal(err)
	}
	b.start()
	if w := b.post("/", []byte("ping"), deckKey); w.Code != http.StatusUnauthorized {
		t.Error("without keys for the command line:", w.Code, w.Body)
	}
	if got := b.say("telnet:ann", "ping"); got.Text != "pong" {
		t.Error(got)
	}
}
