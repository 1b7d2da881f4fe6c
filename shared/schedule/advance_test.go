package schedule_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/memory"
	"github.com/handsoff/handsoff/shared/schedule"
)

func read(t testing.TB, text string) *schedule.Set {
	t.Helper()
	f, err := config.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return schedule.Read(f)
}

// hourly is a schedule of the test, with more keys.
func hourly(t testing.TB, more string) *schedule.Schedule {
	t.Helper()
	set := read(t, "schedules: [{name: s, cron: '0 * * * *', run: jenkins build"+more+"}]")
	if len(set.Faults()) != 0 {
		t.Fatal(set.Faults())
	}
	return set.Find("s")
}

var start = time.Date(2026, 3, 2, 10, 30, 0, 0, time.UTC)

// began is how a schedule stands that has been there since the start.
func began(s *schedule.Schedule) schedule.State {
	st, _ := s.Advance(schedule.State{}, schedule.Facts{Now: start})
	return st
}

// texts are sentences in one.
func texts(said []schedule.Word) string {
	var all []string
	for _, word := range said {
		all = append(all, word.Text)
	}
	return strings.Join(all, " ")
}

// What was missed is run once, told or passed over, and then it goes on in time.
func TestMissed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		policy string
		after  time.Duration
		runs   bool
		missed int
		said   string
	}{
		{"run", 31 * time.Minute, true, 0, ""},
		{"run", 30*time.Minute + schedule.LateAfter + time.Second, true, 1, ""},
		{"run", 5*time.Hour + 45*time.Minute, true, 6, ""},
		{"report", 30*time.Minute + 10*time.Second, true, 0, ""},
		{"report", 5*time.Hour + 45*time.Minute, false, 0, "missed 6 runs, the last one at Mon 2 Mar 16:00 UTC"},
		{"report", 5*time.Hour + 30*time.Minute, true, 0, "missed 5 runs, before the one of Mon 2 Mar 16:00 UTC"},
		{"ignore", 5*time.Hour + 45*time.Minute, false, 0, ""},
		{"ignore", 5*time.Hour + 30*time.Minute, true, 0, ""},
	} {
		s := hourly(t, ", missed: "+test.policy)
		now := start.Add(test.after)
		st, said := s.Advance(began(s), schedule.Facts{Now: now})
		if (st.Due != nil) != test.runs || st.Due != nil && st.Due.Missed != test.missed {
			t.Errorf("%s after %s: due %+v", test.policy, test.after, st.Due)
		}
		if (len(said) > 0) != (test.said != "") || !strings.Contains(texts(said), test.said) {
			t.Errorf("%s after %s: said %q", test.policy, test.after, said)
		}
		if next := now.Truncate(time.Hour).Add(time.Hour); !st.Next.Equal(next) {
			t.Errorf("%s after %s: next %s, want %s", test.policy, test.after, st.Next, next)
		}
	}
}

// is how the jobs of runs stand, all alike; of k3f7 when none is named.
func is(state job.State, ids ...string) map[string]*job.Job {
	jobs := make(map[string]*job.Job)
	for _, id := range append(ids, "k3f7") {
		jobs[id] = &job.Job{ID: id, State: state}
	}
	return jobs
}

func TestOverlap(t *testing.T) {
	t.Parallel()
	running, done := is(job.Running), is(job.Failed)
	first, second := start.Add(30*time.Minute), start.Add(90*time.Minute)
	for _, policy := range []string{"refuse", "queue", "allow"} {
		s := hourly(t, ", overlap: "+policy)
		st, _ := s.Advance(began(s), schedule.Facts{Now: first})
		st = st.Handed("k3f7", "", true)
		st, said := s.Advance(st, schedule.Facts{Now: second, Jobs: running})
		switch policy {
		case "refuse":
			if st.Due != nil || len(said) != 1 || !strings.Contains(said[0].Text, "left out its run of Mon 2 Mar 12:00 UTC: k3f7, of Mon 2 Mar 11:00 UTC, is unfinished") {
				t.Errorf("refuse: %+v %q", st.Due, said)
			}
		case "queue":
			if st.Due == nil || !st.Due.Waits || len(said) != 0 {
				t.Fatalf("queue: %+v %q", st.Due, said)
			}
			st, _ = s.Advance(st, schedule.Facts{Now: second.Add(time.Hour), Jobs: running})
			if st.Due == nil || !st.Due.Waits || !st.Due.At.Equal(second.Add(time.Hour)) {
				t.Errorf("queue: the newest waits, not %+v", st.Due)
			}
			st, _ = s.Advance(st, schedule.Facts{Now: second.Add(61 * time.Minute), Jobs: done})
			if st.Due == nil || st.Due.Waits {
				t.Errorf("queue: its turn has come: %+v", st.Due)
			}
		case "allow":
			if st.Due == nil || st.Due.Waits || len(said) != 0 {
				t.Errorf("allow: %+v %q", st.Due, said)
			}
		}
	}
}

