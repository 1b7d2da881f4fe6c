package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/outbox"
	"github.com/handsoff/handsoff/telnet-gateway/login"
	"github.com/handsoff/handsoff/telnet-gateway/telnettest"
)

func TestLineBecomesAnEnvelope(t *testing.T) {
	t.Parallel()
	p := open(t)
	c := p.enter(t, "ann", dumb)
	c.Type(t, "  jenkins build demo/slow seconds=30 ")
	c.Expect(t, "you said: jenkins build demo/slow seconds=30")
	c.Type(t, "status")
	c.Expect(t, "you said: status")
	first, second := p.bot.got[0], p.bot.got[1]
	want := command.Envelope{
		ID: first.ID, Principal: "telnet:ann", Text: "jenkins build demo/slow seconds=30",
		Origin: job.Origin{Door: "telnet", Address: "telnet:ann"}, Watch: []string{"telnet:ann"},
	}
	if fmt.Sprint(first) != fmt.Sprint(want) || first.ID == "" || first.ID == second.ID {
		t.Errorf("handed in %+v and %+v", first, second)
	}
}

func TestWelcomeAndLeave(t *testing.T) {
	t.Parallel()
	p := open(t)
	for _, word := range []string{"quit", "exit", " Logout ", "bye", "\x04"} {
		c := telnettest.Dial(t, p.address, dumb)
		c.Login(t, "ann", password)
		if !strings.Contains(c.Text(), "Welcome, ann. This is Robo v1.2.3. Type `help`") {
			t.Errorf("welcomed with %q", c.Text())
		}
		if word == "\x04" {
			c.Send(t, word)
		} else {
			c.Send(t, word+"\r\x00too late\r\x00")
		}
		c.Expect(t, "Goodbye.")
		c.ExpectEnd(t)
	}
	jobtest.Eventually(t, "the audit trail", func() bool { return strings.Count(p.audit(t), "telnet:ann logout quit") == 5 })
	if n := strings.Count(p.audit(t), "telnet:ann login telnet from 127.0.0.1:"); n != 5 {
		t.Errorf("%d logins in the audit trail:\n%s", n, p.audit(t))
	}
	if len(p.bot.heard()) != 0 {
		t.Errorf("the bot heard %q", p.bot.heard())
	}
}

func TestWrongPassword(t *testing.T) {
	t.Parallel()
	p := open(t)
	c := telnettest.Dial(t, p.address, dumb)
	for range 3 {
		c.Expect(t, "User: ")
		c.Type(t, "ann")
		c.Expect(t, "Password: ")
		c.Type(t, "guess")
		c.Expect(t, "That user and password do not go together.")
	}
	c.Expect(t, "Connect again")
	if text := c.ExpectEnd(t); strings.Contains(text, "guess") {
		t.Errorf("the password was shown: %q", text)
	}
	if n := strings.Count(p.audit(t), "telnet:ann login refused"); n != 3 {
		t.Errorf("%d failures in the audit trail:\n%s", n, p.audit(t))
	}
}

func TestLockOut(t *testing.T) {
	t.Parallel()
	p := open(t, func(s *Settings) { s.Login.Failures = 2 })
	c := telnettest.Dial(t, p.address, dumb)
	for range 3 {
		c.Expect(t, "User: ")
		c.Type(t, "ann")
		c.Expect(t, "Password: ")
		c.Type(t, "guess")
	}
	c.Expect(t, "Too many failed logins for this user or from here. Try again in 60 minutes.")
	c.ExpectEnd(t)
}

func TestPasswordIsNeitherEchoedNorKept(t *testing.T) {
	t.Parallel()
	p := open(t)
	for _, manner := range []telnettest.Manner{dumb, {Terminal: "xterm"}, {Terminal: "xterm", LineMode: true}, {}} {
		c := telnettest.Dial(t, p.address, manner)
		if manner.Terminal == "" {
			c.Send(t, "ann\n"+password+"\nstatus\n") // all at once, as a script does
		} else {
			c.Expect(t, "User: ")
			c.Type(t, "ann")
			c.Expect(t, "Password: ")
			jobtest.Eventually(t, "the promise to echo", c.Echoes)
			c.Type(t, password)
			c.Expect(t, "Welcome")
			c.Expect(t, "handsoff> ")
			c.Type(t, "status")
		}
		c.Expect(t, "you said: status")
		if strings.Contains(c.Text(), password) {
			t.Errorf("%+v: the password was echoed: %q", manner, c.Text())
		}
		if manner.LineMode {
			jobtest.Eventually(t, "the end of the echo's promise", func() bool { return !c.Echoes() })
		}
		c.Type(t, "quit")
		c.ExpectEnd(t)
	}
	lines, err := p.rdb.LRange(t.Context(), historyKey("ann"), 0, -1).Result()
	if err != nil || strings.Contains(strings.Join(lines, " "), "horse") || !slices.Contains(lines, "status") {
		t.Errorf("history %q, %v", lines, err)
	}
}

