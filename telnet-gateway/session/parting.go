package session

import (
	"context"
	"time"

	"github.com/handsoff/handsoff/shared/outbox"
)

// parted is how long the client may take to confirm the last output.
const parted = 2 * time.Second

// owed is the answer to a line, until it is known to have been seen.
type owed struct {
	line  string // its id
	entry outbox.Entry
}

func (c *confirm) owe(f *flight, jobID, text string) {
	c.owed = append(c.owed, owed{f.id, outbox.Entry{
		Job: jobID, Kind: outbox.Say, Percent: -1, Text: "The answer to `" + f.text + "`: " + text,
	}})
}

// settleAccounts records at the end of the session what was seen until then. Answers that may not have been seen go to
// the outbox, to be offered with the rest at the next login.
func (s *session) settleAccounts(ctx context.Context) {
	c := &s.confirm
	if c.flying != nil { // it may not arrive any more; to record it twice does no harm
		c.putBack(c.flying)
	}
	if err := s.record(ctx, &record{c.cursor, c.fills}); err != nil {
		s.door.Log.WarnContext(ctx, "some output will be offered again", "user", s.user, "error", err)
	}
	for _, o := range s.confirm.owed {
		if err := outbox.Add(ctx, s.door.Redis, s.principal, o.entry); err != nil {
			s.door.Log.WarnContext(ctx, "an answer is lost", "user", s.user, "error", err)
		}
	}
}

// parting waits for the client to confirm the last output.
func (s *session) parting(ctx context.Context) {
	ctx, done := context.WithTimeout(ctx, parted)
	defer done()
	poll := time.NewTicker(parted / 100)
	defer poll.Stop()
	for input := s.term.Input(); ; {
		for e, ok := s.term.Next(); ok; e, ok = s.term.Next() {
			s.confirm.seen(e.Tokens)
		}
		s.term.Flush()
		s.confirm.seen(s.term.Seen())
		mute := s.ended && !s.term.CountsOnTCP() // what could confirm anything has ended
		if s.term.AllSeen() || s.term.Broken() != nil || mute {
			return
		}
		select {
		case chunk, ok := <-input:
			if !ok {
				input = nil // it may have ended its own side only
			}
			s.term.Feed(chunk)
		case <-poll.C:
		case <-ctx.Done():
			return
		}
	}
}
