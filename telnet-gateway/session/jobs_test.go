package session

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/outbox"
	"github.com/handsoff/handsoff/telnet-gateway/telnettest"
)

func TestCtrlCClearsTheLineFirst(t *testing.T) {
	t.Parallel()
	p := open(t)
	c := p.enter(t, "ann", dumb)
	c.Send(t, "rm everything")
	c.Interrupt(t)
	c.Type(t, "status")
	c.Expect(t, "you said: status")
	if got := p.bot.heard(); !slices.Equal(got, []string{"status"}) {
		t.Errorf("handed in %q", got)
	}
}

func TestCtrlCCancelsTheForegroundJob(t *testing.T) {
	t.Parallel()
	for name, manner := range map[string]telnettest.Manner{"character mode": dumb, "line mode": {Terminal: "xterm", LineMode: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := open(t)
			id := p.accept(t, "ann", "jenkins build demo")
			p.bot.starts("jenkins build demo", id)
			c := p.enter(t, "ann", manner)
			c.Interrupt(t)
			c.Expect(t, "No job of this session is running.")
			c.Type(t, "jenkins build demo")
			c.Expect(t, "Job "+id+" is queued.")
			c.Interrupt(t)
			c.Expect(t, "Ctrl-C: cancelling "+id)
			c.Expect(t, "you said: cancel "+id)
			p.tell(t, "ann", outbox.Entry{Job: id, Kind: outbox.End, Text: "Cancelled.", State: job.Cancelled, Percent: -1})
			c.Expect(t, "Cancelled.")
			c.Interrupt(t)
			c.Expect(t, "No job of this session is running.")
		})
	}
}

func TestCtrlCAsksWhenMoreJobsRun(t *testing.T) {
	t.Parallel()
	p := open(t, func(s *Settings) { s.Twice = time.Minute })
	id := p.accept(t, "ann", "jenkins build demo") // the older one
	other := p.accept(t, "ann", "jenkins build other")
	p.bot.starts("jenkins build demo", id)
	c := p.enter(t, "ann", dumb)
	c.Type(t, "jenkins build demo")
	c.Expect(t, "is queued.")
	c.Interrupt(t)
	c.Expect(t, fmt.Sprintf("2 of your jobs are running: %s (jenkins build demo), %s (jenkins build other). Ctrl-C once more within", id, other))
	c.Expect(t, "cancels "+id)
	if got := p.bot.heard(); len(got) != 1 {
		t.Errorf("one Ctrl-C handed in %q", got)
	}
	c.Type(t, "status") // a line in between takes the question back
	c.Expect(t, "you said: status")
	c.Interrupt(t)
	c.Expect(t, "2 of your jobs are running")
	c.Interrupt(t)
	c.Expect(t, "you said: cancel "+id)
}

func TestSecondCtrlCComesTooLate(t *testing.T) {
	t.Parallel()
	p := open(t, func(s *Settings) { s.Twice = time.Nanosecond })
	p.accept(t, "ann", "other")
	id := p.accept(t, "ann", "demo")
	p.bot.starts("demo", id)
	c := p.enter(t, "ann", dumb)
	c.Type(t, "demo")
	c.Expect(t, "is queued.")
	for range 3 {
		c.Interrupt(t)
		c.Expect(t, "2 of your jobs are running")
	}
	if got := p.bot.heard(); len(got) != 1 {
		t.Errorf("handed in %q", got)
	}
}

func TestCtrlCBeforeTheAnswerMeansTheJobThatItBrings(t *testing.T) {
	t.Parallel()
	p := open(t, func(s *Settings) { s.Slow = time.Minute })
	id := p.accept(t, "ann", "jenkins build demo")
	gate := make(chan struct{})
	p.bot.on("jenkins build demo", func(ctx context.Context) (command.Answer, error) {
		wait(ctx, gate)
		return command.Answer{Text: "Queued.", Job: id, State: job.Queued}, nil
	})
	c := p.enter(t, "ann", dumb)
	c.Type(t, "jenkins build demo")
	jobtest.Eventually(t, "the line", func() bool { return len(p.bot.heard()) == 1 })
	c.Interrupt(t)
	c.Send(t, "\xff\xf6") // the answer to this says that Ctrl-C was taken
	c.Expect(t, "[Robo is here]")
	close(gate)
	c.Expect(t, "you said: cancel "+id)
}

