package main

import (
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"testing"
	"unicode/utf8"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/slack"
)

// checkArrival: whatever a body was taken for fits the inbox, and its body can be read again.
func checkArrival(t *testing.T, a *arrival, err error) {
	t.Helper()
	if err != nil {
		if !errors.Is(err, errMalformed) {
			t.Fatalf("an error that is not ours: %v", err)
		}
		return
	}
	if a.kind == kindNothing || a.kind == kindChallenge {
		return
	}
	if a.id == "" || len(a.id) > longestID || !isToken(a.id) || !json.Valid(a.body) {
		t.Fatalf("id %q, body %q", a.id, a.body)
	}
	for _, name := range a.means {
		if len(name) > 100 || !utf8.ValidString(name) {
			t.Fatalf("known as %q", name)
		}
	}
}

// checkEnvelope: whatever is asked for in Slack, the function command finds no fault with the form of the envelope.
func checkEnvelope(t *testing.T, a *asking) {
	t.Helper()
	e := a.envelope()
	e.Nonce = "n"
	body, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if len(body) > 256_000 {
		return // such a request is too large to be kept
	}
	if _, err := command.DecodeEnvelope(body); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
}

func FuzzEvent(f *testing.F) {
	for _, seed := range []string{
		`{"type":"url_verification","challenge":"c"}`, anEvent("Ev1", inOps("U0ANN", rootTS, "<@U0BOT> hello")),
		anEvent("Ev2", anEdit("U0ANN", rootTS, "<@U0BOT> a", "<@U0BOT> b")), anEvent("Ev3", aDeletion("U0ANN", rootTS, "x")),
		anEvent("Ev4", `{"type":"user_change","user":{"id":"U1"}}`), anEvent("Ev5", `{"type":"app_home_opened","user":"U1","tab":"home"}`),
		anEvent("Ev6", inOps("U0ANN", rootTS, "stop", `"thread_ts":"`+laterTS+`","files":[{}]`)), `{"event":null}`, `[]`, `{"type":"event_callback"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		a, err := readEvent(body)
		checkArrival(t, a, err)
		if err != nil || a.kind != kindMessage && a.kind != kindMention && a.kind != kindUpload {
			return
		}
		e, err := decodeEvent(a.body)
		if err != nil {
			t.Fatal(err)
		}
		m := &e.Event
		if m.revised() {
			_ = m.original().check()
			return
		}
		taken, text := heedOf(m, us)
		if taken == ignored {
			return
		}
		if !m.spoken() || string(m.User) == us.UserID {
			t.Fatalf("taken as %d", taken)
		}
		checkEnvelope(t, &asking{by: person{Principal: "slack:U1"}, at: m.place(), id: m.key(), Text: orHelp(text), Overheard: taken == overheard})
	})
}

func FuzzForm(f *testing.F) {
	for _, seed := range []string{
		aSlash("https://hooks.slack.com/commands/1/2/3", "U0ANN", "1.2.3", "jobs &amp; more"), "ssl_check=1", "payload=", "command=%2Fx", "a=%zz", ";",
		payload(`{"type":"block_actions","trigger_id":"1","actions":[{"action_id":"command:1","value":"{}"}]}`), payload(`{"type":"view_submission"}`),
		payload(`[]`), url.Values{"command": {"/x"}, "channel_id": {"C1"}, "user_id": {"U1"}, "text": {"\x00\xff"}}.Encode(),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		a, err := readForm(body)
		checkArrival(t, a, err)
		if err != nil {
			return
		}
		switch a.kind {
		case kindSlash:
			var s slashCommand
			if err := json.Unmarshal(a.body, &s); err != nil {
				t.Fatal(err)
			}
			checkEnvelope(t, &asking{by: person{Principal: "slack:" + s.User}, at: slack.Place{Channel: s.Channel}, id: a.id, Text: orHelp(said(s.Text))})
		case kindClick:
			k := new(click)
			if json.Unmarshal(a.body, k) != nil {
				return
			}
			if place, err := k.place(); err == nil {
				checkEnvelope(t, &asking{by: person{Principal: "slack:U1"}, at: place, id: a.id, Text: "jobs"})
			}
		}
	})
}

// FuzzHeed: no words of a person make a message that is not for the bot a command.
func FuzzHeed(f *testing.F) {
	for _, seed := range []string{"<@U0BOT> jobs", "hey <@U0BOT>", "```<@U0BOT> x```", "a\n<@U0BOT|x>: y", "<@U0BOB> z", "&lt;@U0BOT&gt; jobs", "<@U0BOT"} {
		f.Add(seed, "", false)
		f.Add(seed, rootTS, true)
	}
	f.Fuzz(func(t *testing.T, text, thread string, bot bool) {
		m := &message{Type: "message", Channel: "C0OPS", ChannelType: "channel", User: "U0ANN", TS: laterTS, Thread: thread, Text: text}
		if bot {
			m.BotID = "B0CI"
		}
		taken, _ := heedOf(m, us)
		named := containsMention(text)
		switch {
		case bot && taken != ignored && taken != automatic:
			t.Fatalf("a bot is taken as %d", taken)
		case !named && (taken == asked || taken == misplaced || taken == automatic):
			t.Fatalf("nobody named us: %d", taken)
		case taken == overheard && !m.reply():
			t.Fatal("overheard in no thread")
		case m.idle() && taken != ignored && taken != overheard:
			t.Fatalf("dropped at the door, and would have been taken as %d", taken)
		}
	})
}

// containsMention reports whether text has our mention in the form in which Slack writes one.
func containsMention(text string) bool {
	return mentionForm.MatchString(text)
}

var mentionForm = regexp.MustCompile(`<@U0BOT(\|[^<>]*)?>`)
