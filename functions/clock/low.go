package main

import (
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/redisinfo"
)

const (
	// checkEvery is how often it is looked for what runs low.
	checkEvery = time.Minute
	// silence is how long nothing is said of a condition after it was said, unless it became critical.
	silence = 30 * time.Minute
	// overdue is how long a due job may have nobody who takes it.
	overdue = 2 * time.Minute
	// forgotten is when what was told of a condition that is over need not be known; well over the life of a job's key.
	forgotten = 48 * time.Hour
)

// The levels of a condition.
const (
	fine = iota
	warning
	critical
)

// readings are what was seen at one look.
type readings struct {
	used, most uint64           // bytes that Redis uses, and may; most 0 when that is not known
	machine    bool             // whether most is the machine's memory
	files      bool             // whether failing is known
	failing    []string         // what Redis could not write, by the field of its INFO that says so
	jobs       bool             // whether untaken is known
	untaken    []job.Untaken    // due jobs in nobody's hands
	dead       map[string]int64 // deliveries that were given up, by function; nil when that is not known
}

// The kinds of conditions.
const (
	kindMemory  = "memory"  // Redis' memory is nearly full
	kindFile    = "file"    // Redis cannot write its file
	kindUntaken = "untaken" // nobody takes a function's jobs
	kindDead    = "dead"    // deliveries to a function were given up
)

// condition is how one thing stands.
type condition struct {
	level int
	grade int64  // grows as it gets worse within a level
	text  string // what to say of it
}

// since is from when on a due job was seen in nobody's hands.
type since struct {
	Fence int64     `json:"fence"`
	At    time.Time `json:"at"`
}

// told is what was told of a condition.
type told struct {
	Level int          `json:"level"`
	Grade int64        `json:"grade,omitempty"`
	At    [3]time.Time `json:"at"` // when each level was last told; fine is that it is over
}

// track says since when each job is in nobody's hands: since an earlier look, if nobody took it between them.
func track(before map[string]since, found []job.Untaken, now time.Time) map[string]since {
	after := make(map[string]since, len(found))
	for _, u := range found {
		s, known := before[u.ID]
		if !known || s.Fence != u.Fence {
			s = since{Fence: u.Fence, At: now}
		}
		after[u.ID] = s
	}
	return after
}

// conditions says how everything stands, by name: a kind, and the function that it is about. What could not be read is not
// in it.
func conditions(r readings, m memo, now time.Time) map[string]condition {
	found := make(map[string]condition)
	for name, t := range m.Told { // what is over is found nowhere
		kind, function, _ := strings.Cut(name, " ")
		waits := func(u job.Untaken) bool { return u.Function == function } // perhaps not long enough yet
		switch {
		case t.Level == fine:
		case kind == kindUntaken && r.jobs && !slices.ContainsFunc(r.untaken, waits):
			found[name] = condition{fine, 0, fmt.Sprintf("The function %s takes its jobs again.", function)}
		case kind == kindDead && r.dead != nil:
			found[name] = condition{fine, 0, fmt.Sprintf("No delivery to %s that was given up is left.", function)}
		}
	}
	if r.most > 0 {
		found[kindMemory] = memory(r)
	}
	if r.files {
		found[kindFile] = files(r.failing)
	}
	late := make(map[string][]string)
	for _, u := range r.untaken {
		// A notice that nobody takes the notices would wait with them.
		if u.Function != job.NoticeFunction && now.Sub(m.Untaken[u.ID].At) >= overdue {
			late[u.Function] = append(late[u.Function], u.ID)
		}
	}
	for function, ids := range late {
		found[kindUntaken+" "+function] = untaken(function, ids)
	}
	for function, n := range r.dead {
		found[kindDead+" "+function] = dead(function, n)
	}
	return found
}

