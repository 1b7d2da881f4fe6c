package webhook

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/github"
)

// Source is what events of GitHub name as theirs.
const Source = "github"

// Of makes the event of a delivery. received stands for when it happened where the payload does not say. Who its author is
// to us, and what of ours led to it, is for the caller to fill in.
func (p *Payload) Of(id string, body []byte, received time.Time) *event.Event {
	return &event.Event{
		ID: id, Topic: p.Topic(), Source: Source, At: p.when(received),
		Author:  event.Author{Principal: Principal(p.Sender.ID), Name: p.Sender.Login},
		Subject: p.Subject(), Revision: p.revision(), Moved: p.moved(), Over: p.over(),
		Payload: json.RawMessage(body),
	}
}

// Topic is the event's name for rules: "github.issue_comment.created".
func (p *Payload) Topic() string {
	topic := "github." + p.Event
	if p.Action != "" {
		topic += "." + p.Action
	}
	return topic
}

// Principal is under which name roles know an account of GitHub: by its number, since logins change hands.
func Principal(id int64) string {
	if id <= 0 {
		return ""
	}
	return "github:" + strconv.FormatInt(id, 10)
}

// moved reports whether the pull request has a new head by it.
func (p *Payload) moved() bool { return p.Event == "pull_request" && p.Action == "synchronize" }

// over reports whether the pull request or the issue came to an end by it.
func (p *Payload) over() bool {
	switch p.Event + "." + p.Action {
	case "pull_request.closed", "issues.closed", "issues.deleted", "issues.transferred":
		return true
	}
	return false
}

// revisions are where a commit stands in the payload, the most telling first.
var revisions = [][]string{
	{"pull_request", "head", "sha"},
	{"check_run", "head_sha"},
	{"check_suite", "head_sha"},
	{"workflow_run", "head_sha"},
	{"workflow_job", "head_sha"},
	{"merge_group", "head_sha"},
	{"deployment", "sha"},
	{"comment", "commit_id"},
	{"sha"},
	{"after"},
}

// revision is the commit that the event is about; empty for none.
func (p *Payload) revision() string {
	for _, path := range revisions {
		if sha := p.text(path...); github.IsSHA(sha) && !isZero(sha) {
			return sha
		}
	}
	return ""
}

// isZero reports the commit that stands for none, in the push that deletes a branch.
func isZero(sha string) bool {
	for i := range len(sha) {
		if sha[i] != '0' {
			return false
		}
	}
	return true
}

// whens are where the time of it stands in the payload, by what the event is about.
var whens = [][]string{
	{"comment", "updated_at"},
	{"review", "submitted_at"},
	{"check_run", "completed_at"},
	{"check_run", "started_at"},
	{"check_suite", "updated_at"},
	{"workflow_job", "completed_at"},
	{"workflow_run", "updated_at"},
	{"deployment_status", "updated_at"},
	{"deployment", "updated_at"},
	{"release", "published_at"},
	{"alert", "updated_at"},
	{"discussion", "updated_at"},
	{"pull_request", "updated_at"},
	{"issue", "updated_at"},
	{"updated_at"},
	{"starred_at"},
}

// when is when it happened.
func (p *Payload) when(received time.Time) time.Time {
	if p.Event == "push" {
		if seconds := p.number("repository", "pushed_at"); seconds > 0 {
			return time.Unix(seconds, 0).UTC()
		}
		return received.UTC()
	}
	for _, path := range whens {
		if at, err := time.Parse(time.RFC3339, p.text(path...)); err == nil {
			return at.UTC()
		}
	}
	return received.UTC()
}
