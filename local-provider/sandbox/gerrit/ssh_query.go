package gerrit

import (
	"slices"
	"strconv"
	"strings"
)

// A queryCommand is what "gerrit query" was told to show.
type queryCommand struct {
	start   int
	limit   int
	options []string
	text    string
}

// query answers "gerrit query --format=JSON …": one change a line, and a line of statistics.
func (r *session) query(args []string) int {
	q, problem := parseQueryCommand(args)
	if problem != "" {
		return r.die("%s", problem)
	}
	var out strings.Builder
	var failed error
	r.s.do(func() {
		before := r.s.clock.Now()
		found, more, err := r.s.search(r.s.account(r.user), q.text, q.start, q.limit)
		if failed = err; err != nil {
			return
		}
		for _, c := range found {
			out.Write(append(gson(r.s.queryAttr(c, &q)), '\n'))
		}
		out.Write(append(gson(struct {
			Type    string `json:"type"`
			Rows    int    `json:"rowCount"`
			Took    int64  `json:"runTimeMilliseconds"`
			HasMore bool   `json:"moreChanges"`
		}{"stats", len(found), r.s.clock.Now().Sub(before).Milliseconds(), more}), '\n'))
	})
	if failed != nil { // which Gerrit tells as a line of its answer
		r.print(string(gson(map[string]string{"type": "error", "message": failed.Error()})) + "\n")
		return 0
	}
	r.print(out.String())
	return 0
}

func parseQueryCommand(args []string) (q queryCommand, problem string) {
	var words []string
	for i := 0; i < len(args); i++ {
		name, value, joined := strings.Cut(args[i], "=")
		if !strings.HasPrefix(name, "--") && name != "-S" {
			words = append(words, args[i])
			continue
		}
		switch name {
		case "--format", "--start", "-S":
			if !joined {
				if i++; i == len(args) {
					return q, "Option \"" + name + "\" takes an operand"
				}
				value = args[i]
			}
			if name == "--format" {
				if !strings.EqualFold(value, "JSON") {
					return q, "the sandbox's Gerrit answers JSON only: --format=JSON"
				}
				continue
			}
			n, err := strconv.Atoi(value)
			if err != nil {
				return q, "\"" + value + "\" is not a valid value for \"" + name + "\""
			}
			q.start = n
		case "--current-patch-set", "--patch-sets", "--all-approvals", "--files", "--comments", "--commit-message", "--all-reviewers",
			"--dependencies", "--submit-records", "--no-limit":
			q.options = append(q.options, name)
		case "--":
		default:
			return q, "\"" + args[i] + "\" is not a valid option"
		}
	}
	if len(words) == 0 {
		return q, "Argument \"QUERY\" is required"
	}
	for i, w := range words { // what the shell's quotes held together stays together
		if name, value, ok := strings.Cut(w, ":"); ok && strings.Contains(value, " ") && !strings.ContainsAny(value, `"{:`) {
			words[i] = name + ":{" + value + "}"
		}
	}
	q.text = strings.Join(words, " ")
	return q, ""
}

// queryAttr is a change as a query shows it.
func (s *Server) queryAttr(c *Change, q *queryCommand) *changeAttr {
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(q.options, n) })
	}
	out := s.changeAttr(c)
	open := c.Status == StatusNew
	out.LastUpdated, out.Open = c.Updated.Unix(), &open
	if has("--all-reviewers") {
		for _, id := range slices.Concat(c.Reviewers, c.CC) {
			out.AllReviewers = append(out.AllReviewers, s.accountAttr(id))
		}
	}
	if has("--comments") {
		for _, m := range c.Messages {
			out.Comments = append(out.Comments, messageAttr{m.At.Unix(), s.accountAttr(m.Author), m.Text})
		}
	}
	patchSet := func(p *PatchSet) *patchSetAttr {
		a := s.patchSetAttr(c, p)
		if p == c.Current() {
			a.Approvals = s.grantedApprovals(c)
		}
		if has("--files") {
			a.Files = fileAttrs(p)
		}
		return a
	}
	if has("--current-patch-set") {
		out.CurrentPatchSet = patchSet(c.Current())
	}
	if has("--patch-sets", "--all-approvals") {
		for i := range c.PatchSets {
			out.PatchSets = append(out.PatchSets, patchSet(&c.PatchSets[i]))
		}
	}
	return out
}

func (s *Server) grantedApprovals(c *Change) []approval {
	var out []approval
	for _, v := range c.Votes {
		out = append(out, approval{
			Type: v.Label, Description: v.Label, Value: strconv.Itoa(v.Value), GrantedOn: v.At.Unix(), By: s.accountAttr(v.Account),
		})
	}
	return out
}

func fileAttrs(p *PatchSet) []fileAttr {
	out := []fileAttr{{File: "/COMMIT_MSG", Type: "ADDED", Insertions: strings.Count(p.Message, "\n") + 6}}
	for _, f := range p.Files {
		kind := map[string]string{"A": "ADDED", "D": "DELETED", "R": "RENAMED"}[f.Status]
		if kind == "" {
			kind = "MODIFIED"
		}
		out = append(out, fileAttr{File: f.Path, FileOld: f.Old, Type: kind, Insertions: f.Insertions, Deletions: -f.Deletions})
	}
	return out
}
