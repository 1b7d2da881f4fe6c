package jobs

import (
	"slices"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/job"
)

// event is an entry of a job's timeline.
type event struct {
	At    time.Time
	Text  string
	State string // colours it; empty for what is only told
}

// timeline is what became of a job, in order: its states, and what people were told, as much as the viewer is shown.
func timeline(j *job.Job, told []job.Line, shown sees) []event {
	var list []event
	add := func(at time.Time, state, text string) {
		if !at.IsZero() {
			list = append(list, event{at, text, state})
		}
	}
	from := chat.OneLine(j.Principal) + " asked for it"
	if j.Origin.Door != "" {
		from += ", from " + chat.OneLine(j.Origin.Door)
	}
	add(j.Created, string(job.Queued), from)
	if j.Signoff != nil && shown.Asked {
		for _, word := range j.Signoff.Approved {
			text := chat.OneLine(word.Principal) + " approved it"
			if word.Forced {
				text = chat.OneLine(word.Principal) + " let it through by force"
			}
			add(word.At, string(job.Confirming), text)
		}
	}
	add(j.Started, string(job.Running), "It began")
	if c := j.Cancel; c != nil {
		text := "It was asked to stop"
		if shown.Output {
			text = jobtext.Who(c.By) + " asked it to stop"
			if c.Reason != "" {
				text += ": " + chat.OneLine(c.Reason)
			}
		}
		add(c.At, string(job.Cancelling), text)
		add(c.Signal, string(job.Cancelling), "What it had started was told to stop")
	}
	end := "It ended: " + string(j.State)
	if reason := shown.reason(j); reason != "" {
		end += "; " + reason
	}
	if j.State.Final() {
		list = append(list, event{j.Finished, end, string(j.State)})
	}
	return merged(list, told, j.State.Final())
}

// merged puts what was told between the states. Of what came at the same moment a state is first, but for the last one.
func merged(states []event, told []job.Line, over bool) []event {
	before, last := states, []event(nil)
	if over {
		before, last = states[:len(states)-1], states[len(states)-1:]
	}
	list := slices.Clone(before)
	for i, line := range told {
		if i > 0 && line.At.Equal(told[i-1].At) { // they were told at once
			list[len(list)-1].Text += "\n" + chat.Clean(line.Text)
			continue
		}
		list = append(list, event{At: line.At, Text: chat.Clean(line.Text)})
	}
	list = append(list, last...)
	slices.SortStableFunc(list, func(a, b event) int { return a.At.Compare(b.At) })
	return list
}
