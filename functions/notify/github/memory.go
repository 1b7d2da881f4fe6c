package github

import (
	"encoding/json"
	"time"
)

// shape is the shape of what memory writes.
const shape = 1

// memory is what is remembered of an address between two showings, JSON in job.Shown.Ref. What is of another shape, written
// by an older or a newer notify, says only that there may be a comment and a check run: they are looked for first.
type memory struct {
	Shape    int    `json:"shape"`
	Reaction string `json:"reaction,omitempty"` // the last one given to the comment that asked
	Comment  mark   `json:"comment,omitzero"`   // our reply
	Run      mark   `json:"run,omitzero"`       // the check run, or with Status the commit status
	Status   bool   `json:"status,omitempty"`   // there is no App: commit statuses are set
	Intent   deed   `json:"try,omitempty"`      // the post that was begun and not seen done
	Since    int64  `json:"since,omitempty"`    // when it was begun, ms
	Doubt    bool   `json:"doubt,omitempty"`    // nobody knows whether there is a check run
	Mute     bool   `json:"mute,omitempty"`     // the comment that asked takes no reaction
	Why      string `json:"why,omitempty"`      // why something is shown no more
}

// mark is something of ours at GitHub.
type mark struct {
	ID      int64  `json:"id,omitempty"` // 0 while there is none
	Version int64  `json:"at,omitempty"` // the job's version that it shows; 0 for an unknown one
	Face    string `json:"as,omitempty"` // the standing that it shows; empty for an unknown one
	Edited  int64  `json:"ms,omitempty"` // when it was last written
	Lost    bool   `json:"lost,omitempty"`
}

func (m *memory) String() string {
	m.Shape = shape
	text, err := json.Marshal(m)
	if err != nil {
		return "" // cannot be: it holds strings and numbers
	}
	return string(text)
}

// readMemory reads what String wrote; "" is nothing. begun is when the job began, from when something may be there that a
// memory of another shape tells nothing of.
func readMemory(text string, begun time.Time) memory {
	var m memory
	if text == "" {
		return m
	}
	if err := json.Unmarshal([]byte(text), &m); err != nil || m.Shape != shape || !m.Intent.post() {
		return memory{Intent: postComment, Since: begun.UnixMilli(), Doubt: true}
	}
	return m
}

// wrote notes that something shows the job as it is now.
func (k *mark) wrote(f facts, now time.Time) {
	k.Version, k.Face, k.Edited = f.version, f.face, now.UnixMilli()
}

// stale says how a mark must be written: at once, or after a while for what is mere progress.
func (k *mark) stale(f facts, now time.Time) (change, progress bool, wait time.Duration) {
	switch {
	case k.Lost:
		return false, false, 0
	case k.Face != f.face:
		return true, false, 0
	case k.Version >= f.version:
		return false, false, 0
	}
	if wait = time.UnixMilli(k.Edited).Add(editGap).Sub(now); wait > 0 {
		return false, false, min(wait, editGap)
	}
	return false, true, 0
}

// empty reports whether nothing of what an address can show is left to be shown there.
func (m *memory) empty(f facts) bool {
	return (!f.reacts || m.Mute) && (!f.comments || m.Comment.Lost) && (!f.checks || m.Run.Lost)
}
