package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestWaysToAnswer: when one is closed the next is taken, and what Slack cannot do now is done later, without doing the
// command again.
func TestWaysToAnswer(t *testing.T) {
	t.Parallel()
	mention := func(h *hall) { h.event("Ev1", inOps("U0ANN", rootTS, "<@U0BOT> hello")) }
	slash := func(h *hall) { h.types("U0ANN", "1.2.3", "hello") }
	far := func(h *hall) {
		h.sends(inForm, strings.Replace(aSlash(h.slack.hook(), "U0ANN", "1.2.3", "hello"), "C0OPS", "C0FAR", 1))
	}
	foreign := func(h *hall) {
		h.sends(inForm, aSlash("https://hooks.slack.com.example.org/x", "U0ANN", "1.2.3", "hello"))
	}
	for name, c := range map[string]struct {
		act    func(*hall)
		faults map[string][]string
		want   []string
	}{
		"slash":                      {slash, nil, []string{"hook  ephemeral You said hello"}},
		"slash, address used up":     {slash, map[string][]string{"hook": {"used_url"}}, []string{"Ephemeral C0OPS U0ANN You said hello"}},
		"slash, address expired":     {slash, map[string][]string{"hook": {"expired_url"}}, []string{"Ephemeral C0OPS U0ANN You said hello"}},
		"slash, Slack is down":       {slash, map[string][]string{"hook": {"500"}}, []string{"hook  ephemeral You said hello"}},
		"slash, too fast":            {slash, map[string][]string{"hook": {"429"}}, []string{"hook  ephemeral You said hello"}},
		"slash, a foreign address":   {foreign, nil, []string{"Ephemeral C0OPS U0ANN You said hello"}},
		"slash, where we are not":    {far, map[string][]string{"hook": {"used_url"}}, []string{"Message D0ANN  You said hello"}},
		"slash, token revoked":       {slash, map[string][]string{"hook": {"used_url"}, "chat.postEphemeral": {"token_revoked"}}, []string{"hook  ephemeral You said hello"}},
		"mention":                    {mention, nil, []string{"Message C0OPS/" + rootTS + "  You said hello"}},
		"mention, Slack is down":     {mention, map[string][]string{"chat.postMessage": {"internal_error"}}, []string{"Message C0OPS/" + rootTS + "  You said hello"}},
		"mention, too fast":          {mention, map[string][]string{"chat.postMessage": {"429"}}, []string{"Message C0OPS/" + rootTS + "  You said hello"}},
		"mention, archived since":    {mention, map[string][]string{"chat.postMessage": {"is_archived"}}, []string{"Message D0ANN  You said hello"}},
		"mention, our defect":        {mention, map[string][]string{"chat.postMessage": {"invalid_blocks"}}, []string{"Message C0OPS/" + rootTS + "  You said hello"}},
		"mention, nobody to tell":    {mention, map[string][]string{"chat.postMessage": {"is_archived"}, "conversations.open": {"user_disabled"}}, nil},
		"mention, who is it?":        {mention, map[string][]string{"users.info": {"fatal_error"}}, []string{"Message C0OPS/" + rootTS + "  You said hello"}},
		"mention, who are we?":       {mention, map[string][]string{"auth.test": {"500"}}, []string{"Message C0OPS/" + rootTS + "  You said hello"}},
		"mention, open fails, again": {mention, map[string][]string{"chat.postMessage": {"is_archived", "is_archived"}, "conversations.open": {"500"}}, []string{"Message D0ANN  You said hello"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHall(t, jobtest.Redis(t).Client(t))
			for method, faults := range c.faults {
				h.slack.fails(method, faults...)
			}
			c.act(h)
			h.wants(c.want...)
			if n := h.desk.repeats(); n != 1 {
				t.Errorf("done %d times", n)
			}
		})
	}
}