func TestLoginTakesNoLongerThanAllowed(t *testing.T) {
	t.Parallel()
	p := open(t, func(s *Settings) { s.Login.Within = time.Second })
	c := telnettest.Dial(t, p.address, dumb)
	c.Expect(t, "No login within")
	c.ExpectEnd(t)
}

func TestLimitsOfSessions(t *testing.T) {
	t.Parallel()
	p := open(t, func(s *Settings) { s.Sessions = Sessions{Most: 3, PerUser: 1} })
	first := p.enter(t, "ann", dumb)
	second := telnettest.Dial(t, p.address, dumb)
	second.Expect(t, "User: ")
	second.Type(t, "ann")
	second.Expect(t, "Password: ")
	second.Type(t, password)
	second.Expect(t, "You have 1 sessions already.")
	second.ExpectEnd(t)
	p.enter(t, "bob", dumb)
	jobtest.Eventually(t, "a third place", func() bool {
		p.door.mu.Lock()
		defer p.door.mu.Unlock()
		return p.door.all == 2
	})
	third := telnettest.Dial(t, p.address, dumb)
	third.Expect(t, "User: ")
	fourth := telnettest.Dial(t, p.address, dumb)
	fourth.Expect(t, "All 3 places are taken.")
	fourth.ExpectEnd(t)
	first.Type(t, "quit")
	first.ExpectEnd(t)
	jobtest.Eventually(t, "ann's place", func() bool {
		p.door.mu.Lock()
		defer p.door.mu.Unlock()
		return p.door.present["ann"] == 0
	})
	p.enter(t, "ann", dumb)
}

func TestOrderIsKeptWhileAnAnswerIsAwaited(t *testing.T) {
	t.Parallel()
	p := open(t)
	gate := make(chan struct{})
	p.bot.on("slow", func(ctx context.Context) (command.Answer, error) {
		wait(ctx, gate)
		return command.Answer{Text: "slow done"}, nil
	})
	c := p.enter(t, "ann", dumb)
	c.Type(t, "slow")
	c.Type(t, "one")
	c.Type(t, "two")
	p.say(t, "ann", "k3f2", "meanwhile")
	c.Expect(t, "meanwhile")
	if got := p.bot.heard(); !slices.Equal(got, []string{"slow"}) {
		t.Errorf("handed in before the answer: %q", got)
	}
	close(gate)
	c.Expect(t, "slow done")
	c.Expect(t, "you said: one")
	c.Expect(t, "you said: two")
}

func TestSlowAnswerIsToldOnceAndCtrlCGivesUp(t *testing.T) {
	t.Parallel()
	p := open(t)
	p.bot.on("hang", func(ctx context.Context) (command.Answer, error) {
		<-ctx.Done()
		return command.Answer{}, errors.New("nobody is there")
	})
	c := p.enter(t, "ann", dumb)
	c.Type(t, "hang")
	c.Expect(t, "No answer to `hang` yet. It is tried again for 2 minutes; Ctrl-C gives up.")
	c.Type(t, "never")
	c.Interrupt(t)
	c.Expect(t, "Not carried out: 1 line typed behind `hang`.")
	c.Expect(t, "Gave up waiting for the answer to `hang`.")
	c.Type(t, "status")
	if before := c.Expect(t, "you said: status"); strings.Contains(before, "No answer") {
		t.Errorf("told twice: %q", before)
	}
}

func TestNoAnswerAtAllIsAClearSentence(t *testing.T) {
	t.Parallel()
	p := open(t, func(s *Settings) { s.Patience = 300 * time.Millisecond })
	p.bot.on("hang", func(ctx context.Context) (command.Answer, error) {
		<-ctx.Done()
		return command.Answer{}, errors.New("nobody is there")
	})
	c := p.enter(t, "ann", dumb)
	c.Type(t, "hang")
	c.Expect(t, "No answer to `hang` came in time. It may have been carried out or not")
}

