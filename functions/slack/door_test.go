package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/slack"
)

const (
	rootTS  = "1700000000.000100"
	laterTS = "1700000000.000200"
	thirdTS = "1700000000.000300"
)

func TestASlashCommand(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb)
		h.types("U0ANN", "1.2.3", "hello &amp; <@U0BOB|bob>")
		got := h.only()
		got.Nonce, got.Time = "", time.Time{}
		want := command.Envelope{
			ID: "slack 1.2.3", Principal: "slack:U0ANN", Name: "whatever", Origin: job.Origin{Door: "slack", Address: "slack:C0OPS"},
			Watch: []string{"slack:C0OPS"}, Text: "hello & slack:U0BOB",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		h.wants("hook  ephemeral You said hello &amp; slack:U0BOB")
		h.types("U0ANN", "1.2.4", "  ")
		if e := h.only(); e.Text != "help" {
			t.Errorf("nothing typed is taken as %q", e.Text)
		}
		h.slack.said()
		h.types("U0ANN", "1.2.5", "run it") // its job shows itself
		h.wants()
	})
}

func TestWhatIsNotToBeBelieved(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	body := anEvent("Ev1", inOps("U0ANN", rootTS, "<@U0BOT> hello"))
	now := time.Now()
	for _, c := range []struct {
		why    string
		status int
		media  string
		body   string
		header http.Header
	}{
		{"unsigned", http.StatusUnauthorized, inJSON, body, http.Header{}},
		{"unsigned", http.StatusUnauthorized, inJSON, `{"type":"url_verification","challenge":"me"}`, http.Header{}},
		{"unsigned", http.StatusUnauthorized, inJSON, body, signed("another secret of thirty-two byte", body, now)},
		{"stale", http.StatusUnauthorized, inJSON, body, signed(newSecret, body, now.Add(-6*time.Minute))},
		{"malformed", http.StatusBadRequest, "text/plain", body, signed(newSecret, body, now)},
		{"large", http.StatusRequestEntityTooLarge, inJSON, strings.Repeat("x", function.MaxBody+1), http.Header{}},
	} {
		before := h.counts("refused_" + c.why)
		w := h.post(c.media, c.body, c.header)
		if w.Code != c.status || h.counts("refused_"+c.why) != before+1 {
			t.Errorf("%s: %d %s, counted %d", c.why, w.Code, w.Body, h.counts("refused_"+c.why)-before)
		}
		if right := signed(newSecret, c.body, now).Get(signatureHeader); strings.Contains(w.Body.String()+h.logs.String(), right[3:]) {
			t.Errorf("%s: the right signature is told", c.why)
		}
	}
	if h.waits() != 0 || len(h.desk.envelopes()) != 0 {
		t.Error("something of it was kept")
	}
	if strings.Contains(h.logs.String(), "hello") {
		t.Error("a refused body is in the log")
	}
	for _, secret := range []string{newSecret, oldSecret} {
		challenge := `{"type":"url_verification","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}`
		w := h.post(inJSON, challenge, signed(secret, challenge, now))
		if w.Code != http.StatusOK || w.Body.String() != "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P" {
			t.Errorf("challenge: %d %s", w.Code, w.Body)
		}
	}
	if audit := strings.Join(h.audited(), "\n"); !strings.Contains(audit, "slack refused: unsigned") {
		t.Error(audit)
	}
}

func TestWithoutASigningSecretNothingIsBelieved(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"missing": "-", "empty": "", "a comment": "# none yet\n", "short": "secret\n"} {
		h := newHall(t, jobtest.Redis(t).Client(t), func(secrets map[string]string) {
			secrets[signingSecret] = text
			if text == "-" {
				delete(secrets, signingSecret)
			}
		})
		const body = `{"type":"url_verification","challenge":"me"}`
		for _, secret := range []string{"", "secret", newSecret} {
			if w := h.post(inJSON, body, signed(secret, body, time.Now())); w.Code != http.StatusUnauthorized {
				t.Errorf("%s: signed with %q: %d", name, secret, w.Code)
			}
		}
		if !strings.Contains(h.logs.String(), "the secret is missing or empty") {
			t.Errorf("%s: the log does not say what is missing: %s", name, h.logs)
		}
	}
}

