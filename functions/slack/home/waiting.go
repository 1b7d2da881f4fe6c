package home

import (
	"cmp"
	"slices"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
)

// Waits reports whether a job waits for the word of a person with these roles: they did not ask for it (unless their own
// word counts), and have not given it yet. A job that waits for its requester's own word is among their jobs instead. same
// says whether two principals are one person.
func Waits(j *job.Job, principal string, roles []string, same func(a, b string) bool) bool {
	s := j.Signoff
	if j.State != job.Confirming || s == nil {
		return false
	}
	if own := same(j.Principal, principal); own && !s.Self || !slices.Contains(roles, cmp.Or(s.Role, config.Approver)) {
		return false
	}
	return !slices.ContainsFunc(s.Approved, func(a job.Approval) bool { return same(a.Principal, principal) })
}
