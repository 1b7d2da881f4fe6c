package github

import (
	"net/http"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// mortalHub is GitHub as a process reaches it that may die at any call.
type mortalHub struct {
	life *jobtest.Life
	next http.RoundTripper
}

func (m mortalHub) RoundTrip(r *http.Request) (answer *http.Response, err error) {
	if dead := m.life.Call(r.Context(), r.Method+" "+r.URL.Path, func() { answer, err = m.next.RoundTrip(r) }); dead != nil {
		return nil, dead
	}
	return answer, err
}

// TestACrashAnywhere: a process dies before and after each of its commands of Redis and calls of GitHub, in each phase of a
// job. In the end there is one comment and one check run, and both show the last state.
func TestACrashAnywhere(t *testing.T) {
	t.Parallel()
	server, embedded := jobtest.Redis(t).Address, miniredis.RunT(t).Addr()
	first, step := jobtest.Stride(t, 3)
	for phase := range 3 {
		for _, after := range []bool{false, true} {
			for point := first; ; point += step {
				address := embedded
				if point%5 == 0 {
					address = server
				}
				if !dies(t, address, phase, jobtest.Death{Point: point, After: after}) {
					if point < 20 {
						t.Fatalf("phase %d is over after %d points", phase, point)
					}
					break
				}
			}
		}
	}
}

// dies has a process die in a phase of a job's life, and others go on. It reports whether that came to the point.
func dies(t *testing.T, address string, phase int, death jobtest.Death) (died bool) {
	t.Helper()
	rdb := redis.NewClient(&redis.Options{Addr: address})
	defer func() { _ = rdb.Close() }()
	if err := rdb.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	y := newYard(t, rdb)
	defer y.Close()
	id := y.accept(asked)
	for now := range 3 {
		switch now {
		case 1:
			y.progresses(id, 40, "one", "two", "three", "four")
		case 2:
			y.Ends(id, job.Fail("it broke", nil))
		}
		if now == phase {
			died = y.killed(address, id, death)
			if death.Point%2 == 0 {
				continue // nobody looks before the next change
			}
		}
		y.Clock.Add(time.Minute)
		y.shows(id, asked)
	}
	y.Clock.Add(time.Minute)
	y.shows(id, asked)
	y.check(id, death)
	return died
}

func (y *yard) killed(address, id string, death jobtest.Death) bool {
	y.Helper()
	life := jobtest.NewLife(death)
	rdb := redis.NewClient(&redis.Options{Addr: address, MaxRetries: -1})
	defer func() { _ = rdb.Close() }()
	d := y.door(rdb, mortalHub{life, y.hub})
	rdb.AddHook(life)
	_ = y.until(d, id, asked, time.Minute) // it may have died
	return life.Dead()
}

func (y *yard) check(id string, death jobtest.Death) {
	y.Helper()
	has(y, y.reply(id).Body, "❌", "it broke", "four")
	if run := y.runOf(id); run["conclusion"] != "failure" {
		y.Errorf("%+v: %v", death, run)
	}
	if _, whole := y.follows(id, asked); !whole {
		y.Errorf("%+v: it is not up to date", death)
	}
	if n := len(y.reacted()); n != 1 && n != 2 {
		y.Errorf("%+v: reactions %v", death, y.reacted())
	}
}