func TestJobThatEndsBeforeItsAnswerIsNotInTheForeground(t *testing.T) {
	t.Parallel()
	p := open(t)
	gate := make(chan struct{})
	p.bot.on("quick", func(ctx context.Context) (command.Answer, error) {
		wait(ctx, gate)
		return command.Answer{Text: "Queued.", Job: "k3f2", State: job.Queued}, nil
	})
	c := p.enter(t, "ann", dumb)
	c.Type(t, "quick")
	p.tell(t, "ann", outbox.Entry{Job: "k3f2", Kind: outbox.End, Text: "Done.", State: job.Succeeded, Percent: 100})
	c.Expect(t, "Done.")
	close(gate)
	c.Expect(t, "Queued.")
	c.Interrupt(t)
	c.Expect(t, "No job of this session is running.")
}

func TestSpeakingOfAJobDoesNotMakeItTheForeground(t *testing.T) {
	t.Parallel()
	p := open(t)
	p.bot.on("job K3F2", func(context.Context) (command.Answer, error) {
		return command.Answer{Text: "It runs.", Job: "k3f2", State: job.Running}, nil
	})
	c := p.enter(t, "ann", dumb)
	c.Type(t, "job K3F2")
	c.Expect(t, "It runs.")
	c.Interrupt(t)
	c.Expect(t, "No job of this session is running.")
}

func progress(id string, percent int, text string) outbox.Entry {
	return outbox.Entry{Job: id, Kind: outbox.Progress, Text: text, State: job.Running, Percent: percent}
}

func TestProgressIsDrawnInPlace(t *testing.T) {
	t.Parallel()
	p := open(t)
	p.bot.starts("demo", "k3f2")
	c := p.enter(t, "ann", telnettest.Manner{Terminal: "xterm"})
	c.Type(t, "demo")
	c.Expect(t, "is queued.")
	p.tell(t, "ann", progress("zzzz", 90, "another job's"))
	p.tell(t, "ann", progress("k3f2", 40, "[########------------] 40 %; demo #12"))
	c.Expect(t, "@k3f2 [########------------] 40 %; demo #12")
	p.tell(t, "ann", progress("k3f2", 41, "[########------------] 41 %; demo #12"))
	before := c.Expect(t, "41 %; demo #12")
	if !strings.Contains(before, "\x1b[A") || strings.Contains(c.Text(), "another") {
		t.Errorf("not drawn over the last one: %q", before)
	}
	p.tell(t, "ann", outbox.Entry{Job: "k3f2", Kind: outbox.End, Text: "Done.", State: job.Succeeded, Percent: 100})
	c.Expect(t, "Done.")
	c.Type(t, "status")
	if before := c.Expect(t, "you said: status"); strings.Contains(before, "#12") {
		t.Errorf("the progress of an ended job is still shown: %q", before)
	}
}

func TestProgressInLinesIsSparse(t *testing.T) {
	t.Parallel()
	p := open(t)
	p.bot.starts("demo", "k3f2")
	c := p.enter(t, "ann", telnettest.Manner{Terminal: "xterm", LineMode: true})
	c.Type(t, "demo")
	c.Expect(t, "is queued.")
	begun := time.Now()
	for percent := range 26 {
		p.tell(t, "ann", progress("k3f2", percent, fmt.Sprintf("%d %%; demo #12", percent)))
		p.say(t, "ann", "k3f2", fmt.Sprintf("step %d.", percent))
		c.Expect(t, fmt.Sprintf("step %d.", percent))
	}
	late := int(time.Since(begun) / milestoneTime) // where it goes on slowly it is told from time to time, too
	if n := strings.Count(c.Text(), "%; demo #12"); n < 3 || n > 3+late {
		t.Errorf("%d lines of progress for 0 to 25 %%, want 3 and %d: %q", n, late, c.Text())
	}
}

func TestLeavingSaysWhichJobsGoOn(t *testing.T) {
	t.Parallel()
	p := open(t)
	id := p.accept(t, "ann", "jenkins build demo")
	p.accept(t, "bob", "not ann's")
	c := p.enter(t, "ann", dumb)
	c.Send(t, "\x04")
	c.Expect(t, "Goodbye. One job goes on: "+id+" (jenkins build demo). What it says is kept for your next login.")
	c.ExpectEnd(t)
}

