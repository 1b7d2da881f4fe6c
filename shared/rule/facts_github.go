package rule

import (
	"cmp"
	"strings"
)

// githubFacts reads a payload of GitHub's. What it is about is an object that is called after the event.
func githubFacts(payload map[string]any) Facts {
	about := githubAbout(payload)
	f := Facts{
		Project: strings.ToLower(textIn(object(payload, "repository"), "full_name")),
		Branch:  strings.TrimPrefix(githubRef(payload), refPrefix),
		Owner:   githubOwner(about),
		Status:  githubStatus(payload, about),
		Labels:  namesIn(about, "labels", "name"),
		Say:     textIn(object(payload, "asked"), "word"),
		Subject: githubSubject(payload, about),
	}
	f.URL = cmp.Or(textIn(object(payload, "comment"), "html_url"), textIn(object(payload, "review"), "html_url"),
		textIn(about, "html_url"), textIn(payload, "compare"), textIn(object(payload, "repository"), "html_url"))
	return f
}

// githubThings are the objects that a payload is about, the most telling first.
var githubThings = []string{
	"pull_request", "issue", "check_run", "check_suite", "workflow_run", "workflow_job", "deployment_status", "release",
	"discussion", "alert", "milestone", "deployment", "package", "registry_package", "project", "project_card", "label", "forkee",
}

func githubAbout(payload map[string]any) map[string]any {
	for _, name := range githubThings {
		if thing := object(payload, name); thing != nil {
			return thing
		}
	}
	return nil
}

func githubOwner(about map[string]any) []string {
	user := object(about, "user")
	id := scalarOf(user["id"])
	if id != "" {
		id = "github:" + id
	}
	return present(textIn(user, "login"), id)
}

// githubRef is the ref that an event is about: for a pull request the one that it is to go into.
func githubRef(payload map[string]any) string {
	for _, at := range []struct {
		in   map[string]any
		name string
	}{
		{object(payload, "pull_request", "base"), "ref"},
		{object(payload, "head"), "base"}, // a comment command's
		{object(payload, "check_run", "check_suite"), "head_branch"},
		{object(payload, "check_suite"), "head_branch"},
		{object(payload, "workflow_run"), "head_branch"},
		{object(payload, "workflow_job"), "head_branch"},
		{object(payload, "deployment"), "ref"},
		{object(payload, "release"), "target_commitish"},
		{object(payload, "merge_group"), "base_ref"},
		{payload, "ref"},
	} {
		if ref := textIn(at.in, at.name); ref != "" {
			return tagged(payload, ref)
		}
	}
	if branches := namesIn(payload, "branches", "name"); len(branches) > 0 { // a commit status
		return branches[0]
	}
	return ""
}

// tagged makes a created or deleted tag's name the ref that it is.
func tagged(payload map[string]any, ref string) string {
	if textIn(payload, "ref_type") == "tag" && !strings.HasPrefix(ref, "refs/") {
		return "refs/tags/" + ref
	}
	return ref
}

func githubStatus(payload, about map[string]any) string {
	if review := object(payload, "review"); review != nil {
		return textIn(review, "state")
	}
	switch {
	case about["merged"] == true:
		return "merged"
	case about["draft"] == true && textIn(about, "state") == "open":
		return "draft"
	}
	return cmp.Or(textIn(about, "conclusion"), textIn(about, "state"), textIn(about, "status"), textIn(payload, "state"))
}

func githubSubject(payload, about map[string]any) string {
	return head(cmp.Or(
		textIn(about, "title"), textIn(about, "name"), textIn(about, "display_title"),
		textIn(object(payload, "head_commit"), "message"), textIn(object(payload, "commit", "commit"), "message"),
	))
}
