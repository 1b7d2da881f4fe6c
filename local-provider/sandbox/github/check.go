package github

import (
	"maps"
	"strconv"
	"strings"
)

// runsOf are the check runs of a commit, the newest first as GitHub lists them.
func (s *Server) runsOf(repo, sha string) []*CheckRun {
	return s.runs.pick(func(c *CheckRun) int64 { return -c.ID }, func(c *CheckRun) bool { return c.Repo == repo && c.SHA == sha })
}

// suite is the App's check suite of a commit, made when there is none.
func (s *Server) suite(r *Repo, sha, branch, before string) *Suite {
	for _, v := range s.suites.rows {
		if v.Repo == r.FullName() && v.SHA == sha {
			return v
		}
	}
	v := &Suite{ID: s.newID(), Repo: r.FullName(), SHA: sha, Branch: branch, Before: before, Made: s.now()}
	s.suites.number(v.ID, v)
	return v
}

// suiteFor is suite for a commit of which nothing more is known.
func (s *Server) suiteFor(r *Repo, sha string) *Suite {
	for ref, at := range r.Refs {
		if name, is := strings.CutPrefix(ref, branches); is && at == sha {
			return s.suite(r, sha, name, zeroSHA)
		}
	}
	for _, i := range s.pullsWith(r, sha) {
		return s.suite(r, sha, i.Pull.HeadRef, zeroSHA)
	}
	return s.suite(r, sha, "", zeroSHA)
}

// standing is a suite's status and conclusion: completed when all its runs are.
func (s *Server) standing(v *Suite) (status, conclusion string) {
	runs := s.runsOf(v.Repo, v.SHA)
	if len(runs) == 0 {
		return "queued", ""
	}
	status, conclusion = "completed", "success"
	for _, run := range runs {
		switch {
		case run.Status != "completed":
			return "in_progress", ""
		case run.Conclusion != "success" && run.Conclusion != "neutral" && run.Conclusion != "skipped":
			conclusion = run.Conclusion
		}
	}
	return status, conclusion
}

// showSuite is how a check suite looks; whole adds what its own events tell.
func (s *Server) showSuite(r *Repo, v *Suite, whole bool) object {
	status, conclusion := s.standing(v)
	out := object{
		"id": v.ID, "node_id": nodeID("CS", v.ID), "head_branch": orNull(v.Branch), "head_sha": v.SHA, "status": status,
		"conclusion": orNull(conclusion), "url": s.repoURL(r) + "/check-suites/" + strconv.FormatInt(v.ID, 10),
		"before": v.Before, "after": v.SHA, "pull_requests": s.showCheckPulls(r, v.SHA), "app": s.showApp(),
		"created_at": stamp(v.Made), "updated_at": stamp(s.now()),
	}
	if !whole {
		return out
	}
	out["latest_check_runs_count"] = len(s.runsOf(v.Repo, v.SHA))
	out["check_runs_url"] = out["url"].(string) + "/check-runs" //nolint:forcetypeassert // it was set above
	if c := s.commits.get(v.SHA); c != nil {
		who := object{"name": s.fullName(c.Author), "email": s.email(c.Author)}
		out["head_commit"] = object{
			"id": c.SHA, "tree_id": c.Tree, "message": c.Message, "timestamp": stamp(c.At), "author": who, "committer": who,
		}
	}
	return out
}

// showCheckPulls are the open pull requests whose head a commit is. Those from forks are left out, as GitHub does.
func (s *Server) showCheckPulls(r *Repo, sha string) []object {
	out := []object{}
	for _, i := range s.pullsWith(r, sha) {
		p := i.Pull
		if p.HeadSHA != sha || i.Closed != nil || p.HeadRepo != i.Repo {
			continue
		}
		repo := object{"id": r.ID, "url": s.repoURL(r), "name": r.Name}
		out = append(out, object{
			"url": s.pullURL(r, i.Number), "id": p.ID, "number": i.Number,
			"head": object{"ref": p.HeadRef, "sha": p.HeadSHA, "repo": repo}, "base": object{"ref": p.BaseRef, "sha": p.BaseSHA, "repo": repo},
		})
	}
	return out
}

func (s *Server) showRun(r *Repo, c *CheckRun) object {
	id := strconv.FormatInt(c.ID, 10)
	url := s.repoURL(r) + "/check-runs/" + id
	html := s.base + "/" + r.FullName() + "/runs/" + id
	details := c.DetailsURL
	if details == "" {
		details = html
	}
	return object{
		"id": c.ID, "node_id": nodeID("CR", c.ID), "name": c.Name, "head_sha": c.SHA, "external_id": c.ExternalID, "url": url,
		"html_url": html, "details_url": details, "status": c.Status, "conclusion": orNull(c.Conclusion),
		"started_at": stamp(c.Started), "completed_at": stampOf(c.Completed), "check_suite": object{"id": c.Suite},
		"app": s.showApp(), "pull_requests": s.showCheckPulls(r, c.SHA),
		"output": object{
			"title": orNull(c.Title), "summary": orNull(c.Summary), "text": orNull(c.Text), "annotations_count": c.Annotations,
			"annotations_url": url + "/annotations",
		},
	}
}

// runHappened tells of something that happened to a check run. Buttons are told to the App alone.
func (s *Server) runHappened(r *Repo, c *CheckRun, action, who string, more object) {
	run := s.showRun(r, c)
	if v := s.suites.byID(c.Suite); v != nil {
		run["check_suite"] = s.showSuite(r, v, false)
	}
	body := object{"check_run": run}
	maps.Copy(body, more)
	s.happened(happening{
		event: "check_run", action: action, repo: r, sender: who, body: body,
		appOnly: action == "requested_action" || action == "rerequested",
	})
}

// saveRun stores a check run and tells what became of it.
func (s *Server) saveRun(r *Repo, c *CheckRun, fresh, done bool) {
	s.runs.number(c.ID, c)
	if fresh {
		s.runHappened(r, c, "created", AppBot, nil)
	}
	if !done {
		return
	}
	s.runHappened(r, c, "completed", AppBot, nil)
	if v := s.suites.byID(c.Suite); v != nil {
		if status, _ := s.standing(v); status == "completed" {
			s.happened(happening{event: "check_suite", action: "completed", repo: r, sender: AppBot, body: object{
				"check_suite": s.showSuite(r, v, true),
			}})
		}
	}
}
