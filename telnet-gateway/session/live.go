package session

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/outbox"
	"github.com/handsoff/handsoff/telnet-gateway/terminal"
)

const (
	// lookLimit is how long a look into Redis may take before the session goes on without it.
	lookLimit = 3 * time.Second
	// queueLimit is how many lines may wait before the client is not read any more.
	queueLimit = 64
)

// live is the session after the login.
func (s *session) live(ctx context.Context) {
	inner, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer s.work.Wait()
	defer stop()
	feed, err := s.arrive(inner)
	if err != nil {
		s.door.Log.ErrorContext(ctx, "a session could not begin", "user", s.user, "error", err)
		s.end("Redis does not answer right now, so nothing could be shown to you. Try again in a minute.", "Redis is down")
	} else {
		defer feed.Close()
		s.loop(ctx, inner, feed)
	}
	s.farewell(inner)
}

// arrive reads what the person has seen and shows the first lines.
func (s *session) arrive(ctx context.Context) (*outbox.Feed, error) {
	look, done := context.WithTimeout(ctx, lookLimit)
	defer done()
	seen, err := s.door.arrive(look, s)
	if err != nil {
		return nil, err
	}
	s.recallHistory(look)
	s.term.Prompt(prompt, false)
	s.say(fmt.Sprintf("Welcome, %s. This is %s %s. Type `help` for what it can do, `?` for the keys, `quit` to leave.",
		s.user, s.door.Settings.Bot, s.door.Settings.Version))
	s.offer(ctx, seen.Gaps)
	s.refreshCatalogue(ctx)
	return s.door.Watcher.Feed(ctx, s.principal, seen.Cursor), nil
}

// loop serves the session until it is over. ctx ends when the process shall; inner is for background work.
func (s *session) loop(ctx, inner context.Context, feed *outbox.Feed) {
	beat := time.NewTicker(s.door.Settings.Beat)
	defer beat.Stop()
	stopping := ctx.Done()
	var last <-chan time.Time
	for {
		s.events(inner)
		s.advance(inner)
		s.term.Flush()
		if s.over != "" {
			return
		}
		input, pages := s.sources(feed)
		select {
		case chunk, ok := <-input:
			s.received(chunk, ok)
		case page := <-pages:
			s.page(page)
		case then := <-s.posts:
			then()
		case <-s.term.Room():
			if err := s.term.Broken(); err != nil {
				s.received(nil, false)
			}
		case <-beat.C:
			s.beat(inner)
		case <-stopping:
			stopping, last = nil, time.After(s.door.Settings.Grace)
			s.stopping()
		case <-last:
			s.end("The answer did not come in time; look at `jobs` when you are back.", "gateway stopped")
		}
	}
}

// sources are the channels to listen to: nothing that makes output while the client is behind with reading, and nothing
// that makes work while enough of it waits.
func (s *session) sources(feed *outbox.Feed) (<-chan []byte, <-chan outbox.Page) {
	input, pages := s.term.Input(), feed.Pages
	if s.ended || s.term.Congested() || !s.attentive() {
		input = nil
	}
	if s.term.Behind() || s.backlog != nil || s.answerFirst() { // what was missed comes first
		pages = nil
	}
	return input, pages
}

// answerFirst reports whether what jobs say has to wait for an answer, which may be what makes such a job known: nobody
// should read how a job ended before that it was accepted. It waits no longer than until the answer is called late.
func (s *session) answerFirst() bool { return s.flight != nil && !s.flight.told }

// attentive reports whether what is typed may be looked at now.
func (s *session) attentive() bool { return len(s.queue) < queueLimit && !s.finder.busy }

// events takes what the client did.
func (s *session) events(ctx context.Context) {
	for s.over == "" && !s.term.Congested() && s.attentive() {
		e, ok := s.term.Next()
		if len(s.early) > 0 {
			e, ok, s.early = s.early[0], true, s.early[1:]
		}
		if !ok {
			return
		}
		s.event(ctx, e)
	}
}