func TestARefusalByTheBotIsAClearSentence(t *testing.T) {
	t.Parallel()
	p := open(t)
	p.bot.on("bad key", func(context.Context) (command.Answer, error) {
		return command.Answer{}, &command.RefusedError{Status: 401, Text: "signature is wrong"}
	})
	c := p.enter(t, "ann", dumb)
	c.Type(t, "bad key")
	c.Expect(t, "`bad key` was refused by the bot's inner door (signature is wrong). Nothing was started")
}

func TestBadLines(t *testing.T) {
	t.Parallel()
	p := open(t)
	for _, manner := range []telnettest.Manner{dumb, {}} {
		c := p.enter(t, "ann", manner)
		c.Type(t, "bad \xff\xff\xfe bytes")
		c.Expect(t, "is not UTF-8, so nothing was done")
		c.Type(t, strings.Repeat("x", 1<<20))
		c.Expect(t, "That line is too long, so nothing was done.")
		if manner == (telnettest.Manner{}) {
			c.Type(t, "recalled \x1b[A") // without an editor, a recalled line would run unseen
			c.Expect(t, "has control characters")
		}
		c.Type(t, "fine")
		c.Expect(t, "you said: fine")
	}
	if got := p.bot.heard(); !slices.Equal(got, []string{"fine", "fine"}) {
		t.Errorf("handed in %d lines: %.80q", len(got), got)
	}
}

func TestOutputIsMadeHarmless(t *testing.T) {
	t.Parallel()
	p := open(t)
	p.bot.on("evil", func(context.Context) (command.Answer, error) {
		return command.Answer{Text: "\x1b]0;title\x07 answer \x9b"}, nil
	})
	c := p.enter(t, "ann", dumb)
	c.Type(t, "evil")
	c.Expect(t, "answer")
	p.say(t, "ann", "k3f2\x1b[31m", "\x1b[2Jcleared\x07")
	c.Expect(t, "cleared")
	if text := c.Text(); strings.ContainsAny(text, "\x1b\x07\u009b") {
		t.Errorf("the terminal got %q", text)
	}
}

func TestColoursOnlyWhereTheTerminalHasThem(t *testing.T) {
	t.Parallel()
	p := open(t)
	failed := outbox.Entry{Job: "k3f2", Kind: outbox.End, Text: "It failed.", State: job.Failed, Percent: -1}
	for _, test := range []struct {
		terminal string
		coloured bool
	}{{"xterm-256color", true}, {"dumb", false}, {"vt100", false}, {"made-up", false}} {
		c := p.enter(t, "ann", telnettest.Manner{Terminal: test.terminal})
		p.tell(t, "ann", failed)
		c.Expect(t, "It failed.")
		if got := strings.Contains(c.Text(), "\x1b[31m"); got != test.coloured {
			t.Errorf("%s: red is %v in %q", test.terminal, got, c.Text())
		}
		c.Type(t, "quit")
		c.ExpectEnd(t)
	}
	p.stop()
	p.serve(t, func(s *Settings) { s.Colour = "never" })
	c := p.enter(t, "ann", telnettest.Manner{Terminal: "xterm-256color"})
	p.tell(t, "ann", failed)
	c.Expect(t, "It failed.")
	if strings.Contains(c.Text(), "\x1b[31m") {
		t.Errorf("colours against the configuration: %q", c.Text())
	}
}

func TestEverySessionOfAUserSeesTheOutput(t *testing.T) {
	t.Parallel()
	p := open(t)
	one, two, other := p.enter(t, "ann", dumb), p.enter(t, "ann", telnettest.Manner{}), p.enter(t, "bob", dumb)
	p.say(t, "ann", "k3f2", "for ann\nsecond line")
	one.Expect(t, "@k3f2 for ann")
	one.Expect(t, "      second line")
	two.Expect(t, "@k3f2 for ann")
	p.say(t, "bob", "m2p9", "for bob")
	if before := other.Expect(t, "@m2p9 for bob"); strings.Contains(before, "ann") {
		t.Errorf("bob saw %q", before)
	}
}