// It runs when a value is another than at its last success: after a failure it runs again with the same one.
func TestOnlyWhenSomethingChanged(t *testing.T) {
	t.Parallel()
	s := hourly(t, ", args: {SHA: 'x{{ remembered.tip.value }}'}, changed: tip")
	st, now := began(s), start.Add(-30*time.Minute)
	for _, step := range []struct {
		value string
		runs  bool
		ends  job.State
	}{
		{"", false, ""},
		{"a", true, job.Failed},
		{"a", true, job.Succeeded},
		{"a", false, ""},
		{"b", true, job.Cancelled},
		{"b", true, job.Succeeded},
		{"b", false, ""},
		{"a", true, job.Succeeded},
	} {
		now = now.Add(time.Hour)
		id := fmt.Sprint("job", now.Unix())
		f := schedule.Facts{Now: now, Jobs: is(step.ends, id), Remembered: map[string]memory.Change{"tip": {Value: step.value}}}
		if step.value == "" {
			f.Remembered = nil
		}
		st, _ = s.Advance(st, f)
		if (st.Due != nil) != step.runs {
			t.Fatalf("%s %q: due %+v, last %+v", now, step.value, st.Due, st.Idle)
		}
		if !step.runs {
			continue
		}
		if want := map[string]any{"SHA": "x" + step.value}; !maps.Equal(st.Due.Args, want) {
			t.Errorf("runs with %v, want %v", st.Due.Args, want)
		}
		st, _ = s.Advance(st.Handed(id, "", true), f)
		if len(st.Unfinished()) > 0 {
			t.Fatal("its end was not seen")
		}
	}
}

// What comes due while it is paused is not made up for, and what waited is let go.
func TestPaused(t *testing.T) {
	t.Parallel()
	s := hourly(t, ", overlap: queue")
	st := began(s)
	st.Paused = &schedule.Pause{By: "telnet:ann", At: start}
	st.Due = &schedule.Run{At: start, Waits: true}
	st, said := s.Advance(st, schedule.Facts{Now: start.Add(9 * time.Hour)})
	if st.Due != nil || len(said) != 0 || !st.Next.Equal(start.Add(9*time.Hour+30*time.Minute)) {
		t.Errorf("%+v %q", st, said)
	}
	st.Paused = nil
	if st, _ = s.Advance(st, schedule.Facts{Now: start.Add(9*time.Hour + 31*time.Minute)}); st.Due == nil || st.Due.Missed != 0 {
		t.Errorf("resumed: %+v", st.Due)
	}
}

// A line that was edited does not come due for what it would have been.
func TestAnEditedLineBeginsAnew(t *testing.T) {
	t.Parallel()
	st := began(hourly(t, ""))
	other := read(t, "schedules: [{name: s, cron: '0 9 * * *', zone: Asia/Tokyo, line: ping}]").Find("s")
	if st, _ = other.Advance(st, schedule.Facts{Now: start.Add(10 * time.Hour)}); st.Due != nil || !st.Next.Equal(time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", st)
	}
}

