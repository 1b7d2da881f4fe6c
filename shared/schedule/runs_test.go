package schedule_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/memory"
	"github.com/handsoff/handsoff/shared/schedule"
)

// tip is the time with what is remembered then, and how jobs stand.
func tip(at time.Time, value string, jobs map[string]*job.Job) schedule.Facts {
	return schedule.Facts{Now: at, Jobs: jobs, Remembered: map[string]memory.Change{"tip": {Value: value}}}
}

// runsOf names the jobs of the runs that are known.
func runsOf(st schedule.State) string {
	var list []string
	for _, r := range st.Runs {
		list = append(list, r.Job+string(r.Ended))
	}
	return strings.Join(list, " ")
}

// A run beside an older one that is unfinished: both count for the overlap, and the success of each is seen. What an older
// run built does not undo what a newer one did.
func TestRunsBesideEachOther(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		old, young job.State
		runs       bool // whether the newer value is to be built again
	}{
		{job.Succeeded, job.Failed, true},
		{job.Failed, job.Succeeded, false},
		{job.Succeeded, job.Succeeded, false},
	} {
		for _, oldFirst := range []bool{true, false} {
			s := hourly(t, ", overlap: allow, changed: tip")
			st, _ := s.Advance(began(s), tip(start.Add(time.Hour), "a", nil))
			st, _ = s.Advance(st.Handed("old", "", true), tip(start.Add(2*time.Hour), "b", is(job.Running, "old")))
			st = st.Handed("young", "", true)
			if got := runsOf(st); got != "old young" || len(st.Unfinished()) != 2 {
				t.Fatalf("unfinished are %s", got)
			}
			jobs := is(job.Running, "old", "young")
			first, second := "old", "young"
			ends := map[string]job.State{"old": test.old, "young": test.young}
			if !oldFirst {
				first, second = second, first
			}
			for i, id := range []string{first, second} {
				jobs[id].State = ends[id]
				st, _ = s.Advance(st, tip(start.Add(2*time.Hour+time.Duration(i+1)*time.Minute), "b", jobs))
			}
			if st, _ = s.Advance(st, tip(start.Add(3*time.Hour), "b", jobs)); (st.Due != nil) != test.runs {
				t.Errorf("%+v, the old one first %v: due %+v, success %v", test, oldFirst, st.Due, st.Success)
			}
		}
	}
}

// While any run is unfinished, also one out of turn and not the newest, the next one is left out, or waits for all of them.
func TestTheOverlapIsWithEveryUnfinishedRun(t *testing.T) {
	t.Parallel()
	for _, policy := range []string{"refuse", "queue"} {
		s := hourly(t, ", overlap: "+policy)
		st, _ := s.Advance(began(s), schedule.Facts{Now: start.Add(time.Hour)})
		st = st.Handed("old", "", true)
		for i := range 6 {
			st.Ran(schedule.Run{At: start.Add(time.Hour), Job: fmt.Sprint("by", i), By: "telnet:ann"}, true)
		}
		jobs := is(job.Succeeded, "by0", "by1", "by2", "by3", "by4", "by5")
		jobs["old"] = &job.Job{State: job.Running}
		st, said := s.Advance(st, schedule.Facts{Now: start.Add(2 * time.Hour), Jobs: jobs})
		if policy == "queue" && (st.Due == nil || !st.Due.Waits) || policy == "refuse" && (st.Due != nil || !strings.Contains(texts(said), ": old, of ")) {
			t.Errorf("%s: %+v %q", policy, st.Due, said)
		}
		jobs["old"].State = job.Failed
		if st, _ = s.Advance(st, schedule.Facts{Now: start.Add(3 * time.Hour), Jobs: jobs}); st.Due == nil || st.Due.Waits {
			t.Errorf("%s: %+v", policy, st.Due)
		}
	}
}

// Also where runs may overlap there is an end to it, which is told; and none that is unfinished is forgotten.
func TestThereIsAnEndToOverlapping(t *testing.T) {
	t.Parallel()
	s := hourly(t, ", overlap: allow")
	st, now, jobs := began(s), start, make(map[string]*job.Job)
	var said []schedule.Word
	for i := range schedule.MostUnfinished + 1 {
		now = now.Add(time.Hour)
		if st, said = s.Advance(st, schedule.Facts{Now: now, Jobs: jobs}); st.Due != nil {
			id := fmt.Sprint("job", i)
			jobs[id] = &job.Job{ID: id, State: job.Running}
			st = st.Handed(id, "", true)
		}
	}
	if len(st.Unfinished()) != schedule.MostUnfinished || len(said) != 1 || !strings.Contains(said[0].Text, "16 of its runs are unfinished") {
		t.Fatalf("%d unfinished, said %q", len(st.Unfinished()), said)
	}
	for _, j := range jobs {
		j.State = job.Failed
	}
	if st, _ = s.Advance(st, schedule.Facts{Now: now, Jobs: jobs}); runsOf(st) != "job12failed job13failed job14failed job15failed" {
		t.Errorf("kept are %s", runsOf(st))
	}
}