func TestAreYouThere(t *testing.T) {
	t.Parallel()
	c := open(t).enter(t, "ann", dumb)
	c.Send(t, "\xff\xf6")
	c.Expect(t, "[Robo is here]")
}

func TestNegotiationWithoutEndIsEnded(t *testing.T) {
	t.Parallel()
	p := open(t)
	c := p.enter(t, "ann", dumb)
	c.Send(t, strings.Repeat("\xff\xfd\x22", 1000))
	c.Expect(t, "negotiates without end")
	stranger := telnettest.Dial(t, p.address, dumb)
	stranger.Expect(t, "User: ")
	stranger.Send(t, strings.Repeat("\xff\xfd\x22", 1000))
	stranger.Expect(t, "negotiates without end")
}

func TestIdleSessionEnds(t *testing.T) {
	t.Parallel()
	p := open(t, func(s *Settings) { s.Idle = 2 * time.Second })
	c := p.enter(t, "ann", dumb)
	c.Expect(t, "You typed nothing for")
	c.ExpectEnd(t)
	jobtest.Eventually(t, "the audit trail", func() bool { return strings.Contains(p.audit(t), "telnet:ann logout idle") })
}

func TestRemovedUserIsShownOut(t *testing.T) {
	t.Parallel()
	p := open(t, func(s *Settings) { s.Recheck = 50 * time.Millisecond })
	c := p.enter(t, "ann", dumb)
	if err := os.WriteFile(p.users, []byte("bob:"+login.NewHash([]byte(password))+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.Expect(t, "Your login was removed")
	c.ExpectEnd(t)
}

func TestStop(t *testing.T) {
	t.Parallel()
	p := open(t)
	gate := make(chan struct{})
	p.bot.on("slow", func(ctx context.Context) (command.Answer, error) {
		wait(ctx, gate)
		return command.Answer{Text: "slow done"}, nil
	})
	idle, busy, stranger := p.enter(t, "ann", dumb), p.enter(t, "bob", dumb), telnettest.Dial(t, p.address, dumb)
	stranger.Expect(t, "User: ")
	busy.Type(t, "slow")
	busy.Type(t, "unheard")
	busy.Send(t, "\xff\xf6") // the answer says that the line was read
	busy.Expect(t, "[Robo is here]")
	stopped := make(chan struct{})
	go func() { p.stop(); close(stopped) }()
	idle.Expect(t, "The telnet gateway is being restarted. Your jobs go on")
	idle.ExpectEnd(t)
	stranger.Expect(t, "The telnet gateway is being stopped")
	busy.Expect(t, "Not carried out any more: `unheard`")
	busy.Expect(t, "only the answer to `slow` is still awaited")
	close(gate)
	busy.Expect(t, "slow done")
	busy.ExpectEnd(t)
	<-stopped
}

func TestScriptThatHangsUpAtOnceIsCarriedOut(t *testing.T) {
	t.Parallel()
	p := open(t)
	c := telnettest.Dial(t, p.address, telnettest.Manner{})
	c.Send(t, "ann\n"+password+"\none\ntwo\n")
	c.Close()
	jobtest.Eventually(t, "both lines", func() bool { return slices.Equal(p.bot.heard(), []string{"one", "two"}) })
	next := telnettest.Dial(t, p.address, dumb)
	jobtest.Eventually(t, "the end of the first session", func() bool { return strings.Contains(p.audit(t), "logout client left") })
	next.Login(t, "ann", password)
	next.Expect(t, "While you were away: 2 lines from 0 jobs.")
	next.Type(t, "missed")
	next.Expect(t, "The answer to `one`: you said: one")
	next.Expect(t, "The answer to `two`: you said: two")
}

func TestHalfClosedScriptGetsItsAnswers(t *testing.T) {
	t.Parallel()
	p := open(t)
	c := telnettest.Dial(t, p.address, telnettest.Manner{})
	c.Send(t, "ann\n"+password+"\none\ntwo\n")
	if tcp, ok := c.Conn.(interface{ CloseWrite() error }); !ok || tcp.CloseWrite() != nil {
		t.Fatal("cannot close one side")
	}
	c.Expect(t, "you said: one")
	c.Expect(t, "you said: two")
	c.ExpectEnd(t)
	next := p.enter(t, "ann", dumb)
	next.Type(t, "missed")
	next.Expect(t, "You missed nothing.")
}
