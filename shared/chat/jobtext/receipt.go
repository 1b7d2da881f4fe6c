package jobtext

import (
	"fmt"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
)

// Fact is a line of a receipt. A further one of the same kind has no name.
type Fact struct{ Name, Text string }

// Receipt is what a stopped job can prove: who asked and when, when the outside thing was told, when and how it was seen
// stopped, and what was left behind. It is empty for a job without a receipt.
func Receipt(j *job.Job, now time.Time) []string {
	var lines []string
	for _, fact := range (Voice{}).Receipt(j, now) {
		name := fact.Name
		if name != "" {
			name += ":"
		}
		lines = append(lines, fmt.Sprintf("%-10s %s", name, fact.Text))
	}
	return lines
}

// Receipt is the function of that name, in a door's voice.
func (v Voice) Receipt(j *job.Job, now time.Time) []Fact {
	r := j.Receipt
	if r == nil {
		return nil
	}
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
	facts := []Fact{
		{"asked", chat.Clock(r.Asked, now) + " by " + v.who(r.By) + v.because(r.Reason)},
		{"signalled", signalled},
		{"confirmed", chat.Clock(r.Confirmed, now) + ", " + after},
		{"evidence", v.text(sentence(r.Evidence))},
	}
	if len(r.Left) == 0 {
		return append(facts, Fact{"left", "nothing"})
	}
	for i, left := range r.Left {
		fact := Fact{Text: v.text(sentence(left))}
		if i == 0 {
			fact.Name = "left"
		}
		facts = append(facts, fact)
	}
	return facts
}
