package jobtext

import (
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
)

// Receipt is what a stopped job can prove: who asked and when, when the outside thing was told, when and how it was seen
// stopped, and what was left behind. It is empty for a job without a receipt.
func Receipt(j *job.Job, now time.Time) []string {
	r := j.Receipt
	if r == nil {
		return nil
	}
	lines := []string{"asked:     " + chat.Clock(r.Asked, now) + " by " + who(r.By) + because(r.Reason)}
	signalled := "not needed; nothing outside had been started"
	if !r.Signalled.IsZero() {
		signalled = chat.Clock(r.Signalled, now)
	} else if !j.Started.IsZero() {
		signalled = "no outside thing had to be told"
	}
	after := "at once"
	if took := r.Confirmed.Sub(r.Asked); took >= 100*time.Millisecond {
		after = chat.Duration(took) + " after it was asked"
	}
	lines = append(lines,
		"signalled: "+signalled,
		"confirmed: "+chat.Clock(r.Confirmed, now)+", "+after,
		"evidence:  "+sentence(r.Evidence))
	if len(r.Left) == 0 {
		return append(lines, "left:      nothing")
	}
	for i, left := range r.Left {
		name := "left:      "
		if i > 0 {
			name = "           "
		}
		lines = append(lines, name+sentence(left))
	}
	return lines
}
