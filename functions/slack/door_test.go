package main

import (
	"encoding/json"
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
	rootTS = "1700000000.000100"
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
			ID: "slack 1.2.3", Principal: "slack:U0ANN", Origin: job.Origin{Door: "slack", Address: "slack:C0OPS"},
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
		if jobs, err := h.Jobs.List(t.Context(), job.Query{Open: true}); err != nil || len(jobs) != 2 {
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
	direct := `{"type":"message","channel":"D0ANN","channel_type":"im","user":"U0ANN","ts":"1700000000.000300","text":"hello"}`
	inThread := `"thread_ts":"` + rootTS + `"`
	other := `"thread_ts":"1600000000.000100"`
	for id, c := range map[string]struct {
		event, address, job, said string
		overheard                 bool
	}{
		"a mention":              {inOps("U0ANN", laterTS, "<@U0BOT> hello"), "slack:C0OPS", "", "Message C0OPS/" + laterTS + "  You said hello", false},
		"direct":                 {direct, "slack:D0ANN", "", "Message D0ANN  You said hello", false},
		"a mention in a thread":  {inOps("U0ANN", laterTS, "<@U0BOT> hello", other), "slack:C0OPS/1600000000.000100", "", "Message C0OPS/1600000000.000100  You said hello", false},
		"in the thread of a job": {inOps("U0ANN", laterTS, "stop", inThread), "slack:C0OPS/" + rootTS, "k3f7", "Message C0OPS/" + rootTS + "  You said stop", true},
		"talk there":             {inOps("U0ANN", laterTS, "poor thing", inThread), "slack:C0OPS/" + rootTS, "k3f7", "", true},
		"only our name there":    {inOps("U0ANN", laterTS, "<@U0BOT>", inThread), "slack:C0OPS/" + rootTS, "k3f7", "Message C0OPS/" + rootTS + "  You said status", false},
		"only our name":          {inOps("U0ANN", laterTS, "<@U0BOT>"), "slack:C0OPS", "", "Message C0OPS/" + laterTS + "  You said help", false},
	} {
		h.event("Ev"+id, strings.Replace(c.event, "000200", "0"+string(rune('0'+len(id)%10))+"9000"[:4], 1))
		e := h.only()
		if e.Origin.Address != c.address || e.Watch[0] != c.address || e.Job != c.job || e.Overheard != c.overheard {
			t.Errorf("%s: %+v", id, e)
		}
		_ = h.slack.said()
	}
}

var _ = json.Marshal
