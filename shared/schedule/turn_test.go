package schedule_test

import (
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/memory"
	"github.com/handsoff/handsoff/shared/schedule"
)

// What waited for its turn runs with what is remembered then, and not at all when the run before it has just built that.
func TestWhatWaitedIsLookedAtAgain(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		now  string // what is remembered when the turn has come
		ends job.State
		runs bool
	}{
		{"a", job.Succeeded, false},
		{"a", job.Failed, true},
		{"b", job.Succeeded, true},
	} {
		s := hourly(t, ", overlap: queue, changed: tip, args: {SHA: '{{ remembered.tip.value }}'}")
		facts := func(at time.Time, state job.State, value string) schedule.Facts {
			return schedule.Facts{Now: at, Jobs: is(state), Remembered: map[string]memory.Change{"tip": {Value: value}}}
		}
		st, _ := s.Advance(began(s), facts(start.Add(time.Hour), job.Running, "a"))
		st, _ = s.Advance(st.Handed("k3f7", "", true), facts(start.Add(2*time.Hour), job.Running, "a"))
		if st.Due == nil || !st.Due.Waits {
			t.Fatalf("it waits: %+v", st.Due)
		}
		last := facts(start.Add(2*time.Hour+time.Minute), test.ends, test.now)
		if !st.Looks(last) {
			t.Fatal("what is remembered is not looked at")
		}
		if st, _ = s.Advance(st, last); (st.Due != nil) != test.runs {
			t.Errorf("%+v: due %+v", test, st.Due)
		}
		if st.Due != nil && (st.Due.Waits || st.Due.Args["SHA"] != test.now) {
			t.Errorf("%+v: runs %+v", test, st.Due)
		}
	}
}

// A clock that was ahead for a while and was set right leaves no schedule silent until then; one that a second Redis sets back
// a little repeats nothing.
func TestTheClockIsSetRight(t *testing.T) {
	t.Parallel()
	for _, more := range []string{"cron: '0 * * * *'", "cron: '@every 90m'", "cron: '30 2 * * *', zone: Europe/Berlin"} {
		s := read(t, "schedules: [{name: s, line: ping, "+more+"}]").Find("s")
		st := began(s)
		ahead, _ := s.Advance(st, schedule.Facts{Now: start.AddDate(1, 0, 0)})
		back, _ := s.Advance(ahead.Handed("", "pong", true), schedule.Facts{Now: start.Add(time.Minute)})
		if back.Next.After(start.AddDate(0, 0, 2)) {
			t.Errorf("%s: comes due at %s", more, back.Next)
		}
		on := st.Next.Add(time.Second)
		ran, _ := s.Advance(st, schedule.Facts{Now: on})
		if again, _ := s.Advance(ran.Handed("", "pong", true), schedule.Facts{Now: on.Add(-4 * time.Minute)}); again.Due != nil || !again.Next.Equal(ran.Next) {
			t.Errorf("%s: set back by four minutes it comes due at %s, not %s", more, again.Next, ran.Next)
		}
	}
}
