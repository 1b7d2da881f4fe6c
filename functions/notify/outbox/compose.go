package outbox

import (
	"strings"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/outbox"
)

// ref is what the renderer remembers of an address in job.Shown.Ref: "<progress entry> <what was said last>".
type ref struct {
	progress string // the last progress entry, which may be unread; empty for none
	said     string // which standing was said last, see standing
}

func parseRef(text string) ref {
	id, said, _ := strings.Cut(text, " ")
	if id == "-" {
		id = ""
	}
	return ref{progress: id, said: said}
}

// compose makes the entries that bring an outbox up to date: the story, and unless there is more of it, how the job
// stands. said is which standing the address was told last; the new one is returned.
func compose(view door.View, said string) ([]outbox.Entry, string) {
	entries := make([]outbox.Entry, 0, len(view.Story)+2)
	for _, line := range view.Story {
		entries = append(entries, outbox.Entry{Kind: outbox.Say, Text: door.Line(line), Percent: view.Job.Progress.Percent})
	}
	if view.More {
		return entries, said
	}
	j := view.Job
	if j.State.Final() {
		return append(entries, outbox.Entry{Kind: outbox.End, Text: jobtext.EndTold(j, view.Now), Percent: j.Progress.Percent}), string(j.State)
	}
	now, text := door.Standing(j, view.Now)
	for _, fact := range news(j, said, now, text) {
		entries = append(entries, outbox.Entry{Kind: outbox.Say, Text: fact, Percent: j.Progress.Percent})
	}
	if far := jobtext.Progress(j, view.Now); moves(now) {
		if far == "" {
			far = jobtext.Standing(j, view.Now)
		}
		entries = append(entries, outbox.Entry{Kind: outbox.Progress, Text: far, Percent: j.Progress.Percent})
	}
	return entries, now
}

// unheard is what an address was told of last that was told nothing yet.
const unheard = ""

// news are the sentences that an address which was told said must be told now. That a job runs is news only to who was
// told that it had to wait.
func news(j *job.Job, said, now, text string) []string {
	var facts []string
	if strings.HasSuffix(now, door.Forced) && !strings.HasSuffix(said, door.Forced) {
		facts = append(facts, jobtext.Forced(j))
	}
	was, is := strings.TrimSuffix(said, door.Forced), strings.TrimSuffix(now, door.Forced)
	if was == is || (is == door.Runs && was == unheard) {
		return facts
	}
	return append(facts, text)
}

// moves reports whether a job in this standing has progress to show.
func moves(standing string) bool {
	return strings.HasPrefix(standing, door.Runs) || strings.HasPrefix(standing, door.Stops)
}
