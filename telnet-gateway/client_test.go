package main

import (
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/outbox"
)

// These tests use the telnet client of the system, in a pseudo-terminal, as a person does.

func TestRealClientLogsIn(t *testing.T) {
	t.Parallel()
	p := sit(t, start(t, ""), "xterm-256color", 80)
	p.login()
	p.press("status\r")
	p.see("you said: status")
	if strings.Contains(p.everything(), "horse") {
		t.Errorf("the password was shown: %q", p.everything())
	}
	p.press("quit\r")
	p.see("Goodbye.")
	p.see("Connection closed by foreign host.")
}

func TestRealClientEditsLines(t *testing.T) {
	t.Parallel()
	g := start(t, "")
	p := sit(t, g, "xterm-256color", 80)
	p.login()
	p.press("tatus \u65e5\u672ce\u0301\x7f\x7f\x01s\x05\u672c\r") // erases é and \u672c, puts s in front and \u672c at the end
	p.see("you said: status \u65e5\u672c")
	p.press("\x1b[A again\r")
	p.see("you said: status \u65e5\u672c again")
	p.press("one two three\x17\x17four\r")
	p.see("you said: one four")
	jobtest.Eventually(t, "Tab to know the commands", func() bool {
		p.press("jen\tbu\tx\r")
		p.see("you said: ")
		return strings.HasSuffix(g.bot.heard(), "jenkins build x")
	})
}

func TestRealClientInterruptsInCharacterMode(t *testing.T) {
	t.Parallel()
	g := start(t, "")
	id := accept(t, g)
	g.bot.starts("jenkins build demo", id)
	p := sit(t, g, "xterm-256color", 80)
	p.login()
	p.press("half a line\x03")
	p.see("half a line^C")
	p.press("jenkins build demo\r")
	p.see("is queued.")
	p.press("\x03")
	p.see("Ctrl-C: cancelling " + id)
	p.see("you said: cancel " + id)
}

func TestRealClientInterruptsInLineMode(t *testing.T) {
	t.Parallel()
	g := start(t, "")
	id := accept(t, g)
	g.bot.starts("jenkins build demo", id)
	p := sit(t, g, "xterm-256color", 80)
	p.login()
	p.lineMode()
	p.press("jenkins build demo\r")
	p.see("is queued.")
	for i := range 5 { // the client throws output away after each interrupt, until it is answered
		g.tell(t, outbox.Entry{Job: id, Kind: outbox.Say, Percent: -1, Text: "step " + string(rune('1'+i)) + "."})
		p.press("\x03")
		p.see("step " + string(rune('1'+i)) + ".")
	}
	jobtest.Eventually(t, "the cancel", func() bool { return strings.Contains(g.bot.heard(), "cancel "+id) })
	p.press("status\r")
	p.see("you said: status")
}

func TestRealClientTellsItsWindow(t *testing.T) {
	t.Parallel()
	g := start(t, "")
	id := accept(t, g)
	g.bot.starts("demo", id)
	p := sit(t, g, "xterm-256color", 60)
	p.login()
	p.press("demo\r")
	p.see("is queued.")
	progress := func(text string) {
		g.tell(t, outbox.Entry{Job: id, Kind: outbox.Progress, State: job.Running, Percent: 40, Text: text})
	}
	progress(strings.Repeat("a", 100))
	if got := p.see("…"); !strings.HasSuffix(got, strings.Repeat("a", 59-len("@"+id+" ")-1)) {
		t.Errorf("60 columns: %q", got)
	}
	p.resize(40)
	if got := p.see("…"); !strings.HasSuffix(got, " "+strings.Repeat("a", 39-len("@"+id+" ")-1)) {
		t.Errorf("40 columns, without new progress: %q", got)
	}
	p.resize(120)
	p.see("@" + id + " " + strings.Repeat("a", 100))
}

func TestRealClientOnADumbTerminal(t *testing.T) {
	t.Parallel()
	g := start(t, "")
	p := sit(t, g, "dumb", 80)
	p.login()
	p.press("half")
	p.see("half")
	g.tell(t, outbox.Entry{Job: "k3f2", Kind: outbox.End, State: job.Failed, Percent: -1, Text: "failed"})
	p.see("@k3f2 failed")
	p.press(" typed\r")
	p.see("you said: half typed")
	p.mu.Lock()
	defer p.mu.Unlock()
	if strings.Contains(p.text.String(), "\x1b") {
		t.Errorf("a dumb terminal got %q", p.text.String())
	}
}

func TestRealClientMissesNothing(t *testing.T) {
	t.Parallel()
	g := start(t, "")
	g.tell(t, outbox.Entry{Job: "k3f2", Kind: outbox.Say, Percent: -1, Text: "while away"})
	first := sit(t, g, "xterm", 80)
	first.login()
	first.see("While you were away: 1 line from 1 job.")
	g.tell(t, outbox.Entry{Job: "k3f2", Kind: outbox.Say, Percent: -1, Text: "live"})
	first.see("live")
	first.press("missed\r")
	first.see("That was all.")
	first.press("\x04")
	first.see("Goodbye.")
	first.see("Connection closed")
	second := sit(t, g, "xterm", 80)
	second.login()
	second.press("missed\r")
	second.see("You missed nothing.")
}

func accept(t *testing.T, g *gateway) string {
	t.Helper()
	a, err := g.store.Accept(t.Context(), jobtest.Request())
	if err != nil {
		t.Fatal(err)
	}
	return a.ID
}
