package rule

import (
	"strconv"
	"strings"
)

// gerritFacts reads a Gerrit event. Events without a change have a refUpdate, or a refName and a project.
func gerritFacts(payload map[string]any) Facts {
	change := object(payload, "change")
	owner := object(change, "owner")
	f := Facts{
		Project:  textIn(change, "project"),
		Branch:   textIn(change, "branch"),
		Topic:    textIn(change, "topic"),
		Owner:    present(textIn(owner, "username"), textIn(owner, "email")),
		Status:   textIn(change, "status"),
		Hashtags: namesIn(change, "hashtags", ""),
		Votes:    gerritVotes(payload),
		Subject:  textIn(change, "subject"),
		URL:      textIn(change, "url"),
	}
	if change == nil {
		f.Project, f.Branch = gerritRef(payload)
	}
	return f
}

// gerritRef is what an event without a change is about.
func gerritRef(payload map[string]any) (project, branch string) {
	update := object(payload, "refUpdate")
	if update == nil {
		all, _ := payload["refUpdates"].([]any) // a batch is of one project
		if len(all) > 0 {
			update, _ = all[0].(map[string]any)
		}
	}
	project, ref := textIn(update, "project"), textIn(update, "refName")
	for _, name := range []string{"project", "projectName"} {
		if project == "" {
			project = textIn(payload, name)
		}
	}
	for _, name := range []string{"refName", "ref", "newHead"} {
		if ref == "" {
			ref = textIn(payload, name)
		}
	}
	return project, strings.TrimPrefix(ref, refPrefix)
}

// gerritVotes are the votes that the event gave. Gerrit lists every label that the author has a vote on; what was there
// before has no oldValue, or the same one.
func gerritVotes(payload map[string]any) []Vote {
	approvals, _ := payload["approvals"].([]any)
	var votes []Vote
	for _, value := range approvals {
		approval, _ := value.(map[string]any)
		now, err := strconv.Atoi(scalarOf(approval["value"]))
		before := scalarOf(approval["oldValue"])
		if err != nil || before == "" || before == scalarOf(approval["value"]) {
			continue
		}
		votes = append(votes, Vote{Label: textIn(approval, "type"), Value: now})
	}
	return votes
}

// scalarOf is a number or a text as text.
func scalarOf(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	}
	return ""
}
