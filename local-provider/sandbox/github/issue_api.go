package github

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// Where the bodies of issues and comments end.
const longestBody = 65536

var issueScopes = []string{"issues", "pull_requests"}

func (s *Server) issueRoutes() {
	const issues = "/repos/{owner}/{repo}/issues"
	s.route("GET "+issues, reads(issueScopes...), s.listIssues)
	s.route("POST "+issues, writes(read, "issues"), s.createIssue)
	s.route("GET "+issues+"/{number}", reads(issueScopes...), s.issueRoute(s.getIssue))
	s.route("PATCH "+issues+"/{number}", writes(read, issueScopes...), s.issueRoute(s.updateIssue))
	s.route("GET "+issues+"/{number}/labels", reads(issueScopes...), s.issueRoute(s.listLabels))
	s.route("POST "+issues+"/{number}/labels", writes(triage, issueScopes...), s.issueRoute(s.addLabels))
	s.route("PUT "+issues+"/{number}/labels", writes(triage, issueScopes...), s.issueRoute(s.setLabels))
	s.route("DELETE "+issues+"/{number}/labels/{name}", writes(triage, issueScopes...), s.issueRoute(s.removeLabel))
	s.route("PUT "+issues+"/{number}/lock", writes(write, issueScopes...), s.issueRoute(s.lockIssue))
	s.route("DELETE "+issues+"/{number}/lock", writes(write, issueScopes...), s.issueRoute(s.unlockIssue))
	s.route("GET /repos/{owner}/{repo}/labels", reads(issueScopes...), func(r *request) answer {
		return paged(r, r.repo.Labels, func(l Label) object { return s.showLabel(r.repo, l.Name) })
	})
}

// issueRoute finds the path's issue or pull request.
func (s *Server) issueRoute(do func(*request, *Issue) answer) handler {
	return func(r *request) answer {
		i := s.issue(r.repo, r.number("number"))
		if i == nil {
			return notFound()
		}
		return do(r, i)
	}
}

func (s *Server) getIssue(r *request, i *Issue) answer {
	out := s.showIssue(r.repo, i)
	out["closed_by"] = s.someone(i.ClosedBy)
	return ok(out)
}

func (s *Server) listIssues(r *request) answer {
	query := r.URL.Query()
	state := cmp.Or(query.Get("state"), "open")
	all := s.issuesOf(r.repo.FullName(), func(i *Issue) bool {
		if state != "all" && i.State() != state {
			return false
		}
		for _, label := range strings.FieldsFunc(query.Get("labels"), func(c rune) bool { return c == ',' }) {
			if !slices.Contains(i.Labels, label) {
				return false
			}
		}
		creator := query.Get("creator")
		return creator == "" || strings.EqualFold(creator, i.User)
	})
	order(all, query.Get("sort"), cmp.Or(query.Get("direction"), "desc"))
	return paged(r, all, func(i *Issue) object { return s.showIssue(r.repo, i) })
}

func (s *Server) createIssue(r *request) answer {
	var in struct {
		Title, Body string
		Labels      []string
	}
	if bad := r.decode(&in); bad != nil {
		return *bad
	}
	if in.Title == "" {
		return invalid(flaw{Resource: "Issue", Code: "missing_field", Field: "title"})
	}
	i := s.openIssue(r.repo, r.who.user.Login, in.Title, in.Body)
	return reply(http.StatusCreated, s.showIssue(r.repo, i)).with("Location", s.issueURL(r.repo, i.Number))
}

// openIssue makes an issue.
func (s *Server) openIssue(r *Repo, who, title, body string) *Issue {
	r.LastNumber++
	s.repos.put(strings.ToLower(r.FullName()), r)
	i := &Issue{ID: s.newID(), Repo: r.FullName(), Number: r.LastNumber, Title: title, Body: body, User: who, Made: s.now()}
	s.saveIssue(i)
	s.issueOrPull(r, i, "opened", who, nil)
	return i
}

func (s *Server) updateIssue(r *request, i *Issue) answer {
	var in struct {
		Title, Body, State *string
		Reason             string `json:"state_reason"`
		Labels             *[]string
		Assignees          *[]string
	}
	if bad := r.decode(&in); bad != nil {
		return *bad
	}
	if bad := s.mayChange(r, i); bad != nil {
		return *bad
	}
	if in.State != nil && *in.State != "open" && *in.State != "closed" {
		return invalid(flaw{Resource: "Issue", Field: "state", Code: "invalid"})
	}
	who := r.who.user.Login
	s.retitle(r.repo, i, in.Title, in.Body, who)
	if in.Labels != nil {
		s.label(r.repo, i, *in.Labels, who)
	}
	if in.Assignees != nil {
		i.Assigned = *in.Assignees
		s.saveIssue(i)
	}
	if in.State != nil {
		s.setOpen(r.repo, i, *in.State == "open", cmp.Or(in.Reason, "completed"), who)
	}
	return s.getIssue(r, i)
}

