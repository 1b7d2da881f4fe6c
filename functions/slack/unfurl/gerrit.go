package unfurl

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
)

// change is a change as Gerrit tells of it, https://gerrit-review.googlesource.com/Documentation/rest-api-changes.html
type change struct {
	Project    string            `json:"project"`
	Branch     string            `json:"branch"`
	Topic      string            `json:"topic"`
	Subject    string            `json:"subject"`
	Status     string            `json:"status"` // NEW, MERGED, ABANDONED
	Draft      bool              `json:"work_in_progress"`
	Private    bool              `json:"is_private"`
	Insertions int               `json:"insertions"`
	Deletions  int               `json:"deletions"`
	Number     int               `json:"_number"`
	Owner      account           `json:"owner"`
	Labels     map[string]voting `json:"labels"`
}

type account struct {
	Name     string `json:"name"`
	Username string `json:"username"`
}

// voting sums up the votes of one label; an entry that is there counts, whatever it holds.
type voting struct {
	Approved    *account `json:"approved"`
	Rejected    *account `json:"rejected"`
	Recommended *account `json:"recommended"`
	Disliked    *account `json:"disliked"`
}

// change reads a change.
func (r *Reader) change(ctx context.Context, t Target) (*Found, error) {
	id := t.Number
	if t.Project != "" {
		id = url.PathEscape(t.Project) + "~" + t.Number
	}
	var c change
	path := "changes/" + id + "?o=CURRENT_REVISION&o=CURRENT_COMMIT&o=DETAILED_ACCOUNTS&o=LABELS"
	if err := r.get(ctx, t.Site, path, nil, &c); err != nil {
		return nil, err
	}
	if c.Private || strconv.Itoa(c.Number) != t.Number {
		return nil, fmt.Errorf("read change %s: it is private, or another one was told", id)
	}
	return c.found(t), nil
}

func (c *change) found(t Target) *Found {
	state := map[string]State{"MERGED": Merged, "ABANDONED": Abandoned}[c.Status]
	switch {
	case state != "":
	case c.Draft:
		state = Draft
	default:
		state = Open
	}
	notes := c.votes()
	if c.Topic != "" {
		notes = append(notes, "topic "+c.Topic)
	}
	return &Found{
		Title: c.Subject, URL: t.Site.Web.JoinPath("c", c.Project, "+", t.Number).String(), Name: c.Project + " " + t.Number,
		State: state, Author: cmp.Or(c.Owner.Name, c.Owner.Username), Branch: c.Branch,
		Added: c.Insertions, Gone: c.Deletions, Notes: notes,
	}
}

// votes are those that decide, else those that lean: "Code-Review approved", "Verified rejected". Votes for one label
// that go both ways are told with the worse one, as Gerrit itself shows it.
func (c *change) votes() []string {
	var notes []string
	for _, name := range slices.Sorted(maps.Keys(c.Labels)) {
		v := c.Labels[name]
		for _, vote := range []struct {
			by   *account
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
