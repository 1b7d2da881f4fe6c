package session

import (
	"context"
	"strings"
	"time"

	"github.com/rivo/uniseg"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/telnet-gateway/completion"
)

const (
	// catalogueFresh is how long the catalogue is used before a Tab asks for it anew.
	catalogueFresh = time.Minute
	// catalogueLimit bounds asking for it.
	catalogueLimit = 5 * time.Second
	// offered is how many completions are listed.
	offered = 100
)

// finder is what completion needs.
type finder struct {
	catalogue []command.Declared
	at        time.Time // when it was asked for
	last      string    // the text of the last Tab: the second one on the same text lists
	busy      bool      // ids of jobs are being looked up; what was typed behind the Tab waits
}

// refreshCatalogue asks for the commands that the person may use.
func (s *session) refreshCatalogue(ctx context.Context) {
	if time.Since(s.finder.at) < catalogueFresh {
		return
	}
	s.finder.at = time.Now()
	s.background(ctx, func(ctx context.Context) func() {
		ctx, done := context.WithTimeout(ctx, catalogueLimit)
		defer done()
		list, err := s.door.Commands.Catalogue(ctx, s.principal)
		if err != nil {
			return func() {} // the next Tab after catalogueFresh asks again
		}
		return func() { s.finder.catalogue = list }
	})
}

// complete takes Tab. Ids of jobs are looked up first, where the text asks for one.
func (s *session) complete(ctx context.Context, before string) {
	s.refreshCatalogue(ctx)
	if !completion.WantsJob(before, s.finder.catalogue) {
		s.suggest(before, nil)
		return
	}
	s.finder.busy = true
	s.background(ctx, func(ctx context.Context) func() {
		ctx, done := context.WithTimeout(ctx, lookLimit)
		defer done()
		var ids []string
		for _, open := range []bool{true, false} {
			found, err := s.door.Jobs.Browse(ctx, job.Browse{Open: open, Limit: offered})
			if err != nil {
				return func() {
					s.finder.busy = false
					s.term.Ring()
				}
			}
			for _, j := range found.Jobs {
				ids = append(ids, j.ID)
			}
		}
		return func() { s.suggest(before, ids) }
	})
}

func (s *session) suggest(before string, jobs []string) {
	s.finder.busy = false
	have, found := completion.Find(before, s.finder.catalogue, jobs)
	common := completion.Common(found)
	switch {
	case len(found) == 0:
		s.term.Ring()
	case len(common) > have:
		s.term.Offer(before, have, common)
	case s.finder.last == before:
		s.term.Print(columns(found, 78), "")
	default:
		s.term.Ring()
	}
	s.finder.last = before
}

// columns lays words out in columns.
func columns(words []string, width int) string {
	if len(words) > offered {
		words = append(words[:offered:offered], "…")
	}
	cell := 0
	for _, w := range words {
		cell = max(cell, uniseg.StringWidth(w)+2)
	}
	perRow := max(width/cell, 1)
	var out strings.Builder
	for i, w := range words {
		if i > 0 && i%perRow == 0 {
			out.WriteByte('\n')
		}
		out.WriteString(w)
		if (i+1)%perRow != 0 && i+1 < len(words) {
			out.WriteString(strings.Repeat(" ", cell-uniseg.StringWidth(w)))
		}
	}
	return out.String()
}