// retitle changes title and body where they are given and differ.
func (s *Server) retitle(r *Repo, i *Issue, title, body *string, who string) {
	changes := object{}
	if title != nil && *title != i.Title {
		changes["title"] = object{"from": i.Title}
		i.Title = *title
	}
	if body != nil && *body != i.Body {
		changes["body"] = object{"from": i.Body}
		i.Body = *body
	}
	if len(changes) == 0 {
		return
	}
	s.saveIssue(i)
	s.issueOrPull(r, i, "edited", who, object{"changes": changes})
}

// label gives an issue these labels and no others. A label that the repository does not have yet is made.
func (s *Server) label(r *Repo, i *Issue, names []string, who string) {
	before := i.Labels
	for _, name := range before {
		if !slices.Contains(names, name) {
			i.Labels = slices.DeleteFunc(slices.Clone(i.Labels), func(n string) bool { return n == name })
			s.saveIssue(i)
			s.issueOrPull(r, i, "unlabeled", who, object{"label": s.showLabel(r, name)})
		}
	}
	for _, name := range names {
		if name == "" || slices.Contains(i.Labels, name) {
			continue
		}
		s.knowLabel(r, name, who)
		i.Labels = append(slices.Clone(i.Labels), name)
		s.saveIssue(i)
		s.issueOrPull(r, i, "labeled", who, object{"label": s.showLabel(r, name)})
	}
}

func (s *Server) knowLabel(r *Repo, name, who string) {
	if slices.ContainsFunc(r.Labels, func(l Label) bool { return strings.EqualFold(l.Name, name) }) {
		return
	}
	r.Labels = append(r.Labels, Label{ID: s.newID(), Name: name, Color: "ededed"})
	s.repos.put(strings.ToLower(r.FullName()), r)
	s.happened(happening{event: "label", action: "created", repo: r, sender: who, body: object{"label": s.showLabel(r, name)}})
}

func (s *Server) listLabels(r *request, i *Issue) answer {
	return paged(r, i.Labels, func(name string) object { return s.showLabel(r.repo, name) })
}

// labelsOf reads labels, which come as a list or in an object.
func labelsOf(r *request) (names []string, bad *answer) {
	var in struct{ Labels []string }
	if len(r.body) > 0 && r.body[0] == '[' {
		bad = r.decode(&in.Labels)
	} else {
		bad = r.decode(&in)
	}
	return in.Labels, bad
}

func (s *Server) addLabels(r *request, i *Issue) answer {
	names, bad := labelsOf(r)
	if bad != nil {
		return *bad
	}
	s.label(r.repo, i, append(slices.Clone(i.Labels), names...), r.who.user.Login)
	return ok(s.showLabels(r.repo, i.Labels))
}

func (s *Server) setLabels(r *request, i *Issue) answer {
	names, bad := labelsOf(r)
	if bad != nil {
		return *bad
	}
	s.label(r.repo, i, names, r.who.user.Login)
	return ok(s.showLabels(r.repo, i.Labels))
}

func (s *Server) removeLabel(r *request, i *Issue) answer {
	name := r.PathValue("name")
	if !slices.Contains(i.Labels, name) {
		return refuse(http.StatusNotFound, "Label does not exist")
	}
	s.label(r.repo, i, slices.DeleteFunc(slices.Clone(i.Labels), func(n string) bool { return n == name }), r.who.user.Login)
	return ok(s.showLabels(r.repo, i.Labels))
}

func (s *Server) lockIssue(r *request, i *Issue) answer {
	var in struct {
		Reason string `json:"lock_reason"`
	}
	if bad := r.decode(&in); bad != nil {
		return *bad
	}
	if !slices.Contains([]string{"", "off-topic", "too heated", "resolved", "spam"}, in.Reason) {
		return invalid(flaw{Resource: "Issue", Field: "lock_reason", Code: "invalid"})
	}
	i.Locked, i.LockedAs = true, in.Reason
	s.saveIssue(i)
	s.issueOrPull(r.repo, i, "locked", r.who.user.Login, nil)
	return nothing
}

func (s *Server) unlockIssue(r *request, i *Issue) answer {
	i.Locked, i.LockedAs = false, ""
	s.saveIssue(i)
	s.issueOrPull(r.repo, i, "unlocked", r.who.user.Login, nil)
	return nothing
}
