package outbox

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

// Kind says what an entry is for.
type Kind string

// The kinds of entries.
const (
	Say      Kind = "say"      // to be shown
	Progress Kind = "progress" // replaces the job's earlier progress; need not be shown
	End      Kind = "end"      // the job's last word, to be shown
)

// Entry is one thing that the bot has to say.
type Entry struct {
	ID      string // of the stream; they grow
	Job     string // may be empty
	Kind    Kind
	Text    string // may have several lines; from outside, so not clean
	State   job.State
	Percent int // -1 when unknown
}

// Telling reports whether the entry must not be lost.
func (e Entry) Telling() bool { return e.Kind != Progress }

func parse(m redis.XMessage) Entry {
	field := func(name string) string {
		text, _ := m.Values[name].(string)
		return text
	}
	percent, err := strconv.Atoi(field("percent"))
	if err != nil || percent < 0 || percent > 100 {
		percent = -1
	}
	kind := Kind(field("kind"))
	if kind != Progress && kind != End {
		kind = Say
	}
	return Entry{
		ID: m.ID, Job: field("job"), Kind: kind, Text: strings.TrimRight(field("text"), "\n"),
		State: job.State(field("state")), Percent: percent,
	}
}

// Start is before every entry.
const Start = "0-0"

// compare orders ids of entries, as Redis does. What is not an id counts as Start.
func compare(a, b string) int {
	aMillis, aSeq := split(a)
	bMillis, bSeq := split(b)
	return cmp.Or(cmp.Compare(aMillis, bMillis), cmp.Compare(aSeq, bSeq))
}

// After reports whether entry a comes after entry b.
func After(a, b string) bool { return compare(a, b) > 0 }

func split(id string) (millis, seq uint64) {
	first, second, _ := strings.Cut(id, "-")
	millis, _ = strconv.ParseUint(first, 10, 64) // 0 for what is not a number
	seq, _ = strconv.ParseUint(second, 10, 64)
	return millis, seq
}
