package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/shared/gerrit"
)

const (
	// mostChanges is how many changes are asked for when queries have to tell what was missed.
	mostChanges = 2000
	// pageChanges is how many of them at a time; each comes with all its patch sets and messages.
	pageChanges = 25
	// mostPasses is how often the list of changes is looked through for such as were touched while it was read.
	mostPasses = 10
	// mostBranches is how many branches are looked at then.
	mostBranches = 200
)

// queries asks for the changes that were touched, and makes events of what it is told of them.
func (r *retelling) queries(ctx context.Context) error {
	query := fmt.Sprintf("after:%q", r.since.UTC().Format("2006-01-02 15:04:05"))
	r.found.Lost = gerrit.Untold
	w := &walk{seen: make(map[int]bool), branches: make(map[string][2]string)}
	for range mostPasses {
		// A change that is touched while the list is read goes to its front, where it was read before.
		more, err := r.pass(ctx, query, w)
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	if err := r.branches(ctx, w.branches); err != nil {
		return err
	}
	return r.flush(ctx)
}

// walk is how far the list of changes was read.
type walk struct {
	seen     map[int]bool
	branches map[string][2]string
	top      time.Time // when the change was touched that was at the front of the list in the last pass
}

// pass reads the list from its front, the changes touched last, down to where the last pass began. It reports whether there
// were changes that no pass has seen.
func (r *retelling) pass(ctx context.Context, query string, w *walk) (anew bool, err error) {
	below, first := w.top, true
	for skip, size := 0, pageChanges; ; {
		page, more, err := r.ear.rest.QueryPage(ctx, query, skip, size, gerrit.Recounting...)
		switch {
		case errors.Is(err, gerrit.ErrTooLarge) && size > 1:
			size /= 2
			continue
		case errors.Is(err, gerrit.ErrTooLarge):
			r.found.Lost = "a change with more patch sets and messages than we read; " + gerrit.Untold
			skip, size = skip+1, pageChanges
			continue
		case err != nil:
			return false, err
		}
		for i := range page {
			c := &page[i]
			if first {
				w.top, first = c.Updated.Time, false
			}
			if w.seen[c.Number] {
				continue
			}
			w.seen[c.Number], anew = true, true
			if err := r.change(ctx, c, w.branches); err != nil {
				return false, err
			}
		}
		if skip += len(page); !more || len(page) == 0 || page[len(page)-1].Updated.Before(below) {
			return anew, nil
		}
		if skip >= mostChanges {
			r.found.Lost = fmt.Sprintf("all but the %d changes touched last; %s", mostChanges, gerrit.Untold)
			return false, nil
		}
	}
}

// change tells what happened to a change.
func (r *retelling) change(ctx context.Context, c *gerrit.Change, branches map[string][2]string) error {
	for _, told := range r.ear.server.Recount(c, r.since) {
		if err := r.tell(ctx, told); err != nil {
			return err
		}
		if told.Event.Topic == "gerrit."+gerrit.ChangeMerged {
			branches[gerrit.BranchName(c.Project, c.Branch)] = [2]string{c.Project, c.Branch}
		}
	}
	return nil
}

// branches tells of the branches into which something was merged, and that are elsewhere than they were seen last.
func (r *retelling) branches(ctx context.Context, branches map[string][2]string) error {
	looked := 0
	for _, b := range branches {
		if looked++; looked > mostBranches {
			r.found.Lost = fmt.Sprintf("where all but %d branches are; %s", mostBranches, gerrit.Untold)
			return nil
		}
		before, err := r.ear.in.Head(ctx, b[0], b[1])
		if err != nil {
			return err
		}
		at := r.ear.rest.Now() // by the server's clock, as what the stream tells next: the newest is what counts
		head, err := r.ear.rest.BranchHead(ctx, b[0], b[1])
		if gerrit.KindOf(err) == gerrit.Gone || gerrit.KindOf(err) == gerrit.Refused {
			continue // it was deleted since, or the account may not see it
		}
		if err != nil {
			return err
		}
		if head == before || head == "" {
			continue
		}
		if err := r.tell(ctx, r.ear.server.Moved(b[0], b[1], before, head, at)); err != nil {
			return err
		}
	}
	return nil
}
