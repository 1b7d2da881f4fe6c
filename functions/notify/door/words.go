package door

import (
	"strconv"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/job"
)

// The bounds of one story line.
const (
	lineBytes = 8 << 10
	lineLines = 60
)

// Line is a story line as a door that tells each of them says it.
func Line(line job.Line) string { return chat.Bound(chat.Clean(line.Text), lineBytes, lineLines) }

// The standings that an address is told of, once each time that it changes.
const (
	Needs  = "needs:"  // and how many have approved
	Behind = "behind:" // and whom
	Runs   = "runs"
	Stops  = "stops"
	Forced = "+forced" // put behind any of them once a sign-off was forced
)

// Standing names how an unfinished job stands, and says it in words.
func Standing(j *job.Job, now time.Time) (name, text string) {
	switch {
	case j.State == job.Confirming:
		name = Needs
		if j.Signoff != nil {
			name += strconv.Itoa(len(j.Signoff.Approved))
		}
	case j.State == job.Queued && j.Behind != "":
		name = Behind + j.Behind
	case j.State == job.Cancelling:
		name = Stops
	default:
		name = Runs
	}
	if jobtext.Forced(j) != "" {
		name += Forced
	}
	return name, jobtext.Standing(j, now)
}
