package main

import (
	"net/http"
	"testing"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// Whether something could be done is said as the real thing would say it, and nothing at all is done.
func TestACheckDoesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.say("telnet:ann", "alias add tb tea brew")
	for _, test := range []struct{ who, text, says, code string }{
		{"telnet:ann", "tb mint password=hush", "may be done: tea brew mint password=***; it runs alone, for teapot/mint", ""},
		{"telnet:ann", "tea smash", "may be done: tea smash; it waits for 2 people with the role admin to approve it first", ""},
		{"telnet:ann", "tea spill", "may be done: tea spill; it waits for your own confirmation first; it runs alone, for floor", ""},
		{"telnet:ann", "tea taste mint", "may be done: tea taste mint", ""},
		{"telnet:ann", "alias add x ping", "may be done: alias add x ping", ""},
		{"telnet:vic", "tea brew mint", "tea brew needs the role operator; you have viewer. cli:deck, telnet:adam, telnet:ann and 3 others could do it.", command.CodeForbidden},
		{"telnet:ann", "tea export", "tea export is not set up: the configuration has no section “harbour”.", command.CodeMissing},
		{"telnet:ann", "dance", "I do not know “dance”; type help to see what I can do.", command.CodeUnknown},
		{"telnet:ann", "tea brew mint minutes=soon", "minutes must be a whole number, not “soon”.", command.CodeUsage},
	} {
		answer := b.say(test.who, test.text, func(e *command.Envelope) { e.Check = true })
		code := ""
		if answer.Problem != nil {
			code = answer.Problem.Code
		}
		if answer.Text != test.says || code != test.code || answer.Accepted || answer.Job != "" {
			t.Errorf("%s: %+v (%s), want %q", test.text, answer, code, test.says)
		}
	}
	jobs, err := jobtest.List(t.Context(), b.platform.Jobs, job.Browse{Open: true})
	if err != nil || len(jobs) > 0 || len(b.gateway.calls) > 0 {
		t.Errorf("jobs %v, calls %v, %v", jobs, b.gateway.calls, err)
	}
	if answer := b.say("telnet:ann", "x"); answer.Problem == nil {
		t.Error("a checked alias was made")
	}
	if last, err := command.LastRefusal(t.Context(), b.platform.Redis, "telnet:vic"); last != nil || err != nil || b.count("refused_role") != 0 {
		t.Error("what would be refused counts as a refusal:", last, err)
	}
}

// A check is not turned into the deed: neither by sending it again, nor does it use up the id of the deed.
func TestACheckCannotBeReplayed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	check := enveloped(t, "telnet:ann", "tea brew mint", func(e *command.Envelope) { e.ID, e.Nonce, e.Check = "one", "n-one", true })
	if w := b.post("/", check, newKey); w.Code != http.StatusOK {
		t.Fatal(w.Code, w.Body)
	}
	if w := b.post("/", check, newKey); w.Code != http.StatusUnauthorized {
		t.Error("the same check again:", w.Code, w.Body)
	}
	deed := enveloped(t, "telnet:ann", "tea brew mint", func(e *command.Envelope) { e.ID, e.Nonce = "one", "n-one" })
	if w := b.post("/", deed, newKey); w.Code != http.StatusUnauthorized {
		t.Error("a deed with the nonce of a check:", w.Code, w.Body)
	}
	answer := b.say("telnet:ann", "tea brew mint", func(e *command.Envelope) { e.ID = "one" })
	if !answer.Accepted || answer.Job == "" {
		t.Errorf("the deed itself: %+v", answer)
	}
}
