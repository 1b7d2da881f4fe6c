package github

import (
	"net/http"
	"slices"
	"strconv"
)

// contents are the reactions that there are.
var contents = []string{"+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"}

func (s *Server) reactionRoutes() {
	const repo = "/repos/{owner}/{repo}"
	s.reactionsAt(repo+"/issues/{number}/reactions", func(r *request) string {
		if i := s.issue(r.repo, r.number("number")); i != nil {
			return issueKey(i.Repo, i.Number)
		}
		return ""
	})
	for path, note := range map[string]bool{"/issues/comments/{id}/reactions": false, "/pulls/comments/{id}/reactions": true} {
		s.reactionsAt(repo+path, func(r *request) string {
			c := s.comments.byID(r.number("id"))
			if c == nil || c.Repo != r.repo.FullName() || (c.Path != "") != note {
				return ""
			}
			return "comment/" + strconv.FormatInt(c.ID, 10)
		})
	}
}

// reactionsAt adds the routes of the reactions to what subject finds; empty for what is not there.
func (s *Server) reactionsAt(path string, subject func(*request) string) {
	found := func(do func(r *request, subject string) answer) handler {
		return func(r *request) answer {
			if at := subject(r); at != "" {
				return do(r, at)
			}
			return notFound()
		}
	}
	s.route("GET "+path, reads(issueScopes...), found(s.listReactions))
	s.route("POST "+path, writes(read, issueScopes...), found(s.createReaction))
	s.route("DELETE "+path+"/{reaction}", writes(read, issueScopes...), found(s.deleteReaction))
}

// reactionsTo are the reactions to something, the oldest first.
func (s *Server) reactionsTo(subject string) []*Reaction {
	return s.reactions.pick(func(v *Reaction) int64 { return v.ID }, func(v *Reaction) bool { return v.Subject == subject })
}

func (s *Server) showReaction(v *Reaction) object {
	return object{
		"id": v.ID, "node_id": nodeID("REA", v.ID), "user": s.showLogin(v.User), "content": v.Content, "created_at": stamp(v.At),
	}
}

// showRollup is how many reactions of each kind there are.
func (s *Server) showRollup(subject, url string) object {
	out := object{"url": url + "/reactions"}
	for _, c := range contents {
		out[c] = 0
	}
	all := s.reactionsTo(subject)
	for _, v := range all {
		n, _ := out[v.Content].(int)
		out[v.Content] = n + 1
	}
	out["total_count"] = len(all)
	return out
}

func (s *Server) listReactions(r *request, subject string) answer {
	content := r.URL.Query().Get("content")
	var all []*Reaction
	for _, v := range s.reactionsTo(subject) {
		if content == "" || v.Content == content {
			all = append(all, v)
		}
	}
	return paged(r, all, s.showReaction)
}

func (s *Server) createReaction(r *request, subject string) answer {
	var in struct{ Content string }
	if bad := r.decode(&in); bad != nil {
		return *bad
	}
	if !slices.Contains(contents, in.Content) {
		return invalid(flaw{Resource: "Reaction", Field: "content", Code: "invalid"})
	}
	v, fresh := s.react(subject, r.who.user.Login, in.Content)
	if fresh {
		return reply(http.StatusCreated, s.showReaction(v))
	}
	return ok(s.showReaction(v))
}

// react adds a reaction, unless it is there: one person reacts once with one thing.
func (s *Server) react(subject, who, content string) (v *Reaction, fresh bool) {
	for _, v := range s.reactionsTo(subject) {
		if v.User == who && v.Content == content {
			return v, false
		}
	}
	v = &Reaction{ID: s.newID(), Subject: subject, User: who, Content: content, At: s.now()}
	s.reactions.number(v.ID, v)
	return v, true
}

func (s *Server) deleteReaction(r *request, subject string) answer {
	id := r.PathValue("reaction")
	v := s.reactions.get(id)
	if v == nil || v.Subject != subject || v.User != r.who.user.Login {
		return notFound()
	}
	s.reactions.drop(id)
	return nothing
}
