package github

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"
)

func (s *Server) statusRoutes() {
	const repo = "/repos/{owner}/{repo}"
	s.route("POST "+repo+"/statuses/{sha}", writes(write, "statuses"), s.createStatus)
	s.route("GET "+repo+"/commits/{ref}/statuses", reads("statuses"), s.listStatuses)
	s.route("GET "+repo+"/commits/{ref}/status", reads("statuses"), s.combinedStatus)
}

// statusesOf are the statuses of a commit, the newest first.
func (s *Server) statusesOf(repo, sha string) []*Status {
	all := s.statuses.pick(func(v *Status) int64 { return v.ID }, func(v *Status) bool { return v.Repo == repo && v.SHA == sha })
	slices.Reverse(all)
	return all
}

// latest are the newest of each context.
func latest(all []*Status) []*Status {
	var out []*Status
	for _, v := range all {
		if !slices.ContainsFunc(out, func(o *Status) bool { return strings.EqualFold(o.Context, v.Context) }) {
			out = append(out, v)
		}
	}
	return out
}

// combined is what all statuses say together, as GitHub counts.
func combined(all []*Status) string {
	state := "success"
	if len(all) == 0 {
		state = "pending"
	}
	for _, v := range latest(all) {
		switch v.State {
		case "error", "failure":
			return "failure"
		case "pending":
			state = "pending"
		}
	}
	return state
}

func (s *Server) showStatus(r *Repo, v *Status) object {
	user := s.showLogin(v.User)
	return object{
		"url": s.repoURL(r) + "/statuses/" + v.SHA, "avatar_url": user["avatar_url"], "id": v.ID, "node_id": nodeID("SC", v.ID),
		"state": v.State, "description": orNull(v.Description), "target_url": orNull(v.TargetURL), "context": v.Context,
		"created_at": stamp(v.At), "updated_at": stamp(v.At), "creator": user,
	}
}

// mostStatuses is how many statuses of one context a commit may have.
const mostStatuses = 1000

func (s *Server) createStatus(r *request) answer {
	var in struct {
		State, Description, Context string
		TargetURL                   string `json:"target_url"`
	}
	if bad := r.decode(&in); bad != nil {
		return *bad
	}
	c := s.resolve(r.repo, r.PathValue("sha"))
	switch {
	case c == nil:
		return noCommit(r.PathValue("sha"))
	case !slices.Contains([]string{"error", "failure", "pending", "success"}, in.State):
		return invalid(flaw{Resource: "Status", Field: "state", Code: "custom", Message: "State is not included in the list"})
	case len([]rune(in.Description)) > 140:
		return invalid(flaw{Resource: "Status", Field: "description", Code: "custom", Message: "description is too long (maximum is 140 characters)"})
	case in.TargetURL != "" && !strings.HasPrefix(in.TargetURL, "http://") && !strings.HasPrefix(in.TargetURL, "https://"):
		return invalid(flaw{Resource: "Status", Field: "target_url", Code: "custom", Message: "Target url must use http(s) scheme"})
	case len(s.statusesOf(r.repo.FullName(), c.SHA)) >= mostStatuses:
		return invalid(flaw{Resource: "Status", Code: "custom", Message: "This SHA and context has reached the maximum number of statuses."})
	}
	v := &Status{
		ID: s.newID(), Repo: r.repo.FullName(), SHA: c.SHA, State: in.State, Context: cmp.Or(in.Context, "default"),
		Description: in.Description, TargetURL: in.TargetURL, User: r.who.user.Login, At: s.now(),
	}
	s.statuses.number(v.ID, v)
	s.statusHappened(r.repo, c, v)
	return reply(http.StatusCreated, s.showStatus(r.repo, v))
}

func (s *Server) statusHappened(r *Repo, c *Commit, v *Status) {
	at := v.At.UTC().Format(time.RFC3339)
	heads := []object{}
	for ref, sha := range r.Refs {
		if name, is := strings.CutPrefix(ref, branches); is && sha == c.SHA {
			heads = append(heads, s.showBranch(r, name))
		}
	}
	s.happened(happening{event: "status", repo: r, sender: v.User, body: object{
		"id": v.ID, "sha": v.SHA, "name": r.FullName(), "target_url": orNull(v.TargetURL), "context": v.Context,
		"description": orNull(v.Description), "state": v.State, "commit": s.showCommit(r, c, false), "branches": heads,
		"created_at": at, "updated_at": at, "avatar_url": s.showLogin(v.User)["avatar_url"],
	}})
}

func (s *Server) listStatuses(r *request) answer {
	c := s.resolve(r.repo, r.PathValue("ref"))
	if c == nil {
		return notFound()
	}
	return paged(r, s.statusesOf(r.repo.FullName(), c.SHA), func(v *Status) object { return s.showStatus(r.repo, v) })
}

func (s *Server) combinedStatus(r *request) answer {
	c := s.resolve(r.repo, r.PathValue("ref"))
	if c == nil {
		return notFound()
	}
	all := s.statusesOf(r.repo.FullName(), c.SHA)
	list := []object{}
	for _, v := range latest(all) {
		list = append(list, s.showStatus(r.repo, v))
	}
	url := s.repoURL(r.repo) + "/commits/" + c.SHA
	return ok(object{
		"state": combined(all), "statuses": list, "sha": c.SHA, "total_count": len(list), "repository": s.showRepo(r.repo),
		"commit_url": url, "url": url + "/status",
	})
}
