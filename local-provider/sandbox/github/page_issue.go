package github

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// A post is something in a conversation: a comment, a review, or a comment at a line.
type post struct {
	At        time.Time
	User      string
	Avatar    int64
	Body      string
	About     string // "reviewed: APPROVED", "commented on main.go:3"
	Comment   int64  // zero for what cannot be changed
	Edited    string // by whom
	Reactions []reactions
	Bot       bool
}

// reactions are how many reacted with one thing.
type reactions struct {
	Content string
	Count   int
	Who     []string
}

// A check is a check run or a commit status in the box at the end of a pull request.
type check struct {
	Run                                  *CheckRun // nil for a status
	Name, Status, Conclusion, Text, Link string
}

// An issueView is what the page of an issue or pull request shows.
type issueView struct {
	Repo    *Repo
	Issue   *Issue
	Posts   []post
	Checks  []check
	Commits []*Commit
	Diff    []string
	State   string // "Open", "Closed", "Merged", "Draft"
	Able    bool   // can be merged
}

func (s *Server) issuePage(q *http.Request) *view {
	r := s.repoOf(q.PathValue("owner") + "/" + q.PathValue("repo"))
	if r == nil {
		return nil
	}
	i := s.issue(r, pathNumber(q, "number"))
	if i == nil {
		return nil
	}
	out := issueView{Repo: r, Issue: i, State: stateOf(i)}
	first := s.newPost(i.User, i.Body, i.Made)
	first.Reactions = s.tally(issueKey(i.Repo, i.Number))
	out.Posts = append([]post{first}, s.postsOf(i)...)
	if i.Pull != nil {
		out.Checks, out.Diff = s.checksOf(i), patches(s.changes(i.Pull.Commits))
		out.Able = i.Closed == nil && !i.Pull.Draft && !i.Pull.Conflict
		for _, sha := range i.Pull.Commits {
			if c := s.commits.get(sha); c != nil {
				out.Commits = append(out.Commits, c)
			}
		}
	}
	return &view{name: "issue.html", Title: i.Title + " · " + i.Repo + "#" + strconv.Itoa(i.Number), Data: out}
}

func stateOf(i *Issue) string {
	switch {
	case i.Pull != nil && i.Pull.Merged != nil:
		return "Merged"
	case i.Closed != nil:
		return "Closed"
	case i.Pull != nil && i.Pull.Draft:
		return "Draft"
	}
	return "Open"
}

func (s *Server) newPost(user, body string, at time.Time) post {
	p := post{At: at, User: user, Body: body}
	if a := s.account(user); a != nil {
		p.Avatar, p.Bot = a.ID, a.Type == "Bot"
	}
	return p
}

// postsOf is the conversation of an issue, in the order of time.
func (s *Server) postsOf(i *Issue) []post {
	var out []post
	for _, c := range append(s.commentsOf(i), s.notesOf(i)...) {
		p := s.newPost(c.User, c.Body, c.Made)
		p.Comment, p.Edited, p.Reactions = c.ID, c.Editor, s.tally("comment/"+strconv.FormatInt(c.ID, 10))
		if c.Path != "" {
			p.About = "commented on " + c.Path + ":" + strconv.Itoa(c.Line)
		}
		out = append(out, p)
	}
	for _, v := range s.reviewsOf(i) {
		if v.State != "COMMENTED" || v.Body != "" {
			p := s.newPost(v.User, v.Body, v.At)
			p.About = map[string]string{"APPROVED": "approved this", "CHANGES_REQUESTED": "asked for changes", "COMMENTED": "reviewed"}[v.State]
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b post) int { return a.At.Compare(b.At) })
	return out
}

func (s *Server) tally(subject string) []reactions {
	var out []reactions
	for _, content := range contents {
		n := reactions{Content: content}
		for _, v := range s.reactionsTo(subject) {
			if v.Content == content {
				n.Count, n.Who = n.Count+1, append(n.Who, v.User)
			}
		}
		if n.Count > 0 {
			out = append(out, n)
		}
	}
	return out
}

// checksOf are the newest check runs and statuses of a pull request's head.
func (s *Server) checksOf(i *Issue) []check {
	var out []check
	seen := map[string]bool{}
	for _, c := range s.runsOf(i.Repo, i.Pull.HeadSHA) {
		if !seen[c.Name] {
			seen[c.Name] = true
			out = append(out, check{Run: c, Name: c.Name, Status: c.Status, Conclusion: c.Conclusion, Text: c.Title, Link: c.DetailsURL})
		}
	}
	for _, v := range latest(s.statusesOf(i.Repo, i.Pull.HeadSHA)) {
		out = append(out, check{Name: v.Context, Status: v.State, Conclusion: v.State, Text: v.Description, Link: v.TargetURL})
	}
	return out
}
