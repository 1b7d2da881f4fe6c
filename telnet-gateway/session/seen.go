package session

import (
	"context"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/outbox"
)

// Tokens are what the terminal gives back when text was seen: an entry of the live output, or one of a gap.
func liveToken(id string) string { return "live " + id }

func gapToken(gap outbox.Gap, id string) string { return "gap " + gap.From + " " + gap.To + " " + id }

func answerToken(id string) string { return "answer " + id }

// confirm is what was seen and is not recorded in Redis yet.
type confirm struct {
	cursor string // live output was seen up to it; "" for nothing new
	fills  map[outbox.Gap]string
	flying *record // what is being recorded right now; nil for nothing

	owed []owed // answers to lines that may not have been seen
}

// seen takes tokens.
func (c *confirm) seen(tokens []string) {
	for _, token := range tokens {
		kind, rest, _ := strings.Cut(token, " ")
		switch kind {
		case "live":
			c.cursor = rest
		case "gap":
			if f := strings.Fields(rest); len(f) == 3 {
				c.fill(outbox.Gap{From: f[0], To: f[1]}, f[2])
			}
		case "answer":
			c.owed = slices.DeleteFunc(c.owed, func(o owed) bool { return o.line == rest })
		}
	}
}

func (c *confirm) fill(gap outbox.Gap, id string) {
	if c.fills == nil {
		c.fills = map[outbox.Gap]string{}
	}
	c.fills[gap] = id
}

// record is news for Redis.
type record struct {
	cursor string
	fills  map[outbox.Gap]string
}

// keepSeen records it, in the background. What cannot be recorded now is tried again with the next beat.
func (s *session) keepSeen(ctx context.Context) {
	c := &s.confirm
	if c.flying != nil || (c.cursor == "" && len(c.fills) == 0) {
		return
	}
	r := &record{c.cursor, c.fills}
	c.flying, c.cursor, c.fills = r, "", nil
	s.background(ctx, func(ctx context.Context) func() {
		ctx, done := context.WithTimeout(ctx, lookLimit)
		defer done()
		err := s.record(ctx, r)
		return func() {
			c.flying = nil
			if err != nil {
				c.putBack(r)
			}
		}
	})
}

// putBack makes it news again. What came since is newer.
func (c *confirm) putBack(r *record) {
	if c.cursor == "" {
		c.cursor = r.cursor
	}
	for gap, id := range r.fills {
		if c.fills[gap] == "" {
			c.fill(gap, id)
		}
	}
}

func (s *session) record(ctx context.Context, r *record) error {
	if r.cursor != "" {
		if err := s.door.Seen.Shown(ctx, s.principal, r.cursor); err != nil {
			return err
		}
	}
	for gap, id := range r.fills {
		if err := s.door.Seen.Fill(ctx, s.principal, gap, id); err != nil {
			return err
		}
	}
	return nil
}
