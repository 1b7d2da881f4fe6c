package slack

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/job"
)

// told names acts as "edit", "edit!" for one that shows a change of state, "last!" for one that is said in the channel.
func told(acts []act) string {
	names := make([]string, len(acts))
	for i, a := range acts {
		names[i] = string(a.deed)
		if (a.deed == editCard && a.state) || a.loud {
			names[i] += "!"
		}
	}
	return strings.Join(names, " ")
}

func TestPlan(t *testing.T) {
	t.Parallel()
	const v, card = 7, "1700000000.000200"
	runsAt := func(changes ...func(*facts)) facts {
		f := facts{version: v, face: door.Runs}
		for _, change := range changes {
			change(&f)
		}
		return f
	}
	over := func(f *facts) { f.final, f.face = true, string(job.Succeeded) }
	loud := func(f *facts) { f.loud = true }
	words := func(f *facts) { f.words = true }
	more := func(f *facts) { f.more = true }
	inside := func(f *facts) { f.inside = true }
	shows := func(version int64, face string) memory {
		return memory{channel: "C1", card: card, version: version, face: face}
	}
	for name, test := range map[string]struct {
		facts  facts
		memory memory
		want   string
	}{
		"a person's direct messages are opened":  {runsAt(), memory{}, "open"},
		"first sight":                            {runsAt(words), memory{channel: "C1"}, "card"},
		"first sight when it is over":            {runsAt(over, words), memory{channel: "C1"}, "card"},
		"a post that may have been made":         {runsAt(words), memory{channel: "C1", intent: intent{what: postCard}}, "look-card"},
		"up to date":                             {runsAt(), shows(v, door.Runs), ""},
		"progress":                               {runsAt(), shows(v-1, door.Runs), "edit"},
		"another state":                          {runsAt(), shows(v-1, door.Needs+"1"), "edit!"},
		"a message found again":                  {runsAt(), shows(0, ""), "edit!"},
		"progress and words":                     {runsAt(words), shows(v-1, door.Runs), "edit words"},
		"words that may have been said":          {runsAt(words), withIntent(shows(v, door.Runs), postWords), "look-words"},
		"the end":                                {runsAt(over), shows(v-1, door.Runs), "edit! last"},
		"the end that took long":                 {runsAt(over, loud), shows(v-1, door.Runs), "edit! last!"},
		"the end after words":                    {runsAt(over, words), shows(v, string(job.Succeeded)), "words"},
		"the end after more words":               {runsAt(over, more), shows(v, string(job.Succeeded)), ""},
		"the end of what was first seen over":    {runsAt(over, loud), late(shows(v, string(job.Succeeded))), "last"},
		"the end in a thread":                    {runsAt(over, loud, inside), shows(v, string(job.Succeeded)), "last"},
		"the end in a thread that is gone":       {runsAt(over, loud, inside), bare(shows(v, string(job.Succeeded))), "last!"},
		"a last word that may have been said":    {runsAt(over), withIntent(shows(v, string(job.Succeeded)), postLast), "look-words"},
		"after the last word":                    {runsAt(over), said(shows(v, string(job.Succeeded))), ""},
		"deleted":                                {runsAt(words), shows(v, door.Runs).misses(runsAt()), "card"},
		"deleted twice":                          {runsAt(words), shows(v, door.Runs).misses(runsAt()).misses(runsAt()), ""},
		"deleted when it was over":               {runsAt(over, words), shows(v, door.Runs).misses(runsAt(over)), ""},
		"deleted when it was over, in a thread":  {runsAt(over, words, inside), shows(v, door.Runs).misses(runsAt(over)), "words"},
		"a channel that takes nothing any more":  {runsAt(words), shows(v, door.Runs).turns("is_archived"), "open"},
		"the requester's direct messages":        {runsAt(words, inside), memory{channel: "D1", detour: "is_archived"}, "card"},
		"the end in direct messages by a detour": {runsAt(over, loud, inside), detoured(shows(v, string(job.Succeeded))), "last!"},
	} {
		if got := told(plan(test.facts, test.memory)); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func withIntent(m memory, d deed) memory {
	m.intent = intent{what: d, upto: "1-0"}
	return m
}

func late(m memory) memory     { m.late = true; return m }
func bare(m memory) memory     { m.bare = true; return m }
func said(m memory) memory     { m.said = true; return m }
func detoured(m memory) memory { m.detour = "is_archived"; return m }

// TestThePlanComesToItsEnd: whatever is remembered, doing what the plan says makes an end of it, with one last word, and
// nothing said twice.
func TestThePlanComesToItsEnd(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := facts{
			version: 5, final: rapid.Bool().Draw(t, "final"), inside: rapid.Bool().Draw(t, "inside"),
			loud: rapid.Bool().Draw(t, "loud"), face: door.Runs,
		}
		lines := rapid.IntRange(0, 3).Draw(t, "lines")
		m := anyMemory().Draw(t, "memory")
		lastWords, cards := 0, 0
		for range 40 {
			f.words = lines > 0
			acts := plan(f, m)
			if len(acts) == 0 {
				if m.card == "" && !m.lost {
					t.Fatal("there is no message")
				}
				if m.card != "" && f.final && !m.said {
					t.Fatal("there is no last word")
				}
				if m.card != "" && (lines > 0 || m.version < f.version) {
					t.Fatalf("something is not shown: %+v", m)
				}
				if lastWords > 1 || cards > 1 {
					t.Fatalf("said %d last words and posted %d messages", lastWords, cards)
				}
				return
			}
			a := rapid.SampledFrom(acts).Draw(t, "act")
			found := rapid.Bool().Draw(t, "found")
			switch a.deed {
			case open:
				m.channel = "D1"
			case lookCard:
				m.intent = intent{}
				if found {
					m.card, m.version, m.face = "1.2", 0, ""
				}
			case lookWords:
				if found && m.intent.what == postLast {
					m.said = true
				}
				m.intent = intent{}
			case postCard:
				cards++
				m.card, m.version, m.face = "1.2", f.version, f.face
			case editCard:
				m.version, m.face = f.version, f.face
			case postWords:
				lines--
			case postLast:
				lastWords++
				m.said = true
			}
		}
		t.Fatalf("no end: %+v %+v", f, m)
	})
}

