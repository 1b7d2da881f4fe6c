package gerrit

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// stamp is a time as REST writes it: UTC, nanoseconds, no zone.
type stamp time.Time

// MarshalJSON writes "2026-01-02 15:04:05.000000000".
func (t stamp) MarshalJSON() ([]byte, error) {
	return []byte(`"` + time.Time(t).UTC().Format("2006-01-02 15:04:05.000000000") + `"`), nil
}

// An accountInfo is an account as REST shows it; only the id, unless more was asked for.
type accountInfo struct {
	ID       int     `json:"_account_id"`
	Name     string  `json:"name,omitempty"`
	Email    string  `json:"email,omitempty"`
	Username string  `json:"username,omitempty"`
	Tags     []Group `json:"tags,omitempty"`
}

// A changeInfo is a change as REST shows it.
type changeInfo struct {
	ID          string         `json:"id"`
	Triplet     string         `json:"triplet_id"`
	Project     string         `json:"project"`
	Branch      string         `json:"branch"`
	Topic       string         `json:"topic,omitempty"`
	Attention   map[string]any `json:"attention_set"`
	Hashtags    []string       `json:"hashtags"`
	Key         string         `json:"change_id"`
	Subject     string         `json:"subject"`
	Status      Status         `json:"status"`
	Created     stamp          `json:"created"`
	Updated     stamp          `json:"updated"`
	Submitted   *stamp         `json:"submitted,omitempty"`
	Submitter   *accountInfo   `json:"submitter,omitempty"`
	SubmitType  string         `json:"submit_type,omitempty"`
	Submittable *bool          `json:"submittable,omitempty"`
	Insertions  int            `json:"insertions"`
	Deletions   int            `json:"deletions"`
	Comments    int            `json:"total_comment_count"`
	Unresolved  int            `json:"unresolved_comment_count"`
	Started     bool           `json:"has_review_started"`
	Submission  string         `json:"submission_id,omitempty"`
	Meta        string         `json:"meta_rev_id"`
	Number      int            `json:"_number"`
	Virtual     int            `json:"virtual_id_number"`
	Owner       *accountInfo   `json:"owner"`
	WIP         bool           `json:"work_in_progress,omitempty"`
	Private     bool           `json:"is_private,omitempty"`

	Labels    map[string]*labelInfo     `json:"labels,omitzero"`
	Permitted map[string][]string       `json:"permitted_labels,omitzero"`
	Reviewers map[string][]*accountInfo `json:"reviewers,omitzero"`
	Messages  []messageInfo             `json:"messages,omitempty"`

	CurrentNumber int                      `json:"current_revision_number"`
	Current       string                   `json:"current_revision,omitempty"`
	Revisions     map[string]*revisionInfo `json:"revisions,omitempty"`
	Requirements  []map[string]any         `json:"submit_requirements,omitempty"`
	More          bool                     `json:"_more_changes,omitempty"`
}

type messageInfo struct {
	ID       string       `json:"id"`
	Tag      string       `json:"tag,omitempty"`
	Author   *accountInfo `json:"author"`
	Date     stamp        `json:"date"`
	Message  string       `json:"message"`
	Accounts []string     `json:"accounts_in_message"`
	Revision int          `json:"_revision_number"`
}

// options are the o= of a request.
type options []string

func optionsOf(q url.Values) options { return append(options(nil), q["o"]...) }

func (o options) has(names ...string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(o, n) })
}

func (s *Server) accountInfo(id int, detailed bool) *accountInfo {
	a := s.accounts[id]
	if a == nil || !detailed {
		return &accountInfo{ID: id}
	}
	out := &accountInfo{ID: a.ID, Name: a.Name, Email: a.Email, Username: a.Username}
	if a.In(CI) {
		out.Tags = []Group{"SERVICE_USER"}
	}
	return out
}