func memory(r readings) condition {
	percent, whose := redisinfo.Percent(r.used, r.most), "its"
	if r.machine {
		whose = "the machine's"
	}
	text := fmt.Sprintf("Redis uses %d %% of %s memory (%.0f of %.0f MiB)", percent, whose, mebibytes(r.used), mebibytes(r.most))
	switch {
	case percent >= redisinfo.Nearly:
		return condition{critical, 0, "I am nearly out of room: " + text + ". When it is full, I take no new job; give it more, or keep fewer jobs."}
	case percent >= redisinfo.Low:
		return condition{warning, 0, "I am running low on resources: " + text + ". When it is full, I take no new job."}
	}
	return condition{fine, 0, "There is room again: " + text + "."}
}

func mebibytes(n uint64) float64 { return float64(n) / (1 << 20) }

func files(failing []string) condition {
	if len(failing) == 0 {
		return condition{fine, 0, "Redis can write its file again."}
	}
	return condition{critical, int64(len(failing)), fmt.Sprintf(
		"Redis cannot write its file (%s): what happens now is lost if it stops. Is its disk full?", strings.Join(failing, ", "))}
}

// untaken grows worse when it doubles.
func untaken(function string, ids []string) condition {
	text := fmt.Sprintf("%d jobs of %s have been due for more than two minutes, and nobody takes them", len(ids), function)
	if len(ids) == 1 {
		text = fmt.Sprintf("A job of %s has been due for more than two minutes, and nobody takes it", function)
	}
	text += fmt.Sprintf(" (%s): is the function %s deployed, and up?", slices.Min(ids), function)
	return condition{warning, int64(bits.Len(uint(len(ids)))), text}
}

func dead(function string, n int64) condition {
	text := fmt.Sprintf("%d deliveries to %s were given up", n, function)
	if n == 1 {
		text = fmt.Sprintf("A delivery to %s was given up", function)
	}
	text += fmt.Sprintf(" after many tries. `events dead %s` says why, and `events revive` has it tried again.", function)
	return condition{warning, n, text}
}

// begin writes down what a look saw, and forgets what is long over.
func (m *memo) begin(r readings, now time.Time) {
	before := m.Untaken
	if now.Sub(m.Checked) > absence {
		before = nil // nobody has nudged them meanwhile
	}
	if r.jobs {
		m.Untaken = track(before, r.untaken, now)
	}
	m.Checked = now
	m.Told = maps.Clone(m.Told)
	maps.DeleteFunc(m.Told, func(_ string, t told) bool { return t.Level == fine && now.Sub(t.last(fine)) >= forgotten })
}

// note writes down that something was told.
func (m *memo) note(s statement) {
	if m.Told == nil {
		m.Told = make(map[string]told)
	}
	m.Told[s.name] = s.told
}

// statement is one notice, with what has been told of its condition then.
type statement struct {
	notice

	name string
	told told
}

// judge says what is to be told, given what was told before: a condition once when it begins, again when it gets worse,
// once when it is over, and at most once in half an hour; only that it has become critical does not wait.
func judge(before map[string]told, found map[string]condition, now time.Time) []statement {
	var list []statement
	for _, name := range slices.Sorted(maps.Keys(found)) {
		c, t := found[name], before[name]
		worse := c.level > t.Level || (c.level == t.Level && c.grade > t.Grade)
		if ended := c.level == fine && t.Level > fine; (!worse && !ended) || now.Sub(t.last(c.level)) < silence {
			continue
		}
		key := fmt.Sprintf("low %s %d %d", name, c.level, t.last(fine).UnixMilli())
		t.Level, t.Grade, t.At[c.level] = c.level, c.grade, now
		list = append(list, statement{notice{key: key, text: c.text}, name, t})
	}
	return list
}

// last is when something was last told that keeps a level from being told: critical is kept only by itself.
func (t told) last(level int) time.Time {
	if level == critical {
		return t.At[critical]
	}
	return slices.MaxFunc(t.At[:], time.Time.Compare)
}