// The success of a retry is that of its run: what was remembered then is what was built. A retry is unfinished like any run,
// and may be repeated itself; it is taken up once.
func TestARetryCounts(t *testing.T) {
	t.Parallel()
	s := hourly(t, ", changed: tip")
	first := start.Add(30 * time.Minute)
	st, _ := s.Advance(began(s), tip(first, "a", nil))
	st, _ = s.Advance(st.Handed("k3f7", "", true), tip(first.Add(time.Minute), "a", is(job.Failed)))
	if !st.Adopt(map[string][]string{"k3f7": {"again"}}) || st.Adopt(map[string][]string{"other": {"x"}}) {
		t.Fatalf("%s", runsOf(st))
	}
	if seen := st.Seen(); seen["k3f7"] != 1 || seen["again"] != 0 || len(seen) != 2 {
		t.Errorf("seen %v", seen)
	}
	st, said := s.Advance(st, tip(first.Add(time.Hour), "a", is(job.Running, "again")))
	if st.Due != nil || len(said) != 1 || !strings.Contains(said[0].Text, "again, of Mon 2 Mar 11:00 UTC, is unfinished") {
		t.Errorf("beside a retry: %+v %q", st.Due, said)
	}
	if st.Adopt(map[string][]string{"again": {"thrice"}}); runsOf(st) != "k3f7failed again thrice" {
		t.Errorf("runs %s", runsOf(st))
	}
	jobs := is(job.Failed, "again")
	jobs["thrice"] = &job.Job{State: job.Succeeded}
	st, _ = s.Advance(st, tip(first.Add(2*time.Hour), "a", jobs))
	if st.Due != nil || st.Success["tip"] != "a" || !st.Good.Equal(first) {
		t.Errorf("due %+v, success %v, good %s", st.Due, st.Success, st.Good)
	}
	if st, _ = s.Advance(st, tip(first.Add(3*time.Hour), "b", jobs)); st.Due == nil {
		t.Error("a new value is not built")
	}
}

// However often somebody repeats a run, no more are taken up than there is room for, and each once.
func TestManyRetries(t *testing.T) {
	t.Parallel()
	s := hourly(t, "")
	st, _ := s.Advance(began(s), schedule.Facts{Now: start.Add(time.Hour)})
	st, _ = s.Advance(st.Handed("k3f7", "", true), schedule.Facts{Now: start.Add(61 * time.Minute), Jobs: is(job.Failed)})
	var all []string
	for i := range 40 {
		all = append(all, fmt.Sprint("again", i))
	}
	known := make(map[string]int)
	for range 10 {
		before := st.Seen()
		st.Adopt(map[string][]string{"k3f7": all[before["k3f7"]:]})
		jobs := make(map[string]*job.Job)
		open := st.Unfinished()
		if len(open) > schedule.MostUnfinished {
			t.Fatalf("%d unfinished", len(open))
		}
		for _, r := range open {
			if known[r.Job]++; known[r.Job] > 1 {
				t.Fatalf("%s is taken up %d times", r.Job, known[r.Job])
			}
			jobs[r.Job] = &job.Job{State: job.Failed}
		}
		st, _ = s.Advance(st, schedule.Facts{Now: start.Add(62 * time.Minute), Jobs: jobs})
	}
	if len(known) < schedule.MostUnfinished {
		t.Errorf("%d of them were taken up", len(known))
	}
}

// A clock that was ahead when a run succeeded, and was set right, keeps no later success from counting.
func TestASuccessInTheFuture(t *testing.T) {
	t.Parallel()
	s := hourly(t, ", changed: tip")
	st, _ := s.Advance(began(s), tip(start.AddDate(1, 0, 0), "a", nil))
	st, _ = s.Advance(st.Handed("k3f7", "", true), tip(start.AddDate(1, 0, 0), "a", is(job.Succeeded)))
	st, _ = s.Advance(st, tip(start.Add(time.Minute), "b", nil)) // set right
	st, _ = s.Advance(st, tip(start.Add(time.Hour), "b", nil))
	st, _ = s.Advance(st.Handed("next", "", true), tip(start.Add(61*time.Minute), "b", is(job.Succeeded, "next")))
	if st.Success["tip"] != "b" {
		t.Errorf("%+v", st)
	}
}

// What is answered at once has succeeded when it was not refused.
func TestAnAnswerAtOnceIsASuccess(t *testing.T) {
	t.Parallel()
	for _, well := range []bool{true, false} {
		s := hourly(t, ", changed: tip")
		st, _ := s.Advance(began(s), tip(start.Add(time.Hour), "a", nil))
		st = st.Handed("", "pong", well)
		if st, _ = s.Advance(st, tip(start.Add(2*time.Hour), "a", nil)); (st.Due == nil) != well {
			t.Errorf("well %v: due %+v", well, st.Due)
		}
	}
}