func TestWatchingAJobIsNotIdling(t *testing.T) {
	t.Parallel()
	// From the prompt until the job is in the foreground it must not pass either: a busy machine is tried again with more time.
	var p *place
	var c *telnettest.Client
	var idle time.Duration
	for _, idle = range []time.Duration{2 * time.Second, 10 * time.Second, 30 * time.Second} {
		p = open(t, func(s *Settings) { s.Idle = idle })
		p.bot.starts("demo", "k3f2")
		c = telnettest.Dial(t, p.address, dumb)
		c.Send(t, "ann\r\n"+password+"\r\ndemo\r\n")
		jobtest.Eventually(t, "the job, or the end", func() bool {
			return strings.Contains(c.Text(), "is queued.") || strings.Contains(c.Text(), "You typed nothing for")
		})
		if !strings.Contains(c.Text(), "You typed nothing for") {
			break
		}
	}
	typed := time.Now()
	for i := 0; time.Since(typed) < idle+idle/2; i++ {
		time.Sleep(200 * time.Millisecond)
		p.say(t, "ann", "k3f2", fmt.Sprintf("step %d.", i))
		c.Expect(t, fmt.Sprintf("step %d.", i))
	}
	p.tell(t, "ann", outbox.Entry{Job: "k3f2", Kind: outbox.End, Text: "Done.", State: job.Succeeded, Percent: 100})
	c.Expect(t, "You typed nothing for")
}

func TestCompletionAndHistory(t *testing.T) {
	t.Parallel()
	p := open(t)
	id := p.accept(t, "ann", "demo")
	c := p.enter(t, "ann", dumb)
	jobtest.Eventually(t, "the catalogue", func() bool {
		c.Send(t, "jen\tb\tx\r\x00")
		c.Expect(t, "you said: ")
		got := p.bot.heard()
		return got[len(got)-1] == "jenkins build x"
	})
	c.Type(t, "cancel "+id[:3]+"\t")
	c.Expect(t, "you said: cancel "+id)
	c.Type(t, "@"+id[:3]+"\tsta\tus")
	c.Expect(t, "you said: @"+id+" status")
	c.Type(t, "vault open-sesame")
	c.Expect(t, "you said: vault open-sesame")
	c.Type(t, " unkept")
	c.Expect(t, "you said: unkept")
	c.Send(t, "\x04")
	c.ExpectEnd(t)
	jobtest.Eventually(t, "the lines to be kept", func() bool {
		last, err := p.rdb.LIndex(t.Context(), historyKey("ann"), 0).Result()
		return err == nil && last == "@"+id+" status"
	})
	again := p.enter(t, "ann", dumb)
	again.Type(t, "\x1b[A\x1b[A again")
	again.Expect(t, "you said: cancel "+id+" again")
	lines, err := p.rdb.LRange(t.Context(), historyKey("ann"), 0, -1).Result()
	if err != nil || strings.Contains(strings.Join(lines, "\n"), "sesame") || strings.Contains(strings.Join(lines, "\n"), "unkept") {
		t.Errorf("history %q, %v", lines, err)
	}
}

// TestLinesAreKeptInTheirOrder: also when Redis takes its time and they come faster than it answers, and whoever typed them leaves at once.
func TestLinesAreKeptInTheirOrder(t *testing.T) {
	t.Parallel()
	p := open(t)
	c := p.enter(t, "ann", dumb)
	if err := p.rdb.Do(t.Context(), "CLIENT", "PAUSE", 500, "WRITE").Err(); err != nil {
		t.Fatal(err)
	}
	var want []string
	for i := range 40 {
		line := fmt.Sprintf("line %d", i)
		want = append([]string{line}, want...)
		c.Type(t, line)
	}
	c.Send(t, "\x04")
	c.ExpectEnd(t)
	jobtest.Eventually(t, "all lines to be kept", func() bool {
		lines, err := p.rdb.LRange(t.Context(), historyKey("ann"), 0, -1).Result()
		return err == nil && len(lines) == len(want)
	})
	if lines := p.rdb.LRange(t.Context(), historyKey("ann"), 0, -1).Val(); !slices.Equal(lines, want) {
		t.Errorf("%q", lines)
	}
}
