package job_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/metrics"
)

// told is what jobs themselves say of how they were accepted and ended.
func told(jobs []*job.Job) metrics.Totals {
	total := metrics.Totals{Commands: map[string]*metrics.Command{}}
	for _, j := range jobs {
		c := total.Commands[j.Command]
		if c == nil {
			c = &metrics.Command{Accepted: map[string]int64{}, Ended: map[job.State]int64{}}
			total.Commands[j.Command] = c
		}
		c.Accepted[j.Origin.Door]++
		if !j.State.Final() {
			continue
		}
		c.Ended[j.State]++
		if !j.Started.IsZero() {
			lasted(&c.Took, j.Finished.Sub(j.Started))
			if j.Signoff == nil {
				lasted(&total.Wait, j.Started.Sub(j.Created))
			}
		}
		if j.State == job.Cancelled {
			lasted(&total.Cancel, j.Finished.Sub(j.Cancel.At))
		}
	}
	return total
}

func lasted(h *metrics.Histogram, d time.Duration) {
	bucket := 0
	for _, bound := range metrics.Bounds() {
		if d > bound {
			bucket++
		}
	}
	h.Buckets[bucket]++
	h.Sum += d
}

// counted compares what is counted, for ever and by the hour, with what the jobs say.
func (m *model) counted(t *rapid.T, jobs []*job.Job) {
	want := told(jobs)
	got, err := metrics.Read(m.outer.Context(), m.rdb)
	m.must(err)
	if diff := cmp.Diff(want.Commands, got.Commands, empty); diff != "" || want.Wait != got.Wait || want.Cancel != got.Cancel {
		t.Fatalf("counted is %+v %+v, but jobs say %+v %+v\n%s", got.Wait, got.Cancel, want.Wait, want.Cancel, diff)
	}
	end := m.clock.Now().Add(time.Hour)
	points, err := metrics.Series(m.outer.Context(), m.rdb, jobtest.NewClock().Now(), end, 2*time.Hour)
	m.must(err)
	var sum metrics.Totals
	for i := range points {
		sum.Add(&points[i].Totals)
	}
	if diff := cmp.Diff(got, sum, empty); diff != "" {
		t.Fatalf("the hours together are not the whole: %s", diff)
	}
}

// empty takes a map without anything for one that is not there.
var empty = cmp.FilterValues(func(a, b map[string]*metrics.Command) bool { return len(a)+len(b) == 0 }, cmp.Ignore())

// countedOnce is a job that has come to its end through several lives of its worker.
func countedOnce(t *testing.T, rdb *redis.Client, j *job.Job) {
	t.Helper()
	got, err := metrics.Read(t.Context(), rdb)
	if err != nil {
		t.Fatal(err)
	}
	want := told([]*job.Job{j})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s is not counted once: %s", jobtest.Describe(j), diff)
	}
}

func TestNoticesAreNotCounted(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		store := jobtest.Open(t, rdb, job.Options{})
		accepted, err := store.Accept(t.Context(), job.Notice("clock", "k", "Redis runs full", nil))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.Cancel(t.Context(), accepted.ID, "telnet:ann", ""); err != nil {
			t.Fatal(err)
		}
		if keys := rdb.Keys(t.Context(), "handsoff:metrics*").Val(); len(keys) > 0 {
			t.Errorf("there is %v", keys)
		}
	})
}

// TestNamesAreBounded: whoever makes up commands and doors does not fill Redis.
func TestNamesAreBounded(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		store := jobtest.Open(t, rdb, job.Options{})
		accept := func(command, door string) {
			accepted, err := store.Accept(t.Context(), jobtest.Request(func(r *job.Request) { r.Command, r.Origin.Door = command, door }))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := store.Cancel(t.Context(), accepted.ID, "telnet:ann", ""); err != nil {
				t.Fatal(err)
			}
		}
		for i := range 510 {
			accept(fmt.Sprint("c ", i), fmt.Sprint("door", i/2))
		}
		accept("c 3", "door1")
		accept("a|b\n", "")
		got, err := metrics.Read(t.Context(), rdb)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(got.Commands); n != 501 {
			t.Errorf("%d commands have a name", n)
		}
		if c := got.Commands["c 3"]; c == nil || c.Accepted["door1"] != 2 || c.Ended[job.Cancelled] != 2 {
			t.Errorf("a known one is counted as %+v", c)
		}
		if c := got.Commands[metrics.Other]; c == nil || c.Accepted[metrics.Other] != 11 || c.Ended[job.Cancelled] != 11 {
			t.Errorf("the others are counted as %+v", c)
		}
		for _, key := range rdb.Keys(t.Context(), "handsoff:metrics:4*").Val() {
			if life := rdb.TTL(t.Context(), key).Val(); life < metrics.Kept-time.Hour || life > metrics.Kept {
				t.Errorf("%s is kept for %s", key, life)
			}
		}
	})
}
