package github

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

func (s *Server) reviewRoutes() {
	const pulls = "/repos/{owner}/{repo}/pulls"
	s.route("GET "+pulls+"/{number}/reviews", reads("pull_requests"), s.pullRoute(s.listReviews))
	s.route("POST "+pulls+"/{number}/reviews", writes(read, "pull_requests"), s.pullRoute(s.createReview))
	s.route("GET "+pulls+"/{number}/reviews/{id}", reads("pull_requests"), s.pullRoute(s.getReview))
	s.route("GET "+pulls+"/{number}/comments", reads("pull_requests"), s.pullRoute(s.listNotes))
	s.route("POST "+pulls+"/{number}/comments", writes(read, "pull_requests"), s.pullRoute(s.createNote))
	s.route("POST "+pulls+"/{number}/comments/{id}/replies", writes(read, "pull_requests"), s.pullRoute(s.replyNote))
	s.route("GET "+pulls+"/comments/{id}", reads("pull_requests"), s.commentRoute(true, func(r *request, c *Comment) answer {
		return ok(s.showReviewComment(r.repo, c))
	}))
	s.route("PATCH "+pulls+"/comments/{id}", writes(read, "pull_requests"), s.commentRoute(true, s.editComment))
	s.route("DELETE "+pulls+"/comments/{id}", writes(read, "pull_requests"), s.commentRoute(true, s.deleteComment))
}

// reviewsOf are the reviews of a pull request, the oldest first.
func (s *Server) reviewsOf(i *Issue) []*Review {
	return s.reviews.pick(func(v *Review) int64 { return v.ID }, func(v *Review) bool { return v.Repo == i.Repo && v.Number == i.Number })
}

// notesOf are the comments at lines of a pull request's changes.
func (s *Server) notesOf(i *Issue) []*Comment {
	return s.comments.pick(commentID, func(c *Comment) bool { return c.Path != "" && c.Repo == i.Repo && c.Number == i.Number })
}

func (s *Server) listReviews(r *request, i *Issue) answer {
	return paged(r, s.reviewsOf(i), func(v *Review) object { return s.showReview(r.repo, v) })
}

func (s *Server) getReview(r *request, i *Issue) answer {
	v := s.reviews.byID(r.number("id"))
	if v == nil || v.Repo != i.Repo || v.Number != i.Number {
		return notFound()
	}
	return ok(s.showReview(r.repo, v))
}

// verdicts are the states of a review by the events that make it.
var verdicts = map[string]string{"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}

func (s *Server) createReview(r *request, i *Issue) answer {
	var in struct {
		Body, Event string
		CommitID    string `json:"commit_id"`
	}
	if bad := r.decode(&in); bad != nil {
		return *bad
	}
	v, bad := s.review(r.repo, i, r.who, in.Event, in.Body)
	if bad != nil {
		return *bad
	}
	return ok(s.showReview(r.repo, v))
}

// review adds a review to a pull request.
func (s *Server) review(r *Repo, i *Issue, who *actor, event, body string) (*Review, *answer) {
	state := verdicts[event]
	switch {
	case state == "":
		return nil, new(malformed("For 'event', the value must be one of APPROVE, REQUEST_CHANGES, COMMENT."))
	case state == "APPROVED" && i.User == who.user.Login:
		return nil, new(invalid(flaw{Code: "custom", Message: "Can not approve your own pull request"}))
	case state != "APPROVED" && body == "":
		return nil, new(invalid(flaw{Code: "missing_field", Resource: "PullRequestReview", Field: "body"}))
	}
	v := &Review{
		ID: s.newID(), Repo: i.Repo, Number: i.Number, User: who.user.Login, State: state, Body: body, SHA: i.Pull.HeadSHA, At: s.now(),
	}
	s.reviews.number(v.ID, v)
	s.saveIssue(i)
	s.reviewHappened(r, i, v)
	return v, nil
}

// reviewHappened tells of a review. Its state is written in small letters there, unlike in answers.
func (s *Server) reviewHappened(r *Repo, i *Issue, v *Review) {
	review := s.showReview(r, v)
	review["state"] = strings.ToLower(v.State)
	s.happened(happening{event: "pull_request_review", action: "submitted", repo: r, sender: v.User, body: object{
		"review": review, "pull_request": s.showPull(r, i),
	}})
}

// noteHappened tells of a comment at a line.
func (s *Server) noteHappened(r *Repo, i *Issue, c *Comment, action, who string, more object) {
	body := object{"comment": s.showReviewComment(r, c), "pull_request": s.showPull(r, i)}
	maps.Copy(body, more)
	s.happened(happening{event: "pull_request_review_comment", action: action, repo: r, sender: who, body: body})
}

func (s *Server) listNotes(r *request, i *Issue) answer {
	return paged(r, s.notesOf(i), func(c *Comment) object { return s.showReviewComment(r.repo, c) })
}

func (s *Server) createNote(r *request, i *Issue) answer {
	var in struct {
		Body, Path string
		Line       int
		Position   int
		CommitID   string `json:"commit_id"`
		InReplyTo  int64  `json:"in_reply_to"`
	}
	if bad := r.decode(&in); bad != nil {
		return *bad
	}
	switch {
	case in.InReplyTo != 0:
		return s.answerNote(r, i, in.InReplyTo, in.Body)
	case in.CommitID != "" && !slices.Contains(i.Pull.Commits, in.CommitID):
		return invalid(flaw{Resource: "PullRequestReviewComment", Field: "commit_id", Code: "custom", Message: "commit_id is not part of the pull request"})
	case in.Path == "":
		return invalid(flaw{Resource: "PullRequestReviewComment", Field: "path", Code: "missing_field"})
	}
	c, bad := s.note(r.repo, i, r.who, Comment{Body: in.Body, Path: in.Path, Line: max(in.Line, in.Position)})
	if bad != nil {
		return *bad
	}
	return reply(http.StatusCreated, s.showReviewComment(r.repo, c))
}

// note adds a comment at a line; GitHub makes a review of it.
func (s *Server) note(r *Repo, i *Issue, who *actor, c Comment) (*Comment, *answer) {
	if bad := s.mayComment(r, i, who, c.Body); bad != nil {
		return nil, bad
	}
	v := &Review{ID: s.newID(), Repo: i.Repo, Number: i.Number, User: who.user.Login, State: "COMMENTED", SHA: i.Pull.HeadSHA, At: s.now()}
	s.reviews.number(v.ID, v)
	c.ID, c.Repo, c.Number, c.User, c.App = s.newID(), i.Repo, i.Number, who.user.Login, who.installation != nil
	c.SHA, c.Review, c.Made, c.Updated = i.Pull.HeadSHA, v.ID, s.now(), s.now()
	s.comments.number(c.ID, &c)
	s.saveIssue(i)
	s.noteHappened(r, i, &c, "created", c.User, nil)
	s.reviewHappened(r, i, v)
	return &c, nil
}

func (s *Server) replyNote(r *request, i *Issue) answer {
	body, bad := bodyOf(r)
	if bad != nil {
		return *bad
	}
	return s.answerNote(r, i, r.number("id"), body)
}

func (s *Server) answerNote(r *request, i *Issue, to int64, body string) answer {
	first := s.comments.byID(to)
	if first == nil || first.Path == "" || first.Repo != i.Repo || first.Number != i.Number {
		return notFound()
	}
	c, bad := s.note(r.repo, i, r.who, Comment{Body: body, Path: first.Path, Line: first.Line, ReplyTo: first.ID})
	if bad != nil {
		return *bad
	}
	return reply(http.StatusCreated, s.showReviewComment(r.repo, c))
}
