package gerrit

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/gerrit"
	"github.com/handsoff/handsoff/shared/job"
)

// Of a message: Gerrit takes 16 KiB (change.commentSizeLimit), and people read less.
const (
	messageBytes = 8 << 10
	messageLines = 60
)

func (s *showing) change() string { return strconv.Itoa(s.place.Change) }

// revision is the patch set that was built.
func (s *showing) revision() string {
	if s.place.PatchSet == 0 {
		return "current"
	}
	return strconv.Itoa(s.place.PatchSet)
}

// review is what a deed says. How a job ended is a vote only where that says something of the change: one that was
// cancelled, or of which nobody knows, says nothing.
func (s *showing) review(d deed) gerrit.Review {
	r := gerrit.Review{Message: s.message(d), Tag: gerrit.Tag}
	if d == started {
		r.Notify = "NONE" // no mail: the end follows
		return r
	}
	if vote, votes := s.vote(); votes && s.memory.NoVote == "" {
		r.Labels = map[string]int{s.place.Label: vote}
	}
	return r
}

// vote is the vote that goes with the job's end; false for none.
func (s *showing) vote() (int, bool) {
	if s.place.Label == "" || s.view.Job.IsNotice() {
		return 0, false
	}
	switch s.view.Job.State {
	case job.Succeeded:
		return s.place.Success, true
	case job.Failed:
		return s.place.Failure, true
	case job.Cancelled, job.Unknown, job.Confirming, job.Queued, job.Running, job.Waiting, job.Cancelling:
	}
	return 0, false
}

// message is the text of a deed, whose last line is the one by which it is found again.
func (s *showing) message(d deed) string {
	j := s.view.Job
	text := jobtext.End(j, s.view.Now)
	if d == started {
		text = "began: " + jobtext.Command(j)
	}
	if !j.IsNotice() {
		text = j.ID + " " + text
	}
	lines := []string{chat.Bound(text, messageBytes, messageLines)}
	if s.memory.NoVote != "" && d == done {
		if vote, votes := s.vote(); votes {
			lines = append(lines, fmt.Sprintf("It would be %s%+d, which I may not vote here.", s.place.Label, vote))
		}
	}
	if s.dashboard != "" {
		lines = append(lines, s.dashboard+"/jobs/"+url.PathEscape(j.ID))
	}
	return strings.Join(append(lines, "", line(j.ID, d)), "\n")
}

// line is the one by which a message is found again.
func line(id string, d deed) string { return "(handsoff job " + id + ", " + string(d) + ")" }

// hasLine reports whether a text has a line; what came from outside has none that begins with a bracket of ours, since it is
// indented or follows the job's id.
func hasLine(text, line string) bool {
	return slices.ContainsFunc(strings.Split(text, "\n"), func(have string) bool { return strings.TrimRight(have, " \r") == line })
}
