package gerrit

import (
	"strconv"
	"strings"
)

// A reviewCommand is what "gerrit review" was told to do.
type reviewCommand struct {
	review   Review
	project  string
	branch   string
	after    []string // submit, abandon, restore, rebase
	patchSet []string
}

// review answers "gerrit review [--project p] [--message m] [--verified +1] [--label L=v] [--submit|…] {commit | change,patch set}…".
func (r *session) review(args []string) int {
	q, problem := parseReviewCommand(args)
	if problem != "" {
		return r.die("%s", problem)
	}
	person, err := r.s.Person(r.user)
	if err != nil {
		return r.die("%s", err)
	}
	ok := true
	for _, name := range q.patchSet {
		number, patchSet, problem := r.s.patchSetNamed(name, q.project, q.branch)
		if problem != "" {
			return r.die("%s", problem)
		}
		q.review.PatchSet = patchSet
		if err := person.reviewAnd(number, &q); err != nil {
			_, _ = r.channel.Stderr().Write([]byte("error: fatal: " + err.Error() + "\n"))
			ok = false
		}
	}
	if !ok {
		return r.die("one or more reviews failed; review output above")
	}
	return 0
}

// reviewAnd reviews, and does what else was asked for.
func (p *Person) reviewAnd(number int, q *reviewCommand) error {
	review, message := q.review, q.review.Message
	for _, act := range q.after {
		if act == "abandon" || act == "restore" {
			review.Message = ""
		}
	}
	if err := p.Review(number, review); err != nil {
		return err
	}
	for _, act := range q.after {
		var err error
		switch act {
		case "submit":
			err = p.Submit(number)
		case "abandon":
			err = p.Abandon(number, message)
		case "restore":
			err = p.Restore(number, message)
		case "rebase":
			err = p.Rebase(number)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func parseReviewCommand(args []string) (q reviewCommand, problem string) {
	q.review.Labels = map[string]int{}
	for i := 0; i < len(args); i++ {
		name, value, joined := strings.Cut(args[i], "=")
		if !strings.HasPrefix(name, "-") {
			q.patchSet = append(q.patchSet, args[i])
			continue
		}
		switch name {
		case "--submit", "-s", "--abandon", "--restore", "--rebase":
			q.after = append(q.after, strings.TrimPrefix(strings.Replace(name, "-s", "submit", 1), "--"))
			if name == "--submit" {
				q.after[len(q.after)-1] = "submit"
			}
			continue
		case "--":
			continue
		}
		if !joined {
			if i++; i == len(args) {
				return q, "Option \"" + name + "\" takes an operand"
			}
			value = args[i]
		}
		if problem = q.option(name, value); problem != "" {
			return q, problem
		}
	}
	if len(q.patchSet) == 0 {
		return q, "Argument \"{COMMIT | CHANGE,PATCHSET}\" is required"
	}
	return q, ""
}

// option takes an option with a value.
func (q *reviewCommand) option(name, value string) (problem string) {
	switch name {
	case "--project", "-p":
		q.project = value
	case "--branch", "-b":
		q.branch = value
	case "--message", "-m":
		q.review.Message = value
	case "--tag", "-t":
		q.review.Tag = value
	case "--notify", "-n":
	case "--label", "-l":
		label, score, _ := strings.Cut(value, "=")
		return q.score(label, score)
	default:
		for _, l := range labels {
			if name == "--"+strings.ToLower(l.name) {
				return q.score(l.name, value)
			}
		}
		return "\"" + name + "\" is not a valid option"
	}
	return ""
}

func (q *reviewCommand) score(label, text string) (problem string) {
	n, err := strconv.Atoi(text)
	if err != nil {
		return "\"" + text + "\" is not a valid value for \"--" + strings.ToLower(label) + "\""
	}
	q.review.Labels[label] = n
	return ""
}

// patchSetNamed finds what "4711,3" or a commit names.
func (s *Server) patchSetNamed(name, project, branch string) (number, patchSet int, problem string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if change, set, ok := strings.Cut(name, ","); ok {
		n, err := strconv.Atoi(change)
		m, err2 := strconv.Atoi(set)
		switch c := s.changes[n]; {
		case err != nil || err2 != nil:
			return 0, 0, "\"" + name + "\" is not a valid patch set"
		case c == nil || m < 1 || m > len(c.PatchSets):
			return 0, 0, "\"" + name + "\" no such patch set"
		default:
			return n, m, ""
		}
	}
	for _, n := range sortedKeys(s.changes) {
		c := s.changes[n]
		if (project != "" && c.Project != project) || (branch != "" && c.Branch != branch) {
			continue
		}
		for _, p := range c.PatchSets {
			if len(name) >= 4 && strings.HasPrefix(p.Revision, name) {
				return n, p.Number, ""
			}
		}
	}
	return 0, 0, "\"" + name + "\" no such patch set"
}
