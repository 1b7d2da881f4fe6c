package gerrit

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Status is where a change is in its life.
type Status string

// The states of a change.
const (
	StatusNew       Status = "NEW"
	StatusMerged    Status = "MERGED"
	StatusAbandoned Status = "ABANDONED"
)

// A Change is one change with all that was said and done about it.
type Change struct {
	Number    int        `json:"number"`
	Key       string     `json:"key"` // the Change-Id
	Project   string     `json:"project"`
	Branch    string     `json:"branch"`
	Topic     string     `json:"topic,omitempty"`
	Hashtags  []string   `json:"hashtags,omitempty"`
	Owner     int        `json:"owner"`
	Status    Status     `json:"status"`
	WIP       bool       `json:"wip,omitempty"`
	Private   bool       `json:"private,omitempty"`
	Created   time.Time  `json:"created"`
	Updated   time.Time  `json:"updated"`
	Submitted time.Time  `json:"submitted,omitzero"`
	Submitter int        `json:"submitter,omitempty"`
	NewRev    string     `json:"newRev,omitempty"` // what the branch became by it
	Meta      string     `json:"meta"`             // commit of refs/changes/…/meta, another with each update
	PatchSets []PatchSet `json:"patchSets"`
	Votes     []Vote     `json:"votes,omitempty"` // on the current patch set
	Messages  []Message  `json:"messages,omitempty"`
	Comments  []Comment  `json:"comments,omitempty"`
	Reviewers []int      `json:"reviewers,omitempty"`
	CC        []int      `json:"cc,omitempty"`
}

// A PatchSet is one version of a change.
type PatchSet struct {
	Number   int       `json:"number"`
	Revision string    `json:"revision"`
	Parent   string    `json:"parent"`
	Uploader int       `json:"uploader"`
	Created  time.Time `json:"created"`
	Message  string    `json:"message"` // of the commit, with the Change-Id
	Kind     string    `json:"kind"`    // REWORK, TRIVIAL_REBASE, NO_CODE_CHANGE, NO_CHANGE
	Files    []File    `json:"files"`
}

// A File is what a patch set does to a file.
type File struct {
	Path       string `json:"path"`
	Old        string `json:"old,omitempty"`    // its name before, when it was renamed
	Status     string `json:"status,omitempty"` // A, D, R, or nothing for modified
	Insertions int    `json:"insertions,omitempty"`
	Deletions  int    `json:"deletions,omitempty"`
}

// A Vote is a score that somebody gave.
type Vote struct {
	Label   string    `json:"label"`
	Account int       `json:"account"`
	Value   int       `json:"value"`
	At      time.Time `json:"at"`
	Tag     string    `json:"tag,omitempty"`
}

// A Message is a line in the log of a change.
type Message struct {
	ID       string    `json:"id"`
	Author   int       `json:"author"`
	At       time.Time `json:"at"`
	PatchSet int       `json:"patchSet"`
	Text     string    `json:"text"`
	Tag      string    `json:"tag,omitempty"`
}

// A Comment is what was said about a file.
type Comment struct {
	ID         string    `json:"id"`
	Path       string    `json:"path"`
	Line       int       `json:"line,omitempty"`
	PatchSet   int       `json:"patchSet"`
	Author     int       `json:"author"`
	At         time.Time `json:"at"`
	Text       string    `json:"text"`
	Unresolved bool      `json:"unresolved,omitempty"`
	InReplyTo  string    `json:"inReplyTo,omitempty"`
	Tag        string    `json:"tag,omitempty"`
}

// patchSetLevel is the path of comments on a patch set as a whole.
const patchSetLevel = "/PATCHSET_LEVEL"

// Current is the newest patch set.
func (c *Change) Current() *PatchSet { return &c.PatchSets[len(c.PatchSets)-1] }

// Subject is the first line of the newest commit message.
func (c *Change) Subject() string {
	subject, _, _ := strings.Cut(c.Current().Message, "\n")
	return subject
}

// Vote is what an account gave for a label, 0 when nothing.
func (c *Change) Vote(label string, account int) int {
	for _, v := range c.Votes {
		if v.Label == label && v.Account == account {
			return v.Value
		}
	}
	return 0
}

// ref is where a patch set, or the change's "meta", can be fetched.
func (c *Change) ref(of string) string {
	return fmt.Sprintf("refs/changes/%02d/%d/%s", c.Number%100, c.Number, of)
}

// sizes are the lines that a patch set adds and takes.
func (p *PatchSet) sizes() (insertions, deletions int) {
	for _, f := range p.Files {
		insertions += f.Insertions
		deletions += f.Deletions
	}
	return insertions, deletions
}

// sees says whether somebody may see a change; nil is who is not logged in.
func (s *Server) sees(a *Account, c *Change) bool {
	if !a.reads(s.projects[c.Project]) {
		return false
	}
	if !c.Private || a.In(Administrators) {
		return true
	}
	return a != nil && (c.Owner == a.ID || slices.Contains(c.Reviewers, a.ID) || slices.Contains(c.CC, a.ID))
}

// copy is a change that shares nothing with its original.
func (c *Change) copy() Change {
	out := *c
	out.Hashtags, out.PatchSets, out.Votes = slices.Clone(c.Hashtags), slices.Clone(c.PatchSets), slices.Clone(c.Votes)
	out.Messages, out.Comments = slices.Clone(c.Messages), slices.Clone(c.Comments)
	out.Reviewers, out.CC = slices.Clone(c.Reviewers), slices.Clone(c.CC)
	return out
}

// Change is a change as it is now; false when there is none of this number.
func (s *Server) Change(number int) (Change, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.changes[number]; c != nil {
		return c.copy(), true
	}
	return Change{}, false
}

// Changes are all changes, by number.
func (s *Server) Changes() []Change {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Change
	for _, n := range sortedKeys(s.changes) {
		out = append(out, s.changes[n].copy())
	}
	return out
}
