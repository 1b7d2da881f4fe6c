package main

import (
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// foretold says that a command may be done, and what it would wait for. Nothing has been done.
func foretold(a *asked) command.Answer {
	r := a.Request()
	parts := []string{"may be done: " + r.Text}
	switch {
	case r.Signoff == nil || a.Command.Now:
	case r.Signoff.Role == job.SignoffRequester:
		parts = append(parts, "it waits for your own confirmation first")
	default:
		parts = append(parts, "it waits for "+approvers(r.Signoff)+" to approve it first")
	}
	if r.Lock != "" {
		parts = append(parts, "it runs alone, for "+chat.OneLine(r.Lock))
	}
	return command.Answer{Text: strings.Join(parts, "; ")}
}
