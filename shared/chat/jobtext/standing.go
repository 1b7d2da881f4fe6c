package jobtext

import (
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
)

// Standing says, without a full stop, what an unfinished job does or waits for, or how a finished one ended: "is running".
func Standing(j *job.Job, now time.Time) string { return Voice{}.Standing(j, now) }

// Standing is the function of that name, in a door's voice.
func (v Voice) Standing(j *job.Job, now time.Time) string {
	switch j.State {
	case job.Confirming:
		return v.Needs(j, now)
	case job.Queued:
		return v.queued(j)
	case job.Running, job.Waiting:
		return "is running"
	case job.Cancelling:
		return v.cancelling(j)
	case job.Succeeded, job.Failed, job.Cancelled, job.Unknown:
	}
	return outcome(j)
}

// Needs says whose word a job waits for, and how to give it: "needs 1 approval by an approver: say `approve k3f7` or
// `reject k3f7` within 58 m".
func Needs(j *job.Job, now time.Time) string { return Voice{}.Needs(j, now) }

// Needs is the function of that name, in a door's voice.
func (v Voice) Needs(j *job.Job, now time.Time) string {
	s := j.Signoff
	if s == nil {
		return "waits for a sign-off"
	}
	if s.Role == job.SignoffRequester {
		return fmt.Sprintf("waits for %s to confirm: say `approve %s` or `reject %s`%s", v.who(j.Principal), j.ID, j.ID, within(s, now))
	}
	need, more, by := max(0, s.Need-len(s.Approved)), "", " by "
	if len(s.Approved) > 0 {
		more = "more "
	}
	noun := "approval"
	if need != 1 {
		noun, by = "approvals", ", each by "
	}
	return fmt.Sprintf("needs %d %s%s%s%s: say `approve %s` or `reject %s`%s", need, more, noun, by, v.text(a(s.Role)), j.ID, j.ID, within(s, now))
}

// within is how long a sign-off may still take.
func within(s *job.Signoff, now time.Time) string {
	if left := s.Until.Sub(now); !s.Until.IsZero() && left > 0 {
		return " within " + chat.Duration(left)
	}
	return ""
}

// Signoff says who has signed off a job so far and until when others may: "approved so far: telnet:bob; the sign-off is
// open until 12:58:00 UTC". It is empty for a job that waits for nobody's word.
func (v Voice) Signoff(j *job.Job, now time.Time) string {
	if j.State != job.Confirming || j.Signoff == nil {
		return ""
	}
	var parts []string
	if approved := j.Signoff.Approved; len(approved) > 0 {
		names := make([]string, len(approved))
		for i, word := range approved {
			names[i] = word.Principal
		}
		parts = append(parts, "approved so far: "+v.all(names))
	}
	if until := j.Signoff.Until; !until.IsZero() {
		parts = append(parts, "the sign-off is open until "+chat.Clock(until, now))
	}
	return strings.Join(parts, "; ")
}

func (v Voice) queued(j *job.Job) string {
	if j.Behind != "" {
		return fmt.Sprintf("waits in line behind %s, which holds %s", v.text(j.Behind), v.text(sentence(j.Lock)))
	}
	return "is queued and begins in a moment"
}

func (v Voice) cancelling(j *job.Job) string {
	text := "is being cancelled"
	if j.Cancel != nil {
		switch of, late := job.Deadline(j.Cancel.By); {
		case late && of != "":
			text = fmt.Sprintf("is being stopped, since %s, which led to it, has passed its time limit", v.text(chat.OneLine(of)))
		case late:
			text = "has passed its time limit and is being stopped"
		default:
			text += ", as " + v.who(j.Cancel.By) + " asked" + v.because(j.Cancel.Reason)
		}
		if !j.Cancel.Signal.IsZero() {
			return text + "; it was told to stop and has not been seen stopped yet"
		}
	}
	return text + "; the receipt follows when it has been seen stopped"
}

// because is a reason in brackets, or nothing.
func (v Voice) because(reason string) string {
	if reason = sentence(reason); reason != "" {
		return " (" + v.text(reason) + ")"
	}
	return ""
}

// Forced says who let a job past its sign-off by force; empty when nobody did.
func Forced(j *job.Job) string { return Voice{}.Forced(j) }

// Forced is the function of that name, in a door's voice.
func (v Voice) Forced(j *job.Job) string {
	if j.Signoff == nil {
		return ""
	}
	for _, word := range j.Signoff.Approved {
		if word.Forced {
			return "was let past its sign-off by force, by " + v.who(word.Principal)
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
