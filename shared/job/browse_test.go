package job_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestBrowse: a walk goes on where it stopped, leaves nothing out, says nothing twice, and looks at no more than it may.
func TestBrowse(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		clock := jobtest.NewClock()
		store := jobtest.Open(t, rdb, job.Options{Now: clock.Now})
		var ids []string
		for i := range 250 {
			made, err := store.Accept(t.Context(), jobtest.Request(func(r *job.Request) {
				r.Key, r.Nonce, r.Lock, r.Signoff = fmt.Sprint("key", i), "", "", nil
				r.Text = fmt.Sprintf("demo %d", i%5)
			}))
			if err != nil {
				t.Fatal(err)
			}
			if i%3 == 0 {
				clock.Add(time.Second) // three jobs share each moment
			}
			ids = append(ids, made.ID)
		}
		for _, id := range ids[:200] { // they end without having begun
			if _, err := store.Cancel(t.Context(), id, "telnet:ann", ""); err != nil {
				t.Fatal(err)
			}
		}
		for _, open := range []bool{true, false} {
			want := 50
			if !open {
				want = 200
			}
			var seen []string
			for after, rounds := "", 0; ; rounds++ {
				got, err := store.Browse(t.Context(), job.Browse{Open: open, After: after, Limit: 7, Look: 20})
				if err != nil || len(got.Jobs) > 7 || got.Looked > 20 || rounds > 100 {
					t.Fatalf("%+v %v", got, err)
				}
				for _, j := range got.Jobs {
					seen = append(seen, j.ID)
					if j.State.Final() == open || j.Text == "" || j.Principal == "" {
						t.Errorf("%+v", j)
					}
				}
				if after = got.Next; after == "" {
					break
				}
			}
			slices.Sort(seen)
			if len(seen) != want || len(slices.Compact(seen)) != want {
				t.Errorf("open %v: %d jobs, want %d", open, len(seen), want)
			}
		}
		few, err := store.Browse(t.Context(), job.Browse{Look: 30, Limit: 100, Wants: func(j *job.Job) bool { return strings.HasSuffix(j.Text, " 3") }})
		if err != nil || few.Looked != 30 || len(few.Jobs) < 3 || len(few.Jobs) > 9 || few.Next == "" || few.Back.IsZero() {
			t.Errorf("%+v %v", few, err)
		}
		// The job at which a walk stopped has ended since: it goes on by the time.
		first, err := store.Browse(t.Context(), job.Browse{Open: true, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.Cancel(t.Context(), first.Jobs[9].ID, "telnet:ann", ""); err != nil {
			t.Fatal(err)
		}
		rest, err := store.Browse(t.Context(), job.Browse{Open: true, After: first.Next, Limit: 100})
		if err != nil || len(rest.Jobs) < 37 || len(rest.Jobs) > 40 {
			t.Errorf("%d go on, %v", len(rest.Jobs), err)
		}
		half := first.Jobs[5].Created
		recent, err := store.Browse(t.Context(), job.Browse{Open: true, Since: half, Limit: 100})
		older, olderErr := store.Browse(t.Context(), job.Browse{Open: true, Until: half.Add(-time.Millisecond), Limit: 100})
		if err != nil || olderErr != nil || len(recent.Jobs)+len(older.Jobs) != 49 || len(recent.Jobs) < 5 {
			t.Errorf("%d since and %d until, %v %v", len(recent.Jobs), len(older.Jobs), err, olderErr)
		}
		if odd, err := store.Browse(t.Context(), job.Browse{After: "x.y.z", Limit: 3}); err != nil || len(odd.Jobs) != 3 {
			t.Errorf("an odd place: %+v %v", odd, err)
		}
	})
}

// TestPulse differs when what it stands for does, and only then.
func TestPulse(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		store := jobtest.Open(t, rdb, job.Options{})
		pulses := func(id string) (all, one string, open bool) {
			all, err := store.Pulse(t.Context(), 10)
			if err != nil {
				t.Fatal(err)
			}
			one, open, err = store.PulseOf(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			return all, one, open
		}
		made, err := store.Accept(t.Context(), jobtest.Request(func(r *job.Request) { r.Signoff = nil }))
		if err != nil {
			t.Fatal(err)
		}
		all, one, open := pulses(made.ID)
		if again, same, _ := pulses(made.ID); again != all || same != one || !open {
			t.Error("it differs by itself")
		}
		if _, _, err := store.Tell(t.Context(), made.ID, "mark", "something"); err != nil {
			t.Fatal(err)
		}
		if _, told, _ := pulses(made.ID); told == one {
			t.Error("what is told does not change it")
		}
		if _, err := store.Cancel(t.Context(), made.ID, "telnet:ann", ""); err != nil {
			t.Fatal(err)
		}
		after, over, open := pulses(made.ID)
		if after == all || over == one || open {
			t.Error("its end does not change it")
		}
	})
}
