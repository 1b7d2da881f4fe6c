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
		{"telnet:zoe", running, "cancel", "cancel needs the role viewer; you have no role. cli:deck, telnet:adam, telnet:ann and 4 others could do it."},
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

// gathering is a function that has lines by their marks, and says itself which of them it means.
const gathering = `
- {words: ptg, summary: s, role: anyone, now: true, prefixes: ["#", "+", "~"], args: [{name: line, type: rest, optional: true}]}
`

// A line with a mark goes to whoever owns the mark, who says whether it was meant.
func TestOverheardByItsMark(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.gateway.set(func() { b.gateway.functions["ptg"] = map[string]string{command.Annotation: gathering} })
	b.gateway.answers["ptg"] = func(w http.ResponseWriter, call command.Call) {
		line := command.Values(call.Args).String("line")
		answer := command.Answer{Text: "heard " + line, Problem: &command.Problem{Code: command.CodeNotFound}}
		switch {
		case !call.Overheard:
			answer = command.Answer{Text: "told " + line}
		case line == "#nova now x":
			answer = command.Answer{}
		case line == "#startmeeting":
			answer = overheard
		}
		_ = json.NewEncoder(w).Encode(answer)
	}
	for _, test := range []struct {
		said      string
		overheard bool
		want      string
		silent    bool
	}{
		{"#svift now x", true, "heard #svift now x", false},
		{"#svift now x", false, "told #svift now x", false},
		{"#nova now x", true, "", false},
		{"#startmeeting", true, "", true},
		{"#1234", true, "", true},
		{"+1", true, "", true},
		{"# x", true, "", true},
		{"#1234", false, "told #1234", false},
		{"ptg #1234", false, "told #1234", false},
	} {
		answer := b.say("telnet:zoe", test.said, func(e *command.Envelope) { e.Overheard = test.overheard })
		silent := answer.Problem != nil && answer.Problem.Code == command.CodeOverheard
		if answer.Text != test.want || silent != test.silent {
			t.Errorf("%q: %+v, want %q", test.said, answer, test.want)
		}
	}
	w := b.post("/", []byte("#nova now x"), deckKey)
	if w.Code != http.StatusOK || w.Body.String() != "told #nova now x\n" {
		t.Errorf("by the command line: %d %q", w.Code, w.Body)
	}
}

// What is not set up says so to whoever speaks to the bot, and is silent among people.
func TestOverheardByAMarkThatIsNotSetUp(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	declared := strings.Replace(gathering, "words: ptg,", "words: ptg, needs: [clockwork],", 1)
	b.gateway.set(func() { b.gateway.functions["ptg"] = map[string]string{command.Annotation: declared} })
	answer := b.say("telnet:zoe", "#nova now x", func(e *command.Envelope) { e.Overheard = true })
	if answer.Text != "" || answer.Problem.Code != command.CodeOverheard {
		t.Errorf("%+v", answer)
	}
	if answer := b.say("telnet:zoe", "#nova now x"); answer.Problem == nil || answer.Problem.Code != command.CodeMissing {
		t.Errorf("%+v", answer)
	}
}

// An answer with nothing in it is nothing for whoever has only text.
func TestAnEmptyAnswer(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.gateway.set(func() { b.gateway.functions["ptg"] = map[string]string{command.Annotation: gathering} })
	b.gateway.answers["ptg"] = func(w http.ResponseWriter, _ command.Call) { _ = json.NewEncoder(w).Encode(command.Answer{}) }
	if w := b.post("/", []byte("#nova now x"), deckKey); w.Code != http.StatusOK || w.Body.Len() > 0 {
		t.Errorf("%d %q", w.Code, w.Body)
	}
}