// changeInfo shows a change to somebody, with what the options ask for.
func (s *Server) changeInfo(c *Change, who *Account, o options) *changeInfo {
	detailed := o.has("DETAILED_ACCOUNTS")
	insertions, deletions := c.Current().sizes()
	out := &changeInfo{
		ID: escape(c.Project) + "~" + strconv.Itoa(c.Number), Triplet: escape(c.Project) + "~" + escape(c.Branch) + "~" + c.Key,
		Project: c.Project, Branch: c.Branch, Topic: c.Topic, Hashtags: append([]string{}, c.Hashtags...),
		Attention: map[string]any{}, Key: c.Key, Subject: c.Subject(), Status: c.Status, Created: stamp(c.Created),
		Updated: stamp(c.Updated), Insertions: insertions, Deletions: deletions, Started: !c.WIP, Meta: c.Meta, Number: c.Number,
		Virtual: c.Number, Owner: s.accountInfo(c.Owner, detailed), WIP: c.WIP, Private: c.Private, Comments: len(c.Comments),
		CurrentNumber: c.Current().Number,
	}
	for _, m := range c.Comments {
		if m.Unresolved {
			out.Unresolved++
		}
	}
	if c.Status == StatusMerged {
		at := stamp(c.Submitted)
		out.Submitted, out.Submitter = &at, s.accountInfo(c.Submitter, detailed)
		out.Submission = strconv.Itoa(c.Number)
	} else if o.has("SUBMITTABLE") {
		can := c.Status == StatusNew && !c.WIP && c.lacks() == ""
		out.Submittable = &can
	}
	if c.Status == StatusNew {
		out.SubmitType = "MERGE_IF_NECESSARY"
	}
	s.addLabels(out, c, who, o)
	if o.has("MESSAGES") {
		out.Messages = s.messageInfos(c, detailed)
	}
	s.addRevisions(out, c, o)
	return out
}

func (s *Server) messageInfos(c *Change, detailed bool) []messageInfo {
	out := []messageInfo{}
	for _, m := range c.Messages {
		out = append(out, messageInfo{
			ID: m.ID, Tag: m.Tag, Author: s.accountInfo(m.Author, detailed), Date: stamp(m.At), Message: m.Text, Revision: m.PatchSet,
			Accounts: []string{},
		})
	}
	return out
}

type commentInfo struct {
	PatchSet   int          `json:"patch_set"`
	ID         string       `json:"id"`
	Line       int          `json:"line,omitempty"`
	InReplyTo  string       `json:"in_reply_to,omitempty"`
	Message    string       `json:"message"`
	Updated    stamp        `json:"updated"`
	Author     *accountInfo `json:"author"`
	Unresolved bool         `json:"unresolved"`
	Tag        string       `json:"tag,omitempty"`
}

// commentInfos are what was said about files, of one patch set or (0) all, by path.
func (s *Server) commentInfos(c *Change, patchSet int) map[string][]commentInfo {
	out := map[string][]commentInfo{}
	for _, m := range c.Comments {
		if patchSet != 0 && m.PatchSet != patchSet {
			continue
		}
		out[m.Path] = append(out[m.Path], commentInfo{
			PatchSet: m.PatchSet, ID: m.ID, Line: m.Line, InReplyTo: m.InReplyTo, Message: m.Text, Updated: stamp(m.At),
			Author: s.accountInfo(m.Author, true), Unresolved: m.Unresolved, Tag: m.Tag,
		})
	}
	return out
}

type reviewerInfo struct {
	*accountInfo

	Approvals map[string]string `json:"approvals"`
}

func (s *Server) reviewerInfos(c *Change) []reviewerInfo {
	out := []reviewerInfo{}
	for _, id := range c.Reviewers {
		r := reviewerInfo{s.accountInfo(id, true), map[string]string{}}
		for _, l := range labels {
			r.Approvals[l.name] = signed(c.Vote(l.name, id))
		}
		out = append(out, r)
	}
	return out
}

// signed is a score as Gerrit writes it: "-1", " 0", "+1".
func signed(n int) string {
	switch {
	case n > 0:
		return "+" + strconv.Itoa(n)
	case n < 0:
		return strconv.Itoa(n)
	}
	return " 0"
}

// lines are how many lines a text has.
func lines(text string) int { return strings.Count(text, "\n") }
