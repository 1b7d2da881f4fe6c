package main

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// What a job asks for may be made to wait for a sign-off and be given less time, never less of the one or more of the other.
func TestAJobIsStricterThanACommand(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	parent, err := b.platform.Jobs.Accept(t.Context(), job.Request{Function: "tea", Command: "tea party", Principal: "telnet:ann"})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		text    string
		signoff *command.SignoffSpec
		limit   time.Duration
		need    int
		role    string
		lasts   time.Duration
	}{
		{"tea brew mint", nil, 0, 0, "", job.DefaultLimit},
		{"tea brew mint", &command.SignoffSpec{Need: 1, Role: "admin"}, time.Minute, 1, "admin", time.Minute},
		{"tea brew mint", nil, 25 * time.Hour, 0, "", job.DefaultLimit},
		{"tea smash", &command.SignoffSpec{Need: 1}, 0, 2, "admin", job.DefaultLimit},
	} {
		answer := b.say("telnet:ann", test.text, func(e *command.Envelope) { e.Parent, e.Signoff, e.Limit = parent.ID, test.signoff, test.limit })
		j, err := b.platform.Jobs.Get(t.Context(), answer.Job)
		if err != nil {
			t.Fatal(answer, err)
		}
		if (j.State == job.Confirming) != (test.need > 0) || j.Limit != test.lasts {
			t.Errorf("%s with %+v: %s, %s", test.text, test, j.State, j.Limit)
		}
		if test.need > 0 && (j.Signoff.Need != test.need || j.Signoff.Role != test.role) {
			t.Errorf("%s with %+v: %+v", test.text, test, j.Signoff)
		}
	}
	answer := b.say("telnet:ann", "tea taste mint", func(e *command.Envelope) { e.Parent, e.Signoff = parent.ID, &command.SignoffSpec{Need: 1} })
	if answer.Problem == nil || answer.Text != "tea taste answers at once, so nobody can sign it off first; nothing was done." || len(b.gateway.calls) > 0 {
		t.Errorf("%+v", answer)
	}
}

// A job that closes is asked for under the fence of who steps its parent; a key of the command line cannot say that.
func TestClosing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	parent, err := b.platform.Jobs.Accept(t.Context(), job.Request{Function: "tea", Command: "tea party", Principal: "telnet:ann"})
	if err != nil {
		t.Fatal(err)
	}
	answer := b.say("telnet:ann", "tea brew mint", func(e *command.Envelope) { e.Parent, e.Closing = parent.ID, 1 })
	if answer.Problem == nil || answer.Problem.Code != command.CodeConflict {
		t.Errorf("nobody steps %s: %+v", parent.ID, answer)
	}
	body := enveloped(t, "cli:deck", "tea brew mint", func(e *command.Envelope) { e.Parent, e.Closing, e.Limit = parent.ID, 1, time.Second })
	w := b.post("/", body, deckKey)
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusOK || answer.Job == "" {
		t.Fatal(w.Code, w.Body)
	}
	if j, err := b.platform.Jobs.Get(t.Context(), answer.Job); err != nil || j.Parent != "" || j.Limit != job.DefaultLimit {
		t.Error(j, err)
	}
}

// A step of a run is found again by an id that can be guessed. Whose run it is cannot have put something else there.
func TestNobodyIsThereBeforeAStep(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	parent, err := b.platform.Jobs.Accept(t.Context(), job.Request{Function: "tea", Command: "tea party", Principal: "cli:deck"})
	if err != nil {
		t.Fatal(err)
	}
	same := func(e *command.Envelope) { e.ID = "run " + parent.ID + " smash 1" }
	var planted command.Answer
	if w := b.post("/", enveloped(t, "cli:deck", "tea brew mint", same), deckKey); json.Unmarshal(w.Body.Bytes(), &planted) != nil || planted.Job == "" {
		t.Fatal(w.Code, w.Body)
	}
	step := b.say("cli:deck", "tea brew mint", same, func(e *command.Envelope) { e.Parent = parent.ID })
	if step.Job == "" || step.Job == planted.Job {
		t.Errorf("the step is %+v, and %s was there before it", step, planted.Job)
	}
}
