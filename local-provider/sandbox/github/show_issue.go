package github

import (
	"fmt"
	"strconv"
)

// issueKey is the id of an issue in its table, and what reactions to it name.
func issueKey(repo string, number int) string { return repo + "#" + strconv.Itoa(number) }

// issueURL is an issue's in the REST API.
func (s *Server) issueURL(r *Repo, number int) string {
	return s.repoURL(r) + "/issues/" + strconv.Itoa(number)
}

// pageURL is where a person sees an issue.
func (s *Server) pageURL(i *Issue) string {
	kind := "issues"
	if i.Pull != nil {
		kind = "pull"
	}
	return fmt.Sprintf("%s/%s/%s/%d", s.base, i.Repo, kind, i.Number)
}

// showIssue is how an issue looks; a pull request is one, too.
func (s *Server) showIssue(r *Repo, i *Issue) object {
	url := s.issueURL(r, i.Number)
	out := object{
		"url": url, "repository_url": s.repoURL(r), "labels_url": url + "/labels{/name}", "comments_url": url + "/comments",
		"events_url": url + "/events", "html_url": s.pageURL(i), "id": i.ID, "node_id": nodeID("I", i.ID), "number": i.Number,
		"title": i.Title, "user": s.showLogin(i.User), "labels": s.showLabels(r, i.Labels), "state": i.State(),
		"locked": i.Locked, "assignee": s.assignee(i), "assignees": s.showLogins(i.Assigned), "milestone": nil,
		"comments": len(s.commentsOf(i)), "created_at": stamp(i.Made), "updated_at": stamp(i.Updated),
		"closed_at": stampOf(i.Closed), "author_association": s.association(r, i.User), "active_lock_reason": orNull(i.LockedAs),
		"body": orNull(i.Body), "reactions": s.showRollup(issueKey(i.Repo, i.Number), url), "timeline_url": url + "/timeline",
		"performed_via_github_app": nil, "state_reason": orNull(i.Reason),
	}
	if i.Pull != nil {
		out["draft"] = i.Pull.Draft
		out["pull_request"] = object{
			"url": s.pullURL(r, i.Number), "html_url": s.pageURL(i), "diff_url": s.pageURL(i) + ".diff",
			"patch_url": s.pageURL(i) + ".patch", "merged_at": stampOf(i.Pull.Merged),
		}
	}
	return out
}

func (s *Server) assignee(i *Issue) any {
	if len(i.Assigned) == 0 {
		return nil
	}
	return s.showLogin(i.Assigned[0])
}

func (s *Server) showComment(r *Repo, c *Comment) object {
	id := strconv.FormatInt(c.ID, 10)
	url := s.repoURL(r) + "/issues/comments/" + id
	out := object{
		"url": url, "issue_url": s.issueURL(r, c.Number), "id": c.ID, "node_id": nodeID("IC", c.ID), "user": s.showLogin(c.User),
		"created_at": stamp(c.Made), "updated_at": stamp(c.Updated), "author_association": s.association(r, c.User),
		"body": c.Body, "reactions": s.showRollup("comment/"+id, url), "performed_via_github_app": nil,
	}
	if i := s.issues.get(issueKey(c.Repo, c.Number)); i != nil {
		out["html_url"] = s.pageURL(i) + "#issuecomment-" + id
	}
	if c.App {
		out["performed_via_github_app"] = s.showApp()
	}
	return out
}

// showReviewComment is how a comment at a line of a change looks.
func (s *Server) showReviewComment(r *Repo, c *Comment) object {
	id := strconv.FormatInt(c.ID, 10)
	url := s.repoURL(r) + "/pulls/comments/" + id
	pull := s.pullURL(r, c.Number)
	html := fmt.Sprintf("%s/%s/pull/%d#discussion_r%s", s.base, c.Repo, c.Number, id)
	out := object{
		"url": url, "pull_request_review_id": c.Review, "id": c.ID, "node_id": nodeID("PRRC", c.ID),
		"diff_hunk": "@@ -1 +1 @@", "path": c.Path, "position": 1, "original_position": 1, "commit_id": c.SHA,
		"original_commit_id": c.SHA, "user": s.showLogin(c.User), "body": c.Body, "created_at": stamp(c.Made),
		"updated_at": stamp(c.Updated), "html_url": html, "pull_request_url": pull,
		"author_association": s.association(r, c.User), "reactions": s.showRollup("comment/"+id, url), "start_line": nil,
		"original_start_line": nil, "start_side": nil, "line": c.Line, "original_line": c.Line, "side": "RIGHT",
		"subject_type": "line",
		"_links":       object{"self": href(url), "html": href(html), "pull_request": href(pull)},
	}
	if c.ReplyTo != 0 {
		out["in_reply_to_id"] = c.ReplyTo
	}
	return out
}

func href(url string) object { return object{"href": url} }

func (s *Server) showReview(r *Repo, v *Review) object {
	html := fmt.Sprintf("%s/%s/pull/%d#pullrequestreview-%d", s.base, v.Repo, v.Number, v.ID)
	pull := s.pullURL(r, v.Number)
	return object{
		"id": v.ID, "node_id": nodeID("PRR", v.ID), "user": s.showLogin(v.User), "body": orNull(v.Body), "commit_id": v.SHA,
		"submitted_at": stamp(v.At), "state": v.State, "html_url": html, "pull_request_url": pull,
		"author_association": s.association(r, v.User), "_links": object{"html": href(html), "pull_request": href(pull)},
	}
}
