package github

import (
	"maps"
	"strconv"
	"strings"
)

// pullURL is a pull request's in the REST API.
func (s *Server) pullURL(r *Repo, number int) string {
	return s.repoURL(r) + "/pulls/" + strconv.Itoa(number)
}

// showPull is how a pull request looks in a list.
func (s *Server) showPull(r *Repo, i *Issue) object {
	p, url, html := i.Pull, s.pullURL(r, i.Number), s.pageURL(i)
	links := object{
		"self": href(url), "html": href(html), "issue": href(s.issueURL(r, i.Number)),
		"comments": href(s.issueURL(r, i.Number) + "/comments"), "review_comments": href(url + "/comments"),
		"review_comment": href(s.repoURL(r) + "/pulls/comments{/number}"), "commits": href(url + "/commits"),
		"statuses": href(s.repoURL(r) + "/statuses/" + p.HeadSHA),
	}
	return object{
		"url": url, "id": p.ID, "node_id": nodeID("PR", p.ID), "html_url": html, "diff_url": html + ".diff",
		"patch_url": html + ".patch", "issue_url": s.issueURL(r, i.Number), "number": i.Number, "state": i.State(),
		"locked": i.Locked, "title": i.Title, "user": s.showLogin(i.User), "body": orNull(i.Body), "created_at": stamp(i.Made),
		"updated_at": stamp(i.Updated), "closed_at": stampOf(i.Closed), "merged_at": stampOf(p.Merged),
		"merge_commit_sha": orNull(p.MergeSHA), "assignee": s.assignee(i), "assignees": s.showLogins(i.Assigned),
		"requested_reviewers": []object{}, "requested_teams": []object{}, "labels": s.showLabels(r, i.Labels), "milestone": nil,
		"draft": p.Draft, "commits_url": url + "/commits", "review_comments_url": url + "/comments",
		"review_comment_url": s.repoURL(r) + "/pulls/comments{/number}",
		"comments_url":       s.issueURL(r, i.Number) + "/comments", "statuses_url": s.repoURL(r) + "/statuses/" + p.HeadSHA,
		"head": s.showEnd(p.HeadRepo, p.HeadRef, p.HeadSHA), "base": s.showEnd(i.Repo, p.BaseRef, p.BaseSHA), "_links": links,
		"author_association": s.association(r, i.User), "auto_merge": nil, "active_lock_reason": orNull(i.LockedAs),
	}
}

// showEnd is the head or the base of a pull request. A fork that is gone is null.
func (s *Server) showEnd(repo, ref, sha string) object {
	owner, _, _ := strings.Cut(repo, "/")
	out := object{"label": owner + ":" + ref, "ref": ref, "sha": sha, "user": s.someone(owner), "repo": nil}
	if r := s.repos.get(strings.ToLower(repo)); r != nil {
		out["repo"] = s.showRepo(r)
	}
	return out
}

// showPullWhole is how a pull request looks by itself, and in its webhooks.
func (s *Server) showPullWhole(r *Repo, i *Issue) object {
	out := s.showPull(r, i)
	added, removed, files := 0, 0, s.changes(i.Pull.Commits)
	for _, f := range files {
		plus, minus := f.lines()
		added, removed = added+plus, removed+minus
	}
	notes := 0
	for _, c := range s.comments.rows {
		if c.Path != "" && c.Repo == i.Repo && c.Number == i.Number {
			notes++
		}
	}
	mergeable, state := s.mergeable(i)
	maps.Copy(out, object{
		"merged": i.Pull.Merged != nil, "mergeable": mergeable, "rebaseable": mergeable, "mergeable_state": state,
		"merged_by": s.someone(i.Pull.MergedBy), "comments": len(s.commentsOf(i)), "review_comments": notes,
		"maintainer_can_modify": i.Pull.HeadRepo != i.Repo, "commits": len(i.Pull.Commits), "additions": added,
		"deletions": removed, "changed_files": len(files),
	})
	return out
}

// mergeable is whether a pull request can be merged. As on GitHub it is not known right after a push: null and "unknown".
func (s *Server) mergeable(i *Issue) (able any, state string) {
	switch {
	case i.Closed != nil:
		return nil, "unknown"
	case !i.Pull.Known:
		return nil, "unknown"
	case i.Pull.Conflict:
		return false, "dirty"
	case i.Pull.Draft:
		return true, "draft"
	}
	switch combined(s.statusesOf(i.Repo, i.Pull.HeadSHA)) {
	case "failure":
		return true, "unstable"
	default:
		return true, "clean"
	}
}
