package main

import gogithub "github.com/google/go-github/v62/github"

func ghComment(body string) *gogithub.IssueComment { return &gogithub.IssueComment{Body: &body} }

// ghCheck is a check run of a job, with its buttons.
func ghCheck(id, sha string) gogithub.CreateCheckRunOptions {
	status := "in_progress"
	return gogithub.CreateCheckRunOptions{
		Name: "handsoff " + id, HeadSHA: sha, ExternalID: &id, Status: &status,
		Actions: []*gogithub.CheckRunAction{{Label: "Cancel", Description: "Stop it", Identifier: buttonCancel}},
	}
}

// ghDone ends it.
func ghDone(id string) gogithub.UpdateCheckRunOptions {
	status, conclusion := "completed", "failure"
	return gogithub.UpdateCheckRunOptions{Name: "handsoff " + id, Status: &status, Conclusion: &conclusion}
}
