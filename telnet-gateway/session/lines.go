package session

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/telnet-gateway/lineedit"
)

// errReplaced is why an answer is not awaited any more.
var errReplaced = errors.New("the person gave up waiting")

// flight is a line that was handed in.
type flight struct {
	id, text  string
	since     time.Time
	told      bool // that it takes long
	interrupt bool // Ctrl-C was pressed since: the job that it makes shall be cancelled
	abandon   context.CancelCauseFunc
}

// line takes a typed line.
func (s *session) line(ctx context.Context, text string) {
	s.arm.clear()
	s.remember(ctx, text)
	switch text = strings.TrimSpace(text); {
	case text == "":
	case s.closed:
		s.say("Not carried out any more: " + quote(text))
	default:
		s.enqueue(text)
	}
}

func (s *session) enqueue(text string) {
	s.queue = append(s.queue, text)
}

// advance carries out the lines in their order, one at a time.
func (s *session) advance(ctx context.Context) {
	for s.over == "" && !s.leaves && s.flight == nil && s.backlog == nil && len(s.queue) > 0 {
		text := s.queue[0]
		s.queue = s.queue[1:]
		if own := ownWord(text); own != nil {
			own(s, ctx)
			continue
		}
		s.send(ctx, text)
	}
	s.nextMissed(ctx)
	s.term.Hold(s.flight != nil || s.backlog != nil || len(s.queue) > 0)
}

// send hands a line to the bot.
func (s *session) send(ctx context.Context, text string) {
	try, abandon := context.WithCancelCause(ctx)
	s.flight = &flight{id: rand.Text(), text: text, since: time.Now(), abandon: abandon}
	e := command.Envelope{
		ID: s.flight.id, Principal: s.principal, Text: text, Watch: []string{s.principal},
		Origin: job.Origin{Door: "telnet", Address: s.principal},
	}
	s.background(ctx, func(context.Context) func() {
		defer abandon(nil)
		try, done := context.WithTimeout(try, s.door.Settings.Patience)
		defer done()
		answer, err := s.door.Commands.Do(try, e)
		if err != nil && context.Cause(try) != nil {
			err = context.Cause(try)
		}
		return func() { s.answered(ctx, answer, err) }
	})
}

// answered shows what became of the line.
func (s *session) answered(ctx context.Context, a command.Answer, err error) {
	f := s.flight
	s.flight = nil
	if err != nil {
		s.failed(f, err)
		return
	}
	text := s.wording(a)
	switch {
	case f.told && text == "":
		s.say(quote(f.text) + " was carried out.")
	case f.told:
		s.say("The answer to " + quote(f.text) + ":")
	}
	if text != "" {
		s.term.Print(text, answerToken(f.id))
		s.confirm.owe(f, a.Job, lineedit.Clean(a.String()))
	}
	if accepted(f.text, a) {
		s.jobs.accepted(a.Job, f.text)
		s.shown = milestone{}
	} else if a.Job != "" && a.State.Final() {
		s.jobs.ended(a.Job)
	}
	s.showProgress()
	if f.interrupt {
		s.stopAccepted(ctx, f, a)
	}
}

// wording is an answer as people see it: what went wrong stands out from the usage and the suggestions behind it.
func (s *session) wording(a command.Answer) string {
	trim := func(text string) string { return strings.TrimRight(lineedit.Clean(text), "\n ") }
	if a.Problem == nil {
		return trim(a.Text)
	}
	return s.paintLines(lineedit.Bad, trim(a.Text)) + trim(strings.TrimPrefix(a.String(), a.Text))
}

// accepted reports whether the answer is about a job that the line made. An answer may also speak of a job that was named
// in the line; a new job's id cannot have been.
func accepted(text string, a command.Answer) bool {
	return a.Job != "" && a.Problem == nil && !a.State.Final() && !strings.Contains(strings.ToLower(text), strings.ToLower(a.Job))
}

// failed says why a line has no answer, and what to do about it.
func (s *session) failed(f *flight, err error) {
	var refused *command.RefusedError
	var text string
	switch {
	case errors.Is(err, errReplaced):
		text = "Gave up waiting for the answer to " + quote(f.text) + ". It may be carried out all the same: look at `jobs` before you type it again."
	case errors.As(err, &refused) && refused.Status < 500:
		text = quote(f.text) + " was refused by the bot's inner door (" + refused.Text + "). Nothing was started; tell the person who runs the bot."
	default:
		text = "No answer to " + quote(f.text) + " came in time. It may have been carried out or not: look at `jobs` before you type it again."
	}
	if !errors.Is(err, errReplaced) {
		s.door.Log.Error("a line has no answer", "user", s.user, "error", err)
	}
	s.term.Print(s.term.Paint(lineedit.Bad, lineedit.Clean(text)), "")
}

func quote(line string) string { return "`" + line + "`" }

// slow says once that an answer is late.
func (s *session) slow() {
	f := s.flight
	if f == nil || f.told || time.Since(f.since) < s.door.Settings.Slow {
		return
	}
	f.told = true
	if f.interrupt {
		f.abandon(errReplaced)
		return
	}
	s.say("No answer to " + quote(f.text) + " yet. It is tried again for " + about(s.door.Settings.Patience) + "; Ctrl-C gives up.")
}

func (s *session) paintLines(style lineedit.Style, text string) string {
	if style == lineedit.Plain {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = s.term.Paint(style, l)
	}
	return strings.Join(lines, "\n")
}