func (s *session) event(ctx context.Context, e terminal.Event) {
	switch e.Kind {
	case terminal.Line:
		s.line(ctx, e.Text)
	case terminal.TooLong:
		s.say("That line is too long, so nothing was done. A line may have 16,384 bytes.")
	case terminal.NotText:
		s.say("That line has control characters or is not UTF-8, so nothing was done. Type it again as plain text.")
	case terminal.Interrupt:
		s.interrupted(ctx)
	case terminal.Cleared:
		s.arm.clear()
	case terminal.EndOfFile:
		s.enqueue("quit")
	case terminal.Complete:
		s.complete(ctx, e.Text)
	case terminal.Seen:
		s.confirm.seen(e.Tokens)
	case terminal.Changed:
		s.showProgress()
	case terminal.Unrequested:
		if !s.unasked.Allow() {
			s.end("This client negotiates without end, so the session is closed.", "negotiation without end")
		}
	}
}

// received takes a chunk, or the news that no more will come. What was typed before is still carried out.
func (s *session) received(chunk []byte, more bool) {
	if more {
		s.typed, s.warned = time.Now(), false
		s.term.Feed(chunk)
		return
	}
	if s.ended {
		return
	}
	s.ended, s.typed = true, time.Now()
	s.enqueue("quit")
}

// finish bounds how long the lines of a client that is gone are carried out.
func (s *session) finish() {
	if s.ended && time.Since(s.typed) > s.door.Settings.Patience {
		s.end("the client has gone", "client left")
	}
}

// beat looks at everything that has to do with time.
func (s *session) beat(ctx context.Context) {
	s.confirm.seen(s.term.Seen())
	s.keepSeen(ctx)
	if s.attentive() && s.term.Stalled() {
		s.end("This client does not read, so the session is closed.", "not reading")
	}
	s.slow()
	s.idle()
	s.finish()
	s.checkEntry(ctx)
	s.showProgress()
}

func (s *session) idle() {
	limit := s.door.Settings.Idle
	if s.ended {
		return
	}
	if s.flight != nil || s.jobs.foreground() != "" {
		s.typed = time.Now() // somebody who watches a job is not idle
	}
	left := limit - time.Since(s.typed)
	switch {
	case left <= 0:
		s.end(fmt.Sprintf("You typed nothing for %s, so you are logged out.", about(limit)), "idle")
	case left < time.Minute && limit > 2*time.Minute && !s.warned:
		s.warned = true
		s.say("You will be logged out in a minute unless you press a key.")
	}
}

// stopping prepares for the end of the process: the answer that is awaited may still come, the other lines are given back.
func (s *session) stopping() {
	if len(s.queue) > 0 {
		s.say("Not carried out any more: " + strings.Join(quoted(s.queue), ", "))
		s.queue = nil
	}
	text := "The telnet gateway is being restarted. Your jobs go on; log in again in a moment."
	if s.flight == nil {
		s.end(text, errShutdown.Error())
		return
	}
	s.say("The telnet gateway is being restarted; only the answer to " + quote(s.flight.text) + " is still awaited.")
	s.queue, s.closed = []string{"quit"}, true
}

// farewell ends the session in order: what was seen is recorded, the audit trail gets its entry.
func (s *session) farewell(ctx context.Context) {
	if s.over != "" && !s.ended {
		s.say(s.over)
	}
	s.term.End()
	s.parting(ctx)
	ctx, done := context.WithTimeout(ctx, lookLimit)
	defer done()
	s.settleAccounts(ctx)
	s.term.Close()
	if err := s.door.Trail.Audit(ctx, s.principal, "logout", s.reason+", telnet from "+s.address); err != nil {
		s.door.Log.ErrorContext(ctx, "a logout is not in the audit trail", "user", s.user, "error", err)
	}
}

func quoted(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = quote(l)
	}
	return out
}