func anyMemory() *rapid.Generator[memory] {
	return rapid.Custom(func(t *rapid.T) memory {
		m := memory{
			channel: rapid.SampledFrom([]string{"", "C0OPS", "D0ANN"}).Draw(t, "channel"),
			card:    rapid.SampledFrom([]string{"", "1700000000.000200"}).Draw(t, "card"),
			version: int64(rapid.IntRange(0, 5).Draw(t, "version")),
			face:    rapid.SampledFrom([]string{"", door.Runs, door.Needs + "2" + door.Forced, door.Behind + "k3f7", string(job.Failed)}).Draw(t, "face"),
			detour:  rapid.SampledFrom([]string{"", "not_in_channel"}).Draw(t, "detour"),
		}
		for _, flag := range m.flags() {
			*flag.set = rapid.Bool().Draw(t, flag.name)
		}
		if what := rapid.SampledFrom([]deed{"", postCard, postWords, postLast}).Draw(t, "intent"); what != "" {
			m.intent = intent{what: what, at: time.UnixMilli(rapid.Int64Range(0, 1e13).Draw(t, "at"))}
			if what == postWords {
				m.intent.upto = fmt.Sprintf("%d-%d", rapid.IntRange(0, 1e6).Draw(t, "ms"), rapid.IntRange(0, 9).Draw(t, "seq"))
			}
		}
		m.lost = m.lost && m.card == "" && m.intent.what != postCard
		return m
	})
}

func TestMemoryIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := anyMemory().Draw(t, "memory")
		if got := readMemory(m.String(), time.Time{}); got != m {
			t.Fatalf("%q is read as %+v, not %+v", &m, got, m)
		}
	})
}

// FuzzMemory: whatever another notify wrote, nothing is thought to have been posted that was not, and what may have been is
// looked for.
func FuzzMemory(f *testing.F) {
	f.Add("slack1 in=C0OPS card=1700000000.000200 at=17 as=door.Runs try=words@1700000001234:1700000000999-0")
	f.Add("slack1 try=dance@x")
	f.Add("slack2 {}")
	f.Add("C0OPS 1700000000.000200")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		begun := time.UnixMilli(1_700_000_000_000)
		m := readMemory(text, begun)
		if words := strings.Fields(text); text != "" && (len(words) == 0 || words[0] != shape) && m != (memory{intent: intent{what: postCard, at: begun}}) {
			t.Errorf("%q is %+v", text, m)
		}
		if again := readMemory(m.String(), begun); again != m {
			t.Errorf("%q is %+v, then %+v", text, m, again)
		}
		if i := m.intent; i.what != "" && !slices.Contains([]deed{postCard, postWords, postLast}, i.what) {
			t.Errorf("%q intends %q", text, i.what)
		}
	})
}