// However the ticks come, each time that came due is run, waits, was told or was counted as missed; never two runs for one
// time, and never one before its time.
func TestEveryTimeCountsOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		more := fmt.Sprintf(", missed: run, overlap: %s", rapid.SampledFrom([]string{"refuse", "queue", "allow"}).Draw(t, "overlap"))
		set, err := config.Parse([]byte("schedules: [{name: s, cron: '0 * * * *', run: jenkins build" + more + "}]"))
		if err != nil {
			t.Fatal(err)
		}
		s := schedule.Read(set).Find("s")
		st := began(s)
		now, handed, counted := start, time.Time{}, 0
		ends := make(map[string]time.Time) // when each job does
		for range rapid.IntRange(1, 60).Draw(t, "ticks") {
			now = now.Add(time.Duration(rapid.IntRange(0, 200).Draw(t, "minutes")) * time.Minute)
			jobs := make(map[string]*job.Job)
			for id, end := range ends {
				jobs[id] = &job.Job{ID: id, State: job.Running}
				if !now.Before(end) {
					jobs[id].State = job.Succeeded
				}
			}
			var said []schedule.Word
			if st, said = s.Advance(st, schedule.Facts{Now: now, Jobs: jobs}); !st.Next.After(now) {
				t.Fatalf("at %s next is %s", now, st.Next)
			}
			counted += len(said)
			if st.Due == nil || st.Due.Waits {
				continue
			}
			if !st.Due.At.After(handed) || st.Due.At.After(now) {
				t.Fatalf("at %s a run of %s, after one of %s", now, st.Due.At, handed)
			}
			handed = st.Due.At
			if open := len(st.Unfinished()); s.Overlap != schedule.OverlapAllow && open > 0 || open >= schedule.MostUnfinished {
				t.Fatalf("at %s it begins beside %d", now, open)
			}
			id := fmt.Sprint("job", len(ends))
			st = st.Handed(id, "", true)
			ends[id] = now.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "takes")) * time.Minute)
		}
		if now.Sub(start) > 24*time.Hour && handed.IsZero() && counted == 0 {
			t.Fatal("a day passed and nothing came due")
		}
	})
}

// A mistake in one entry leaves the others working, and says where it is.
func TestMistakesAreNamed(t *testing.T) {
	t.Parallel()
	set := read(t, `schedules:
  - {name: good, cron: "@daily", line: ping}
  - {name: typo, cron: "@daily", lin: ping}
  - {name: both, cron: "@daily", line: ping, run: ping}
  - {name: "two words", cron: "@daily", line: ping}
  - {name: never, cron: "0 0 30 2 *", line: ping}
  - {name: good, cron: "@hourly", line: ping}
  - {name: where, cron: "@daily", line: ping, announce: general}
  - {name: what, cron: "@daily", run: ping, args: {x: "{{ 1 + }}"}}
  - {name: policy, cron: "@daily", line: ping, missed: skip}
  - just text
  - {name: many, cron: ["@daily"], line: ping}
  - {name: words, cron: "@daily", run: ping, args: [x]}
  - {name: told, cron: "@daily", run: ping, announce: {x: y}}
  - {cron: "@daily", line: ping}
  - {name: last, cron: "@every 90m", run: "  jenkins   build ", args: {job: x, n: 3}, announce: [slack:C1, telnet:ann], changed: tip}
`)
	var found []string
	for _, s := range set.All() {
		found = append(found, s.Name+" "+s.Command())
	}
	if got := strings.Join(found, ", "); got != "good ping, last jenkins build" {
		t.Errorf("those that work: %s", got)
	}
	for i, want := range []string{
		"line 3, schedule typo: there is no key lin; did you mean line?",
		"line 4, schedule both: write either run",
		"line 5, schedule two words: a name is letters",
		`line 6, schedule never: cron "0 0 30 2 *" never comes due`,
		"line 7, schedule good: there is another one of this name, at line 2",
		`line 8, schedule where: announce: "general" is not an address`,
		"line 9, schedule what: args.x: ",
		"line 10, schedule policy: missed is run, report or ignore",
		"line 11: an entry is to have keys",
		"line 12, schedule many: cron is to be one text",
		"line 13, schedule words: args is to have names with values, {job: nova}",
		"line 14, schedule told: announce is to be a text, or a list of them",
		"line 15: name is missing",
	} {
		if faults := set.Faults(); i >= len(faults) || !strings.HasPrefix(faults[i].String(), want) {
			t.Fatalf("fault %d of %v is not %q", i, faults, want)
		}
	}
	if got := set.Find("last").Recalls(); len(got) != 1 || got[0] != "tip" {
		t.Errorf("recalls %q", got)
	}
	if list := read(t, "schedules: {name: x}"); len(list.Faults()) != 1 || len(read(t, "schedules:").Faults()) != 0 {
		t.Error("what is no list")
	}
}