// TestALongAnswerGoesOn: of an answer in several messages, those that were posted are not posted again.
func TestALongAnswerGoesOn(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.desk.answer = func(command.Envelope) command.Answer {
		return command.Answer{Text: strings.Repeat("a line of a long answer\n", 700)}
	}
	h.event("Ev1", inOps("U0ANN", rootTS, "<@U0BOT> hello"))
	h.settles()
	whole := h.slack.said()
	if len(whole) < 2 {
		t.Fatalf("%d messages", len(whole))
	}
	h.slack.mu.Lock()
	h.slack.refusesAt = 2
	h.slack.mu.Unlock()
	h.event("Ev2", inOps("U0ANN", laterTS, "<@U0BOT> hello"))
	h.settles()
	if again := h.slack.said(); len(again) != len(whole) {
		t.Errorf("%d messages, then %d", len(whole), len(again))
	}
	if n := len(h.desk.envelopes()); n != 2 {
		t.Errorf("asked %d times", n)
	}
}

func TestAnAnswerFitsItsNote(t *testing.T) {
	t.Parallel()
	h := newHall(t, jobtest.Redis(t).Client(t))
	h.desk.answer = func(command.Envelope) command.Answer {
		return command.Answer{Text: strings.Repeat("<ä&>", 100_000)} // three of five bytes become six each in JSON
	}
	h.types("U0ANN", "1", "log")
	h.settles()
	if n := len(h.desk.envelopes()); n != 1 {
		t.Errorf("asked %d times", n)
	}
	h.slack.mu.Lock()
	defer h.slack.mu.Unlock()
	if n := len(h.slack.posts); n == 0 || !strings.Contains(h.slack.posts[n-1].blocks, "That is not all") {
		t.Errorf("%d messages, none of which says that there was more", n)
	}
}

// TestWePostOnlyToSlack whatever a request says.
func TestWePostOnlyToSlack(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("somebody else was told") }))
	defer elsewhere.Close()
	h := newHall(t, jobtest.Redis(t).Client(t))
	for i, address := range []string{
		elsewhere.URL, "http://hooks.slack.com/x", "https://hooks.slack.com@" + elsewhere.Listener.Addr().String() + "/",
		"https://hooks.slack.com:8443/x", "https://evil.slack.com/x", "https://hooks.slack.com.evil.org/", "//hooks.slack.com/x", "file:///etc/passwd", "",
	} {
		if h.trusted(address) {
			t.Errorf("%q is trusted", address)
		}
		h.sends(inForm, aSlash(address, "U0ANN", fmt.Sprint("t", i), "hello"))
	}
	h.settles()
	for _, address := range []string{"https://hooks.slack.com/commands/T1/2/3", "https://hooks.slack-gov.com/x", h.slack.hook()} {
		if !h.trusted(address) {
			t.Errorf("%q is not trusted", address)
		}
	}
	h.section.URL = "https://slack.com/api/"
	if h.trusted("https://slack.com/api/chat.delete") {
		t.Error("the Web API takes no answers")
	}
}

// TestAPrivateAnswerIsWhispered: to who asked alone, in a channel as in a thread, and to them directly where that cannot be done.
func TestAPrivateAnswerIsWhispered(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		faults []string
		want   string
	}{
		"there":          {nil, "Ephemeral C0OPS/" + rootTS + " U0ANN a link"},
		"not there":      {[]string{"user_not_in_channel"}, "Message D0ANN  a link"},
		"Slack is down":  {[]string{"500"}, "Ephemeral C0OPS/" + rootTS + " U0ANN a link"},
		"it is archived": {[]string{"is_archived"}, "Message D0ANN  a link"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHall(t, jobtest.Redis(t).Client(t))
			h.desk.answer = func(command.Envelope) command.Answer { return command.Answer{Text: "a link", Private: true} }
			h.slack.fails("chat.postEphemeral", c.faults...)
			h.event("Ev1", inOps("U0ANN", rootTS, "<@U0BOT> dashboard"))
			h.wants(c.want)
		})
	}
}
