package session

import (
	"context"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/telnet-gateway/outbox"
)

// Tokens are what the terminal gives back when text was seen: an entry of the live output, or one of a gap.
func liveToken(id string) string { return "live " + id }

func gapToken(gap outbox.Gap, id string) string { return "gap " + gap.From + " " + gap.To + " " + id }

func answerToken(id string) string { return "answer " + id }

// confirm is what was seen and is not recorded in Redis yet.
type confirm struct {
	first  bool   // this is the person's only session
	cursor string // live output was seen up to it; "" for nothing new
	fills  map[outbox.Gap]string
	busy   bool

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

// keepSeen records it, in the background. What cannot be recorded now is tried again with the next beat.
func (s *session) keepSeen(ctx context.Context) {
	c := &s.confirm
	if c.busy || (c.cursor == "" && len(c.fills) == 0) {
		return
	}
	cursor, fills := c.cursor, c.fills
	c.busy, c.cursor, c.fills = true, "", nil
	s.background(ctx, func(ctx context.Context) func() {
		ctx, done := context.WithTimeout(ctx, lookLimit)
		defer done()
		err := s.record(ctx, cursor, fills)
		return func() {
			c.busy = false
			if err != nil {
				c.putBack(cursor, fills)
			}
		}
	})
}

func (c *confirm) putBack(cursor string, fills map[outbox.Gap]string) {
	if c.cursor == "" {
		c.cursor = cursor
	}
	for gap, id := range fills {
		if c.fills[gap] == "" {
			c.fill(gap, id)
		}
	}
}

func (s *session) record(ctx context.Context, cursor string, fills map[outbox.Gap]string) error {
	if cursor != "" {
		if err := s.door.Seen.Shown(ctx, s.principal, cursor); err != nil {
			return err
		}
	}
	for gap, id := range fills {
		if err := s.door.Seen.Fill(ctx, s.principal, gap, id); err != nil {
			return err
		}
	}
	return nil
}
