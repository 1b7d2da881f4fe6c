package jobtext

import (
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
)

// Standing says, without a full stop, what an unfinished job does or waits for, or how a finished one ended: "is running".
func Standing(j *job.Job, now time.Time) string {
	switch j.State {
	case job.Confirming:
		return Needs(j, now)
	case job.Queued:
		return queued(j)
	case job.Running, job.Waiting:
		return "is running"
	case job.Cancelling:
		return cancelling(j)
	case job.Succeeded, job.Failed, job.Cancelled, job.Unknown:
	}
	return outcome(j)
}

// Needs says whose word a job waits for, and how to give it: "needs 1 approval by an approver: say `approve k3f7` or
// `reject k3f7` within 58 m".
func Needs(j *job.Job, now time.Time) string {
	s := j.Signoff
	if s == nil {
		return "waits for a sign-off"
	}
	need, more, by := max(0, s.Need-len(s.Approved)), "", " by "
	if len(s.Approved) > 0 {
		more = "more "
	}
	noun := "approval"
	if need != 1 {
		noun, by = "approvals", ", each by "
	}
	text := fmt.Sprintf("needs %d %s%s%s%s: say `approve %s` or `reject %s`", need, more, noun, by, a(s.Role), j.ID, j.ID)
	if left := s.Until.Sub(now); !s.Until.IsZero() && left > 0 {
		text += " within " + chat.Duration(left)
	}
	return text
}

func queued(j *job.Job) string {
	if j.Behind != "" {
		return fmt.Sprintf("waits in line behind %s, which holds %s", j.Behind, sentence(j.Lock))
	}
	return "is queued and begins in a moment"
}

func cancelling(j *job.Job) string {
	text := "is being cancelled"
	if j.Cancel != nil {
		if j.Cancel.By == deadline {
			text = "has passed its time limit and is being stopped"
		} else {
			text += ", as " + who(j.Cancel.By) + " asked" + because(j.Cancel.Reason)
		}
		if !j.Cancel.Signal.IsZero() {
			return text + "; it was told to stop and has not been seen stopped yet"
		}
	}
	return text + "; the receipt follows when it has been seen stopped"
}

// because is a reason in brackets, or nothing.
func because(reason string) string {
	if reason = sentence(reason); reason != "" {
		return " (" + reason + ")"
	}
	return ""
}

// Forced says who let a job past its sign-off by force; empty when nobody did.
func Forced(j *job.Job) string {
	if j.Signoff == nil {
		return ""
	}
	for _, word := range j.Signoff.Approved {
		if word.Forced {
			return "was let past its sign-off by force, by " + who(word.Principal)
		}
	}
	return ""
}

// a puts the article before a role's name: "an approver", "a release".
func a(role string) string {
	if role == "" {
		role = "approver"
	}
	if strings.ContainsRune("aeiou", rune(role[0])) {
		return "an " + role
	}
	return "a " + role
}
