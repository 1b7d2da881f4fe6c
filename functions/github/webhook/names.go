package webhook

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
)

// identity lists the fields that tell one occurrence of an event from every other one, whichever hook tells of it. The first
// must be there.
var identity = map[string][]string{
	"issue_comment":               {"comment.id", "comment.updated_at", "comment.body"},
	"pull_request_review_comment": {"comment.id", "comment.updated_at", "comment.body"},
	"commit_comment":              {"comment.id", "comment.updated_at", "comment.body"},
	"discussion_comment":          {"comment.id", "comment.updated_at", "comment.body"},
	"pull_request_review":         {"review.id", "review.submitted_at", "review.state", "review.body"},
	"pull_request": {
		"pull_request.id", "pull_request.updated_at", "pull_request.head.sha", "before", "after", "label.id", "assignee.id",
		"requested_reviewer.id", "requested_team.id", "milestone.id", "changes",
	},
	"issues":            {"issue.id", "issue.updated_at", "label.id", "assignee.id", "milestone.id", "changes"},
	"discussion":        {"discussion.id", "discussion.updated_at", "label.id", "changes"},
	"push":              {"ref", "before", "after", "repository.id", "repository.pushed_at"},
	"create":            {"ref", "ref_type", "repository.id", "repository.pushed_at"},
	"delete":            {"ref", "ref_type", "repository.id", "repository.pushed_at"},
	"status":            {"id", "state", "updated_at"},
	"check_run":         {"check_run.id", "check_run.status", "check_run.conclusion", "check_run.started_at", "check_run.completed_at"},
	"check_suite":       {"check_suite.id", "check_suite.status", "check_suite.conclusion", "check_suite.updated_at"},
	"workflow_run":      {"workflow_run.id", "workflow_run.run_attempt", "workflow_run.status", "workflow_run.conclusion", "workflow_run.updated_at"},
	"workflow_job":      {"workflow_job.id", "workflow_job.run_attempt", "workflow_job.status", "workflow_job.conclusion", "workflow_job.started_at", "workflow_job.completed_at"},
	"deployment":        {"deployment.id", "deployment.updated_at"},
	"deployment_status": {"deployment_status.id", "deployment_status.updated_at", "deployment_status.state"},
	"release":           {"release.id", "release.updated_at", "release.published_at", "release.draft", "release.body", "changes"},

	"code_scanning_alert":   {"alert.number", "alert.updated_at", "alert.state", "repository.id", "ref", "commit_oid"},
	"dependabot_alert":      {"alert.number", "alert.updated_at", "alert.state", "repository.id"},
	"secret_scanning_alert": {"alert.number", "alert.updated_at", "alert.resolution", "alert.resolved_at", "repository.id"},

	"star": {"starred_at", "sender.id", "repository.id"},
}

// once lists the fields that name what happens once, whatever else is told of it: who knows a repository's secret is not to
// have a comment heard again under another time or text.
var once = map[string]string{
	"issue_comment.created": "comment.id", "pull_request_review_comment.created": "comment.id", "pull_request_review.submitted": "review.id",
}

// clicks are what somebody asks of an App: only its own hook tells of it, and a second click is a second wish.
var clicks = map[string]bool{
	"check_run.requested_action": true, "check_run.rerequested": true, "check_suite.rerequested": true,
}

// Clicked reports whether somebody clicked it, which only the hook of the App tells of.
// Source: https://docs.github.com/webhooks/webhook-events-and-payloads#check_run
func (p *Payload) Clicked() bool { return clicks[p.Event+"."+p.Action] }

// Names are the further names under which a delivery is known: one that another hook brings about the same thing has one of
// them too. There are none for a click, and for what
// holds no time or number of its own, see [Payload.Likeness].
func (p *Payload) Names() []string {
	if p.Clicked() {
		return nil
	}
	if field, is := once[p.Event+"."+p.Action]; is {
		if id := p.at(strings.Split(field, ".")...); id != nil {
			return []string{p.name(id)}
		}
	}
	if fields, known := identity[p.Event]; known {
		values := make([]any, len(fields))
		for i, field := range fields {
			values[i] = p.at(strings.Split(field, ".")...)
		}
		if values[0] != nil {
			return []string{p.name(values)}
		}
	}
	return nil
}

// Likeness is what a delivery without names has in common with every other one that reads like it, whichever hook brings it:
// nothing in a dispatch, or in the loss of a star, tells it from the one before. It has at most 130 bytes.
func (p *Payload) Likeness() string { return p.Event + " " + p.digest(p.reduced()) }

// name makes a short name of values.
func (p *Payload) name(values any) string {
	return p.Event + "." + p.Action + " id " + p.digest(values)
}

// digest is a hash of values. It covers the repository, so that whoever knows the secret of one takes no name of another's.
func (p *Payload) digest(values any) string {
	where := p.Subject()
	if where == "" {
		where = p.Org
	}
	text, err := json.Marshal([]any{where, values})
	if err != nil { // what was decoded from JSON can be encoded
		text = fmt.Appendf(nil, "%v", values)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// hooksOwn are the fields that differ from hook to hook.
var hooksOwn = map[string]bool{"hook": true, "hook_id": true, "installation": true, "organization": true, "enterprise": true}

// reduced is the body without what differs from hook to hook, and without counters that change meanwhile.
func (p *Payload) reduced() map[string]any {
	own := p.Event == "installation" || p.Event == "installation_repositories" || p.Event == "organization"
	fields := p.body.Fields()
	body := make(map[string]any, len(fields))
	for key := range fields {
		if !hooksOwn[key] || own {
			body[key] = settled(p.at(key))
		}
	}
	return body
}

// settled replaces repositories and accounts, which carry counters, by their ids.
func settled(value any) any {
	switch v := value.(type) {
	case map[string]any:
		_, repository := v["full_name"]
		_, account := v["login"]
		if id := v["id"]; id != nil && (repository || account) {
			return id
		}
		for key, inner := range v {
			v[key] = settled(inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = settled(inner)
		}
	}
	return value
}
