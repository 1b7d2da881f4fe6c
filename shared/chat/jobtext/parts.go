package jobtext

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	partsMost = 30 // lines of a list of parts
	partNote  = 90 // cells of a part's note
)

// marks are what a part's state looks like.
var marks = map[string]string{
	string(job.Confirming): "✋", string(job.Queued): "…", string(job.Running): "▶", string(job.Waiting): "▶",
	string(job.Cancelling): "■", string(job.Succeeded): "✓", string(job.Failed): "✗", string(job.Cancelled): "⊘",
	string(job.Unknown): "?", job.PartSkipped: "–", job.PartKept: "✓", "": "·",
}

// Mark is one sign for a part's state: ✓ ▶ ✗. Whoever cannot see it reads the state beside it.
func Mark(state string) string {
	if mark, ok := marks[state]; ok {
		return mark
	}
	return "·"
}

// Parts lists what a job consists of, a line each with its mark, state and time: "✓ build  succeeded in 31 s  k3f7". Of many
// those around what happens now are shown. It is empty for a job of one piece.
func Parts(j *job.Job, now time.Time) []string {
	if len(j.Parts) == 0 {
		return nil
	}
	from, to := window(j.Parts)
	rows := make([][]string, 0, to-from)
	for _, part := range j.Parts[from:to] {
		row := []string{Mark(part.State) + " " + chat.Brief(part.Name, partNote), PartState(part, now)}
		if about := about(part); about != "" {
			row = append(row, about)
		}
		rows = append(rows, row)
	}
	lines := strings.Split(chat.Table(rows), "\n")
	if from > 0 {
		lines = append([]string{fmt.Sprintf("✓ %d before these are over", from)}, lines...)
	}
	if more := len(j.Parts) - to; more > 0 {
		lines = append(lines, fmt.Sprintf("· and %d more", more))
	}
	return lines
}

// window is which parts are shown: all, or those from shortly before the first that is not over.
func window(parts []job.Part) (from, to int) {
	const room, before = partsMost - 2, 5
	if len(parts) <= partsMost {
		return 0, len(parts)
	}
	first := len(parts)
	for i, part := range parts {
		if part.Ended.IsZero() && part.State != job.PartSkipped && part.State != job.PartKept {
			first = i
			break
		}
	}
	from = max(0, min(first-before, len(parts)-room))
	return from, min(from+room, len(parts))
}

// PartState says how a part stands: "succeeded in 31 s", "runs, 2 m 3 s", "skipped"; empty before it began.
func PartState(part job.Part, now time.Time) string {
	took := ""
	switch {
	case part.Started.IsZero():
	case part.Ended.IsZero():
		took = chat.Duration(now.Sub(part.Started))
	default:
		took = chat.Duration(part.Ended.Sub(part.Started))
	}
	words := map[string][2]string{
		string(job.Confirming): {"waits for a sign-off", ", "}, string(job.Queued): {"waits in line", ", "},
		string(job.Running): {"runs", ", "}, string(job.Waiting): {"runs", ", "}, string(job.Cancelling): {"is being stopped", ", "},
		string(job.Succeeded): {"succeeded", " in "}, string(job.Failed): {"failed", " after "},
		string(job.Cancelled): {"cancelled", " after "}, string(job.Unknown): {"nobody can tell how it ended", ""},
		job.PartSkipped: {"skipped", ""}, job.PartKept: {"done before", ""},
	}
	word, ok := words[part.State]
	if !ok {
		return ""
	}
	switch {
	case took == "" || word[1] == "":
		return word[0]
	case !part.Ended.IsZero() && part.Ended.Sub(part.Started) < noticeable:
		return word[0] + " at once"
	}
	return word[0] + word[1] + took
}

// about is the job that does a part, and what is to be said of it.
func about(part job.Part) string {
	note := chat.Brief(part.Note, partNote)
	if part.Job != "" && note != "" {
		return part.Job + ": " + note
	}
	return part.Job + note
}

// Over counts the parts that need no more to be done, "4 of 6".
func Over(parts []job.Part) string {
	over := 0
	for _, part := range parts {
		if !part.Ended.IsZero() || part.State == job.PartSkipped || part.State == job.PartKept {
			over++
		}
	}
	return strconv.Itoa(over) + " of " + strconv.Itoa(len(parts))
}
