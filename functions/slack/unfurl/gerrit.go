package unfurl

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/handsoff/handsoff/shared/gerrit"
)

// change reads a change, as anybody may see it.
func (r *Reader) change(ctx context.Context, t Target) (*Found, error) {
	number, err := strconv.Atoi(t.Number)
	if err != nil {
		return nil, fmt.Errorf("read change %s: %w", t.Number, err)
	}
	site := gerrit.Anonymous(strings.TrimSuffix(t.Site.API.String(), "/"), readTime, r.http.Transport)
	c, err := site.Change(ctx, gerrit.ID(t.Project, number),
		gerrit.WithCurrent, gerrit.WithCommit, gerrit.WithAccounts, gerrit.WithLabels)
	if err != nil {
		return nil, err
	}
	if c.Private || c.Number != number {
		return nil, fmt.Errorf("read change %d: it is private, or another one was told", number)
	}
	return shown(c, t), nil
}

// shown is what is shown of a change.
func shown(c *gerrit.Change, t Target) *Found {
	notes := votes(c)
	if c.Topic != "" {
		notes = append(notes, "topic "+c.Topic)
	}
	return &Found{
		Title: c.Subject, URL: t.Site.Web.JoinPath("c", c.Project, "+", t.Number).String(), Name: c.Project + " " + t.Number,
		State: stateOf(c), Author: c.Owner.Shown(), Branch: c.Branch,
		Added: c.Insertions, Gone: c.Deletions, Notes: notes,
	}
}

func stateOf(c *gerrit.Change) State {
	switch {
	case c.Status == gerrit.StatusMerged:
		return Merged
	case c.Status == gerrit.StatusAbandoned:
		return Abandoned
	case c.Draft:
		return Draft
	}
	return Open
}

// votes are those that decide, else those that lean: "Code-Review approved", "Verified rejected". Votes for one label
// that go both ways are told with the worse one, as Gerrit itself shows it.
func votes(c *gerrit.Change) []string {
	var notes []string
	for _, name := range slices.Sorted(maps.Keys(c.Labels)) {
		v := c.Labels[name]
		for _, vote := range []struct {
			by   *gerrit.Account
			word string
		}{{v.Rejected, "rejected"}, {v.Approved, "approved"}, {v.Disliked, "disliked"}, {v.Recommended, "recommended"}} {
			if vote.by != nil {
				notes = append(notes, name+" "+vote.word)
				break
			}
		}
	}
	return notes
}
