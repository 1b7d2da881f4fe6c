package gerrit

import (
	"encoding/json"
	"time"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/gerrit"
)

// deed is something that is done in Gerrit: one call.
type deed string

// The deeds. A message is recorded as an intent before it is posted; an intent without an outcome is looked for.
const (
	look    deed = "look"
	started deed = "started" // the message that the job began
	done    deed = "done"    // the message of its end, with the vote
)

// facts are what the next deed depends on, besides memory.
type facts struct {
	begun bool // the job is under way, and that is to be told
	over  bool // it has ended
}

func see(view door.View, p gerrit.Place) facts {
	j := view.Job
	return facts{
		begun: p.Started && !j.Started.IsZero() && !j.State.Final() && !view.More && !j.IsNotice(),
		over:  j.State.Final() && !view.More,
	}
}

// plan decides what is to be done now; empty when the change was told all. That a job began is not told any more when it
// has ended.
func plan(f facts, m memory) deed {
	switch {
	case m.Intent != "":
		return look
	case f.over && !m.Done:
		return done
	case f.begun && !m.Started:
		return started
	}
	return ""
}

// shape is the shape of what memory writes.
const shape = 1

// memory is what is remembered of an address between two showings, JSON in job.Shown.Ref. What is of another shape, written
// by an older or a newer notify, says only that the last message may have been posted.
type memory struct {
	Shape   int    `json:"shape"`
	Started bool   `json:"started,omitempty"` // it was told that the job began
	Done    bool   `json:"done,omitempty"`    // it was told the end
	Intent  deed   `json:"try,omitempty"`     // the message that was begun and not seen posted
	Since   int64  `json:"since,omitempty"`   // when it was begun, ms
	NoVote  string `json:"novote,omitempty"`  // why the message goes without its vote
}

func (m *memory) told(d deed) {
	m.Started = m.Started || d == started
	m.Done = m.Done || d == done
}

func (m *memory) String() string {
	m.Shape = shape
	text, err := json.Marshal(m)
	if err != nil {
		return "" // cannot be: it holds strings and numbers
	}
	return string(text)
}

// readMemory reads what String wrote; "" is nothing. begun is when the job began.
func readMemory(text string, begun time.Time) memory {
	var m memory
	if text == "" {
		return m
	}
	if err := json.Unmarshal([]byte(text), &m); err != nil || m.Shape != shape || (m.Intent != "" && m.Intent != started && m.Intent != done) {
		return memory{Started: true, Intent: done, Since: begun.UnixMilli()}
	}
	return m
}
