package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// Among people the bot answers whole commands only, and words about a job only where they stand alone.
func TestOverheard(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.gateway.answers["jobs"] = func(w http.ResponseWriter, call command.Call) {
		answer := command.Answer{Text: "jobs: " + call.Command}
		if command.Values(call.Args).String("id") == "done" {
			answer = command.Answer{Text: "I know no job “done”.", Problem: &command.Problem{Code: command.CodeNotFound}}
		}
		_ = json.NewEncoder(w).Encode(answer)
	}
	b.say("telnet:ann", "alias add brew tea brew")
	waiting, running := b.say("telnet:ann", "tea smash").Job, b.say("telnet:ann", "tea brew mint").Job
	b.gateway.set(func() { b.gateway.calls, b.gateway.asked = nil, 0 })
	for _, test := range []struct{ who, job, said, want string }{
		{"telnet:ann", running, "Stop!", "jobs: cancel"},
		{"telnet:ann", running, "status", "jobs: job"},
		{"telnet:ann", running, "console", "jobs: log"},
		{"telnet:ann", running, "@" + running + " stop it hangs", "jobs: cancel"},
		{"telnet:zoe", running, "cancel", "cancel needs the role viewer; you have no role. cli:deck and 6 others could do it."},
		{"telnet:ann", waiting, "ok", "jobs: approve"},
		{"telnet:ann", waiting, ":hulk-mad:", "jobs: approve"},
		{"telnet:ann", waiting, "No.", "jobs: reject"},
		{"telnet:ann", waiting, "approve @" + strings.ToUpper(waiting), "jobs: approve"},
		{"telnet:ann", waiting, "approve " + waiting + ":watchers", "jobs: approve"}, // jobs says that there is none
		{"telnet:ann", running, "ping", "pong"},
		{"telnet:ann", running, "log " + running, "jobs: log"},

		{"telnet:ann", running, "ok", ""}, // it waits for nobody's word
		{"telnet:ann", "zzzz", "go", ""},
		{"telnet:ann", running, "stop it, you two", ""},
		{"telnet:ann", running, "yes please", ""},
		{"telnet:ann", running, "status of the other one?", ""},
		{"telnet:ann", running, "hello everybody", ""},
		{"telnet:ann", running, "job done", ""},
		{"telnet:ann", running, "help me, please", ""},
		{"telnet:ann", running, "what do you think?", ""},
		{"telnet:ann", running, "brew", ""},           // an alias that lacks something
		{"telnet:ann", running, "it's \"nearly", ""},  // not even words
		{"telnet:ann", "", "stop", ""},                // outside a thread
		{"telnet:ann", running, "tea brew a b c", ""}, // wrong usage
	} {
		answer := b.say(test.who, test.said, func(e *command.Envelope) { e.Overheard, e.Job = true, test.job })
		silent := answer.Problem != nil && answer.Problem.Code == command.CodeOverheard
		if answer.Text != test.want || silent != (test.want == "") || silent && (len(answer.Problem.Suggestions) > 0 || answer.Job != "") {
			t.Errorf("%q: %+v, want %q", test.said, answer, test.want)
		}
	}
	if b.gateway.asked > 1 {
		t.Errorf("what people say had the gateway list its functions %d times", b.gateway.asked)
	}
	if n := b.count("refused_role"); n != 1 {
		t.Errorf("%d refusals, want only that of the stranger", n)
	}
	if answer := b.say("telnet:ann", "brew mint", func(e *command.Envelope) { e.Overheard = true }); answer.State != job.Queued {
		t.Errorf("an alias that makes a whole command: %+v", answer)
	}
}
