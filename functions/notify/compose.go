package main

import (
	"strconv"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	lineBytes = 8 << 10 // of one story line
	lineLines = 60      // of one story line
)

// ref is what the outbox renderer remembers of an address in job.Shown.Ref: "<progress entry> <what was said last>".
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
func compose(view View, said string) ([]entry, string) {
	entries := make([]entry, 0, len(view.Story)+2)
	for _, line := range view.Story {
		entries = append(entries, entry{say, chat.Bound(chat.Clean(line.Text), lineBytes, lineLines), view.Job.Progress.Percent})
	}
	if view.More {
		return entries, said
	}
	j := view.Job
	if j.State.Final() {
		return append(entries, entry{last, jobtext.End(j, view.Now), j.Progress.Percent}), string(j.State)
	}
	now, text := standing(view)
	for _, fact := range news(j, said, now, text) {
		entries = append(entries, entry{say, fact, j.Progress.Percent})
	}
	if far := jobtext.Progress(j, view.Now); moves(now) {
		if far == "" {
			far = jobtext.Standing(j, view.Now)
		}
		entries = append(entries, entry{progress, far, j.Progress.Percent})
	}
	return entries, now
}

// The standings that an address is told of, once each time that it changes.
const (
	needs   = "needs:"  // and how many have approved
	behind  = "behind:" // and whom
	runs    = "runs"
	stops   = "stops"
	forced  = "+forced" // put behind any of them once a sign-off was forced
	unheard = ""
)

// standing names how an unfinished job stands, and says it in words.
func standing(view View) (name, text string) {
	j := view.Job
	switch {
	case j.State == job.Confirming:
		name = needs
		if j.Signoff != nil {
			name += strconv.Itoa(len(j.Signoff.Approved))
		}
	case j.State == job.Queued && j.Behind != "":
		name = behind + j.Behind
	case j.State == job.Cancelling:
		name = stops
	default:
		name = runs
	}
	if jobtext.Forced(j) != "" {
		name += forced
	}
	return name, jobtext.Standing(j, view.Now)
}

// news are the sentences that an address which was told said must be told now. That a job runs is news only to who was
// told that it had to wait.
func news(j *job.Job, said, now, text string) []string {
	var facts []string
	if strings.HasSuffix(now, forced) && !strings.HasSuffix(said, forced) {
		facts = append(facts, jobtext.Forced(j))
	}
	was, is := strings.TrimSuffix(said, forced), strings.TrimSuffix(now, forced)
	if was == is || (is == runs && was == unheard) {
		return facts
	}
	return append(facts, text)
}

// moves reports whether a job in this standing has progress to show.
func moves(standing string) bool {
	return strings.HasPrefix(standing, runs) || strings.HasPrefix(standing, stops)
}
