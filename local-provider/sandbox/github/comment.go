package github

import (
	"maps"
	"net/http"
	"strconv"
	"unicode/utf8"
)

// commentsOf are the comments of an issue or pull request, the oldest first, without those at lines of a change.
func (s *Server) commentsOf(i *Issue) []*Comment {
	return s.comments.pick(commentID, func(c *Comment) bool {
		return c.Path == "" && c.Repo == i.Repo && c.Number == i.Number
	})
}

func commentID(c *Comment) int64 { return c.ID }

// commentHappened tells of something that happened to a comment.
func (s *Server) commentHappened(r *Repo, i *Issue, c *Comment, action, who string, more object) {
	body := object{"issue": s.showIssue(r, i), "comment": s.showComment(r, c)}
	maps.Copy(body, more)
	s.happened(happening{event: "issue_comment", action: action, repo: r, sender: who, body: body})
}

// comment adds a comment to an issue.
func (s *Server) comment(r *Repo, i *Issue, who *actor, body string) (*Comment, *answer) {
	if bad := s.mayComment(r, i, who, body); bad != nil {
		return nil, bad
	}
	c := &Comment{
		ID: s.newID(), Repo: i.Repo, Number: i.Number, User: who.user.Login, App: who.installation != nil, Body: body,
		Made: s.now(), Updated: s.now(),
	}
	s.comments.number(c.ID, c)
	s.saveIssue(i)
	s.commentHappened(r, i, c, "created", c.User, nil)
	return c, nil
}

func (s *Server) mayComment(r *Repo, i *Issue, who *actor, body string) *answer {
	if bad := checkBody("IssueComment", body); bad != nil {
		return bad
	}
	if i.Locked && !s.mayWrite(who, r) {
		return refusal(http.StatusForbidden, "Unable to create comment because issue is locked.")
	}
	return nil
}

// checkBody refuses a text that is empty or too long.
func checkBody(resource, body string) *answer {
	switch {
	case body == "":
		return new(invalid(flaw{Resource: resource, Code: "missing_field", Field: "body"}))
	case utf8.RuneCountInString(body) > longestBody:
		return new(invalid(flaw{
			Resource: resource, Code: "custom", Field: "body",
			Message: "body is too long (maximum is " + strconv.Itoa(longestBody) + " characters)",
		}))
	}
	return nil
}

// edit changes a comment.
func (s *Server) edit(r *Repo, c *Comment, who *actor, body string) *answer {
	if bad := checkBody("IssueComment", body); bad != nil {
		return bad
	}
	if c.User != who.user.Login && !s.mayWrite(who, r) {
		return refusal(http.StatusForbidden, needsAdmin)
	}
	changes := object{"body": object{"from": c.Body}}
	c.Body, c.Updated, c.Editor = body, s.now(), who.user.Login
	s.comments.number(c.ID, c)
	s.commentMoved(r, c, "edited", who.user.Login, object{"changes": changes})
	return nil
}

// commentMoved tells of a change of either kind of comment.
func (s *Server) commentMoved(r *Repo, c *Comment, action, who string, more object) {
	i := s.issues.get(issueKey(c.Repo, c.Number))
	switch {
	case i == nil:
	case c.Path == "":
		s.commentHappened(r, i, c, action, who, more)
	default:
		s.noteHappened(r, i, c, action, who, more)
	}
}

// erase deletes a comment.
func (s *Server) erase(r *Repo, c *Comment, who *actor) *answer {
	if c.User != who.user.Login && !s.mayWrite(who, r) {
		return refusal(http.StatusForbidden, needsAdmin)
	}
	s.comments.drop(strconv.FormatInt(c.ID, 10))
	s.commentMoved(r, c, "deleted", who.user.Login, nil)
	return nil
}
