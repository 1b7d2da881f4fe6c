package session

import (
	"context"
	"fmt"
	"slices"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/outbox"
	"github.com/handsoff/handsoff/telnet-gateway/lineedit"
)

const (
	// missedPage is how many entries are read at a time.
	missedPage = 100
	// missedMost bounds what a summary looks at: more is not kept.
	missedMost = 10_000
	// missedJobs is how many jobs a summary names.
	missedJobs = 10
)

// summary is what was missed, in short.
type summary struct {
	lines int
	jobs  []string // in the order of their newest entries
	last  map[string]outbox.Entry
}

func (m *summary) add(e outbox.Entry) {
	if e.Telling() {
		m.lines++
	}
	if e.Job == "" {
		return
	}
	if _, known := m.last[e.Job]; known {
		m.jobs = slices.DeleteFunc(m.jobs, func(id string) bool { return id == e.Job })
	}
	m.jobs = append(m.jobs, e.Job)
	m.last[e.Job] = e
}

// offer tells in the background what was missed.
func (s *session) offer(ctx context.Context, gaps []outbox.Gap) {
	if len(gaps) == 0 {
		return
	}
	s.background(ctx, func(ctx context.Context) func() {
		m, err := s.summarise(ctx, gaps)
		if err != nil {
			return func() { s.say("You missed output while you were away. Type `missed` to see it.") }
		}
		return func() { s.showSummary(m, gaps) }
	})
}

func (s *session) summarise(ctx context.Context, gaps []outbox.Gap) (*summary, error) {
	m := &summary{last: map[string]outbox.Entry{}}
	for _, gap := range gaps {
		for at, n := gap.From, 0; n < missedMost; n += missedPage {
			entries, err := outbox.Read(ctx, s.door.Redis, s.principal, at, gap.To, missedPage)
			if err != nil {
				return nil, err
			}
			for _, e := range entries {
				m.add(e)
			}
			if len(entries) < missedPage {
				break
			}
			at = entries[len(entries)-1].ID
		}
	}
	return m, nil
}

func (s *session) showSummary(m *summary, gaps []outbox.Gap) {
	if m.lines == 0 { // only progress, which is summed up below
		for _, gap := range gaps {
			s.confirm.fill(gap, gap.To)
		}
	} else {
		s.say(fmt.Sprintf("While you were away: %s from %s. Type `missed` to see them, `missed drop` to forget them.",
			chat.Count(m.lines, "line"), chat.Count(len(m.jobs), "job")))
	}
	from := max(len(m.jobs)-missedJobs, 0)
	if from > 0 {
		s.say(fmt.Sprintf("  (%s before these)", chat.Count(from, "job")))
	}
	for _, id := range m.jobs[from:] {
		e := m.last[id]
		s.jobs.heard(e)
		line := progressLine(e)
		if e.State != "" && e.Kind != outbox.End {
			line += " (" + lineedit.Clean(string(e.State)) + ")"
		}
		s.term.Print(s.term.Paint(outcomeStyle(e.State), "  "+line), "")
	}
}

// backlog is what was missed and is being shown, page by page as the terminal takes it.
type backlog struct {
	gaps []outbox.Gap // what is left
	at   string       // in the first gap
	busy bool         // a page is being read, or the gaps are
	stop bool         // Ctrl-C was pressed
}

// showMissed shows what was missed.
func (s *session) showMissed(ctx context.Context) {
	s.withGaps(ctx, func(gaps []outbox.Gap) {
		if len(gaps) == 0 {
			s.backlog = nil
			s.say("You missed nothing.")
			return
		}
		s.backlog = &backlog{gaps: gaps, at: gaps[0].From}
	})
}

// dropMissed forgets it.
func (s *session) dropMissed(ctx context.Context) {
	s.withGaps(ctx, func(gaps []outbox.Gap) {
		s.backlog = nil
		for _, gap := range gaps {
			s.confirm.fill(gap, gap.To)
			s.fill(gap)
		}
		s.keepSeen(ctx)
		s.say("What you missed is forgotten. `jobs` and `log <id>` still have it.")
	})
}

func (s *session) withGaps(ctx context.Context, then func(gaps []outbox.Gap)) {
	s.backlog = &backlog{busy: true}
	s.background(ctx, func(ctx context.Context) func() {
		ctx, done := context.WithTimeout(ctx, lookLimit)
		defer done()
		seen, err := s.door.Seen.Look(ctx, s.principal)
		if err != nil {
			return s.missedFailed
		}
		return func() { then(slices.DeleteFunc(seen.Gaps, func(g outbox.Gap) bool { return s.filled[g.To] })) }
	})
}

func (s *session) missedFailed() {
	s.backlog = nil
	s.say("Redis does not answer right now. What you missed is kept; type `missed` again in a minute.")
}

// nextMissed reads and shows the next page, if the terminal takes more.
func (s *session) nextMissed(ctx context.Context) {
	b := s.backlog
	if b == nil || b.busy || s.term.Behind() {
		return
	}
	b.busy = true
	gap, at := b.gaps[0], b.at
	s.background(ctx, func(ctx context.Context) func() {
		ctx, done := context.WithTimeout(ctx, lookLimit)
		defer done()
		entries, err := outbox.Read(ctx, s.door.Redis, s.principal, at, gap.To, missedPage)
		if err != nil {
			return s.missedFailed
		}
		return func() { s.showPage(b, gap, entries) }
	})
}

// showPage shows a page of a gap. The gap is filled up to what the terminal confirms, and wholly with its last entry.
func (s *session) showPage(b *backlog, gap outbox.Gap, entries []outbox.Entry) {
	b.busy = false
	if b.stop {
		s.backlog = nil
		s.say("Stopped. Type `missed` to see the rest.")
		return
	}
	for _, e := range entries {
		b.at = e.ID
		if e.Telling() {
			s.term.Print(s.render(e), gapToken(gap, e.ID))
		}
	}
	if len(entries) == missedPage {
		return
	}
	s.term.Print("", gapToken(gap, gap.To))
	s.fill(gap)
	if b.gaps = b.gaps[1:]; len(b.gaps) == 0 {
		s.backlog = nil
		s.say("That was all.")
		return
	}
	b.at = b.gaps[0].From
}

// fill notes that a gap was shown or dropped in this session, whether or not Redis knows it yet.
func (s *session) fill(gap outbox.Gap) {
	if s.filled == nil {
		s.filled = map[string]bool{}
	}
	s.filled[gap.To] = true
}

func (s *session) stopMissed() { s.backlog.stop = true }
