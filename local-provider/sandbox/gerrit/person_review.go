package gerrit

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Review is what somebody says and votes, as REST's ReviewInput has it.
type Review struct {
	Message  string                    `json:"message"`
	Tag      string                    `json:"tag"`
	Labels   map[string]int            `json:"labels"`
	Comments map[string][]CommentInput `json:"comments"`
	Drafts   string                    `json:"drafts"`
	Ready    bool                      `json:"ready"`
	WIP      bool                      `json:"work_in_progress"`
	// PatchSet is which one; 0 for the newest.
	PatchSet int `json:"-"`
}

// A CommentInput is what is said about a file, or about all ("/PATCHSET_LEVEL").
type CommentInput struct {
	Line       int    `json:"line"`
	Message    string `json:"message"`
	Unresolved *bool  `json:"unresolved"`
	InReplyTo  string `json:"in_reply_to"`
}

// Review says and votes.
func (p *Person) Review(number int, r Review) error {
	return p.act(number, func(c *Change) error { return p.review(c, r) })
}

func (p *Person) review(c *Change, r Review) error {
	ps := c.Current()
	if r.PatchSet != 0 {
		if r.PatchSet < 0 || r.PatchSet > len(c.PatchSets) {
			return notFound(r.PatchSet)
		}
		ps = &c.PatchSets[r.PatchSet-1]
	}
	if err := p.mayReview(c, &r); err != nil {
		return err
	}
	old := p.votes(c)
	delta := p.vote(c, ps, &r)
	comments, said := p.comment(c, ps, &r)
	text := reviewText(ps.Number, delta, comments, r.Message)
	if r.Ready || r.WIP {
		p.setWIP(c, r.WIP)
	}
	if text == "" {
		return nil
	}
	p.say(c, text, r.Tag, ps.Number)
	if p.id != c.Owner && !slices.Contains(c.Reviewers, p.id) && !slices.Contains(c.CC, p.id) {
		if len(delta) > 0 {
			c.Reviewers = append(c.Reviewers, p.id)
		} else {
			c.CC = append(c.CC, p.id)
		}
	}
	p.s.updated(c, p.id)
	p.s.tellOn(c, ps, "comment-added", &event{
		Author: p.s.accountAttr(p.id), Approvals: p.approvals(c, old), Comment: cmp.Or(said, text),
	})
	return nil
}

// mayReview checks labels as Gerrit does: all of them, before anything happens.
func (p *Person) mayReview(c *Change, r *Review) error {
	for _, name := range sortedKeys(r.Labels) {
		if err := checkVote(p.me(), name, r.Labels[name]); err != nil {
			return err
		}
	}
	if c.Status == StatusNew {
		return nil
	}
	var reduced []string
	for _, name := range sortedKeys(r.Labels) {
		value, old := r.Labels[name], c.Vote(name, p.id)
		switch {
		case value == old:
		case c.Status == StatusAbandoned:
			return conflict("change is closed")
		case value < old:
			reduced = append(reduced, name)
		}
	}
	if len(reduced) > 0 {
		return conflict("Cannot reduce vote on labels for closed change: %s", strings.Join(reduced, ", "))
	}
	return nil
}

// votes are the person's on a change, by label.
func (p *Person) votes(c *Change) map[string]int {
	out := map[string]int{}
	for _, l := range labels {
		out[l.name] = c.Vote(l.name, p.id)
	}
	return out
}

// vote takes the labels over and returns what changed: "Code-Review+2". Votes on a patch set that is not the newest are
// said, but count for nothing.
func (p *Person) vote(c *Change, ps *PatchSet, r *Review) []string {
	var delta []string
	for _, name := range sortedKeys(r.Labels) {
		value := r.Labels[name]
		if c.Vote(name, p.id) == value {
			continue
		}
		delta = append(delta, voteText(name, value))
		if ps == c.Current() {
			c.setVote(Vote{Label: name, Account: p.id, Value: value, At: p.s.now(), Tag: r.Tag})
		}
	}
	return delta
}

func (c *Change) setVote(v Vote) {
	c.Votes = slices.DeleteFunc(c.Votes, func(o Vote) bool { return o.Label == v.Label && o.Account == v.Account })
	if v.Value != 0 {
		c.Votes = append(c.Votes, v)
	}
}

// comment keeps what is said about files. said is what the event tells when something was said about the patch set as a whole:
// Gerrit puts that in the place of the message.
func (p *Person) comment(c *Change, ps *PatchSet, r *Review) (count int, said string) {
	for _, path := range sortedKeys(r.Comments) {
		for _, in := range r.Comments[path] {
			if strings.TrimSpace(in.Message) == "" {
				continue
			}
			count++
			c.Comments = append(c.Comments, Comment{
				ID: randomHex(4) + "_" + randomHex(4), Path: path, Line: in.Line, PatchSet: ps.Number, Author: p.id, At: p.s.now(),
				Text: in.Message, Unresolved: in.Unresolved != nil && *in.Unresolved, InReplyTo: in.InReplyTo, Tag: r.Tag,
			})
			if path == patchSetLevel && said == "" {
				said = fmt.Sprintf("Patch Set %d:\n\n%s", ps.Number, in.Message)
			}
		}
	}
	return count, said
}

// reviewText is the message that Gerrit makes of a review; empty when nothing was said.
func reviewText(patchSet int, delta []string, comments int, message string) string {
	var out strings.Builder
	for _, d := range delta {
		out.WriteString(" " + d)
	}
	switch comments {
	case 0:
	case 1:
		out.WriteString("\n\n(1 comment)")
	default:
		fmt.Fprintf(&out, "\n\n(%d comments)", comments)
	}
	if message = strings.TrimSpace(message); message != "" {
		out.WriteString("\n\n" + message)
	}
	if out.Len() == 0 {
		return ""
	}
	return "Patch Set " + strconv.Itoa(patchSet) + ":" + out.String()
}

// approvals are all the person's votes: Gerrit tells every label, and what it was before where it changed.
func (p *Person) approvals(c *Change, old map[string]int) []approval {
	var out []approval
	for _, l := range labels {
		a := approval{Type: l.name, Description: l.name, Value: strconv.Itoa(c.Vote(l.name, p.id))}
		if before := old[l.name]; before != c.Vote(l.name, p.id) {
			a.OldValue = strconv.Itoa(before)
		}
		out = append(out, a)
	}
	return out
}