func TestAMessageIsDoneOnceHoweverOftenItIsTold(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb)
		h.event("Ev1", inOps("U0ANN", rootTS, "<@U0BOT> run it"))
		h.settles()
		mention := strings.Replace(inOps("U0ANN", rootTS, "<@U0BOT> run it"), `"message"`, `"app_mention"`, 1)
		h.event("Ev2", mention)                                        // the same message, told as a mention
		h.event("Ev1", inOps("U0ANN", rootTS, "<@U0BOT> run it"))      // a retry
		h.event("Ev2", mention)                                        // a retry of the other
		h.event("Ev3", inOps("U0ANN", laterTS, "<@U0BOT> run it too")) // another message
		h.settles()
		list := h.desk.envelopes()
		if len(list) != 2 || list[0].ID != "slack message C0OPS "+rootTS || list[1].ID != "slack message C0OPS "+laterTS {
			t.Errorf("asked for %+v", list)
		}
		if jobs, err := jobtest.List(t.Context(), h.Jobs, job.Browse{Open: true}); err != nil || len(jobs) != 2 {
			t.Errorf("%d jobs, %v", len(jobs), err)
		}
	})
}

func TestWhereMessagesAreAnswered(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	thread := slack.Place{Channel: "C0OPS", Thread: rootTS}
	if err := slack.RememberThread(t.Context(), h.Redis, thread, "k3f7", true, time.Hour); err != nil {
		t.Fatal(err)
	}
	inJob, elsewhere := `"thread_ts":"`+rootTS+`"`, `"thread_ts":"1600000000.000100"`
	for i, c := range []struct {
		what, text, more    string
		address, job, place string
		overheard           bool
		said                string
	}{
		{"a mention", "<@U0BOT> hello", "", "slack:C0OPS", "", "C0OPS/TS", false, "hello"},
		{"direct", "hello", `"channel":"D0ANN","channel_type":"im"`, "slack:D0ANN", "", "D0ANN", false, "hello"},
		{"a mention in a thread", "<@U0BOT> hello", elsewhere, "slack:C0OPS/1600000000.000100", "", "C0OPS/1600000000.000100", false, "hello"},
		{"in the thread of a job", "stop", inJob, "slack:C0OPS/" + rootTS, "k3f7", "C0OPS/" + rootTS, true, "stop"},
		{"talk there", "poor thing", inJob, "slack:C0OPS/" + rootTS, "k3f7", "C0OPS/" + rootTS, true, ""},
		{"our name there", "<@U0BOT> stop", inJob, "slack:C0OPS/" + rootTS, "k3f7", "C0OPS/" + rootTS, false, "stop"},
		{"only our name there", "<@U0BOT>", inJob, "slack:C0OPS/" + rootTS, "k3f7", "C0OPS/" + rootTS, false, "status"},
		{"only our name", "<@U0BOT>", "", "slack:C0OPS", "", "C0OPS/TS", false, "help"},
	} {
		ts := fmt.Sprintf("1700000001.%06d", i)
		more := []string{c.more}
		if c.more == "" {
			more = nil
		}
		h.event(fmt.Sprint("Ev", i), inOps("U0ANN", ts, c.text, more...))
		if e := h.only(); e.Origin.Address != c.address || e.Watch[0] != c.address || e.Job != c.job || e.Overheard != c.overheard {
			t.Errorf("%s: %+v", c.what, e)
		}
		if c.said == "" {
			h.wants()
			continue
		}
		h.wants("Message " + strings.Replace(c.place, "TS", ts, 1) + "  You said " + c.said)
	}
	h.event("Ev100", inOps("U0ANN", "1700000002.000000", "stop", elsewhere)) // the thread means no job
	h.event("Ev101", inOps("U0ANN", "1700000002.000001", "hey <@U0BOT> stop please", elsewhere))
	h.wants("Ephemeral C0OPS/1600000000.000100 U0ANN If that was for me, begin the message, or a line of it, with my name: <@U0BOT> help")
	if list := h.desk.envelopes(); len(list) != 0 {
		t.Errorf("asked for %+v", list)
	}
}
