package github

import (
	"net/http"
	"time"
)

func (s *Server) commentRoutes() {
	const issues = "/repos/{owner}/{repo}/issues"
	s.route("GET "+issues+"/{number}/comments", reads(issueScopes...), s.issueRoute(s.listComments))
	s.route("POST "+issues+"/{number}/comments", writes(read, issueScopes...), s.issueRoute(s.createComment))
	s.route("GET "+issues+"/comments", reads(issueScopes...), s.repoComments)
	s.route("GET "+issues+"/comments/{id}", reads(issueScopes...), s.commentRoute(false, func(r *request, c *Comment) answer {
		return ok(s.showComment(r.repo, c))
	}))
	s.route("PATCH "+issues+"/comments/{id}", writes(read, issueScopes...), s.commentRoute(false, s.editComment))
	s.route("DELETE "+issues+"/comments/{id}", writes(read, issueScopes...), s.commentRoute(false, s.deleteComment))
}

// commentRoute finds the path's comment: one at an issue, or one at a line of a change.
func (s *Server) commentRoute(note bool, do func(*request, *Comment) answer) handler {
	return func(r *request) answer {
		c := s.comments.byID(r.number("id"))
		if c == nil || c.Repo != r.repo.FullName() || (c.Path != "") != note {
			return notFound()
		}
		return do(r, c)
	}
}

// sinceParameter is from when on changes are asked for.
func sinceParameter(r *request) time.Time {
	at, err := time.Parse(time.RFC3339, r.URL.Query().Get("since"))
	if err != nil {
		return time.Time{}
	}
	return at
}

func (s *Server) listComments(r *request, i *Issue) answer {
	since := sinceParameter(r)
	var all []*Comment
	for _, c := range s.commentsOf(i) {
		if !c.Updated.Before(since) {
			all = append(all, c)
		}
	}
	return paged(r, all, func(c *Comment) object { return s.showComment(r.repo, c) })
}

func (s *Server) repoComments(r *request) answer {
	since := sinceParameter(r)
	all := s.comments.pick(commentID, func(c *Comment) bool {
		return c.Repo == r.repo.FullName() && c.Path == "" && !c.Updated.Before(since)
	})
	return paged(r, all, func(c *Comment) object { return s.showComment(r.repo, c) })
}

// bodyOf reads a request that has nothing but a body.
func bodyOf(r *request) (string, *answer) {
	var in struct{ Body string }
	bad := r.decode(&in)
	return in.Body, bad
}

func (s *Server) createComment(r *request, i *Issue) answer {
	body, bad := bodyOf(r)
	if bad != nil {
		return *bad
	}
	c, bad := s.comment(r.repo, i, r.who, body)
	if bad != nil {
		return *bad
	}
	out := s.showComment(r.repo, c)
	url, _ := out["url"].(string)
	return reply(http.StatusCreated, out).with("Location", url)
}

func (s *Server) editComment(r *request, c *Comment) answer {
	body, bad := bodyOf(r)
	if bad == nil {
		bad = s.edit(r.repo, c, r.who, body)
	}
	if bad != nil {
		return *bad
	}
	if c.Path != "" {
		return ok(s.showReviewComment(r.repo, c))
	}
	return ok(s.showComment(r.repo, c))
}

func (s *Server) deleteComment(r *request, c *Comment) answer {
	if bad := s.erase(r.repo, c, r.who); bad != nil {
		return *bad
	}
	return nothing
}
