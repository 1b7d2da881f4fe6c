package slack

import (
	"strings"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/job"
)

// deed is something that the renderer does: one call of Slack.
type deed string

// The deeds. A post is recorded as an intent before it is made. An intent without an outcome is looked for: by the mark
// that the message carries as metadata.
const (
	open      deed = "open" // a person's direct messages
	lookCard  deed = "look-card"
	postCard  deed = "card"
	editCard  deed = "edit"
	lookWords deed = "look-words"
	postWords deed = "words"
	postLast  deed = "last" // the last word
)

// act is a deed with what its turn depends on.
type act struct {
	deed  deed
	state bool // it shows a change of state, or for the first time: it does not wait for the edits of others
	loud  bool // the last word is said in the channel too
}

// facts are what the renderer's next deeds depend on, besides its memory.
type facts struct {
	version int64  // of the job
	face    string // how the job stands
	final   bool   // it is over
	words   bool   // there are story lines to tell
	more    bool   // …and these are not all
	inside  bool   // the address is a thread: everything goes there
	loud    bool   // it took long, or did not succeed
	notice  bool   // it is a notice: its message says all there is
}

// see takes the facts from a view. long says that the job took long.
func see(view door.View, inside, long bool) facts {
	face := string(view.Job.State)
	final := view.Job.State.Final()
	if !final {
		face, _ = door.Standing(view.Job, view.Now)
	}
	notice := plainly(view.Job)
	if notice {
		face = job.NoticeCommand
	}
	return facts{
		version: view.Job.Version, face: strings.ReplaceAll(face, " ", "_"), final: final,
		words: len(view.Story) > 0, more: view.More, inside: inside,
		loud: final && (long || view.Job.State != job.Succeeded), notice: notice,
	}
}

// plainly reports whether a job is a notice that people are shown as it stands: that it was made, and succeeded, is no news.
func plainly(j *job.Job) bool {
	return j.IsNotice() && (!j.State.Final() || j.State == job.Succeeded)
}

// plan decides what is to be done now: nothing when the address is up to date, at most one deed for the message and one
// for its thread. Either may wait without holding up the other, but there is no thread before there is a message.
func plan(f facts, m memory) []act {
	switch {
	case m.channel == "":
		return []act{{deed: open, state: true}}
	case m.intent.what == postCard:
		return []act{{deed: lookCard, state: true}}
	case m.card == "" && !m.lost:
		return []act{{deed: postCard, state: true}}
	}
	var acts []act
	if !m.lost && m.version < f.version && (!f.notice || m.face != f.face) {
		acts = append(acts, act{deed: editCard, state: m.face != f.face})
	}
	return append(acts, thread(f, m)...)
}

// thread decides what is to be done in the thread.
func thread(f facts, m memory) []act {
	inside := m.inside(f.inside)
	if m.card == "" && !inside {
		return nil // there is no thread: the message was deleted
	}
	switch {
	case m.intent.what != "":
		return []act{{deed: lookWords, state: true}}
	case f.words:
		return []act{{deed: postWords}}
	case f.final && !f.more && !m.said && !f.notice:
		// Whoever is in a thread is told of each word in it, and a message that showed the end at once said it in the channel.
		return []act{{deed: postLast, loud: f.loud && !m.late && !inside}}
	}
	return nil
}

// inside reports whether everything is shown in the address' own thread: unless that is gone, or cannot be reached.
func (m memory) inside(thread bool) bool { return thread && !m.bare && m.detour == "" }

// misses notes that the message was deleted: it is posted once more while the job is under way, and else let be. What was
// about to be said in its thread is said in the new one's.
func (m memory) misses(f facts) memory {
	m.card, m.version, m.face, m.intent = "", 0, "", intent{}
	if f.final || m.anew {
		m.lost = true
	} else {
		m.anew = true
	}
	return m
}

// turns away from a place that takes no message: code is what Slack said of it.
func (m memory) turns(code string) memory {
	return memory{detour: code, said: m.said, anew: m.anew}
}
