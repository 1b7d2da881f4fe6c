package github_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// bench is a GitHub that notes when it was written to, and two processes of ours that write.
type bench struct {
	*hub

	clock *jobtest.Clock
	apps  [2]*github.App

	mu    sync.Mutex
	wrote []time.Time
	who   []string
}

func newBench(t *testing.T, rdb *redis.Client) *bench {
	t.Helper()
	b := &bench{hub: newHub(t), clock: jobtest.NewClock()}
	write := func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		b.wrote = append(b.wrote, b.clock.Now())
		b.who = append(b.who, r.URL.Query().Get("who"))
		b.mu.Unlock()
		fine(w, r)
	}
	for _, method := range []string{http.MethodPost, http.MethodPatch} {
		b.on(method+" /w", write)
	}
	b.on("GET /r", fine)
	for i := range b.apps {
		b.apps[i] = b.open(account{token: true, redis: rdb, now: b.clock.Now})
	}
	return b
}

// asker is somebody who writes once.
type asker struct {
	name string
	lane github.Lane
	next time.Time // when it asks again
	app  int
}

// runs lets askers write, each when it is told, until all have or a time has passed.
func (b *bench) runs(most time.Duration, askers ...*asker) (left []*asker) {
	b.Helper()
	end := b.clock.Now().Add(most)
	for len(askers) > 0 {
		slices.SortStableFunc(askers, func(x, y *asker) int { return x.next.Compare(y.next) })
		first := askers[0]
		if first.next.After(end) {
			break
		}
		b.clock.Add(max(0, first.next.Sub(b.clock.Now())))
		app := b.apps[first.app]
		ctx, wait, err := app.Turn(b.Context(), "acme", "app", first.lane, first.name)
		if err != nil {
			b.Fatal(err)
		}
		if wait > 0 {
			first.next = b.clock.Now().Add(wait)
			continue
		}
		if err := send(ctx, app, http.MethodPatch, "acme", "app", "w?who="+first.name); err != nil {
			b.Fatal(err)
		}
		askers = askers[1:]
	}
	return askers
}

// TestWritesComeInTurn: a second apart, whoever makes them, the first to ask first, and progress last.
func TestWritesComeInTurn(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		b := newBench(t, rdb)
		var askers []*asker
		var want []string
		for n := range 30 {
			lane := []github.Lane{github.Create, github.Change, github.Progress}[n%3]
			a := &asker{name: fmt.Sprintf("%s-%d", lane, n), lane: lane, next: b.clock.Now().Add(time.Duration(n) * time.Millisecond), app: n % 2}
			askers = append(askers, a)
			if lane != github.Progress {
				want = append(want, a.name)
			}
		}
		b.runs(10*time.Minute, askers...)
		if len(b.wrote) != 30 || !slices.Equal(b.who[:20], want) {
			t.Errorf("they wrote in the order %v", b.who)
		}
		for i := 1; i < len(b.wrote); i++ {
			gap := b.wrote[i].Sub(b.wrote[i-1])
			if gap < time.Second || (i > 20 && gap < 2*time.Second) || (i < 20 && gap > 1100*time.Millisecond) {
				t.Errorf("%v between %s and %s", gap, b.who[i-1], b.who[i])
			}
		}
	})
}

// TestCreationsKeepToGitHubsBounds: in any minute, and in any hour; other writes go on.
func TestCreationsKeepToGitHubsBounds(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		b := newBench(t, rdb)
		var askers []*asker
		for n := range 500 {
			askers = append(askers, &asker{name: fmt.Sprint(n), lane: github.Create, next: b.clock.Now()})
		}
		left := b.runs(50*time.Minute, askers...)
		if n := len(b.wrote); n != 450 {
			t.Errorf("%d in the first hour", n)
		}
		for i := 70; i < len(b.wrote); i++ {
			if b.wrote[i].Sub(b.wrote[i-70]) < time.Minute {
				t.Fatalf("more than 70 in the minute before %v", b.wrote[i])
			}
		}
		if _, wait, err := b.apps[1].Turn(t.Context(), "acme", "app", github.Change, ""); err != nil || wait > 10*time.Minute+2*time.Minute {
			t.Error(wait, err)
		}
		if left = b.runs(2*time.Hour, left...); len(left) > 0 {
			t.Errorf("%d never came", len(left))
		}
	})
}

// TestOneWriteAtATime: while one is under way nobody else writes; that of a process that died over it does not keep others
// back for long.
func TestOneWriteAtATime(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		b := newBench(t, rdb)
		ctx, wait, err := b.apps[0].Turn(t.Context(), "acme", "app", github.Create, "a")
		if wait != 0 || err != nil {
			t.Fatal(wait, err)
		}
		b.clock.Add(10 * time.Second)
		_, wait, err = b.apps[1].Turn(t.Context(), "acme", "app", github.Create, "b")
		if wait <= 0 || wait > 15*time.Second || err != nil {
			t.Error(wait, err)
		}
		if err := send(ctx, b.apps[0], http.MethodPost, "acme", "app", "w?who=a"); err != nil {
			t.Fatal(err)
		}
		b.clock.Add(wait)
		if _, wait, err = b.apps[1].Turn(t.Context(), "acme", "app", github.Create, "b"); wait != 0 || err != nil { // and dies
			t.Fatal(wait, err)
		}
		if _, wait, err = b.apps[0].Turn(t.Context(), "acme", "app", github.Change, "c"); wait != 15*time.Second || err != nil {
			t.Error(wait, err)
		}
		b.clock.Add(wait)
		if _, wait, err = b.apps[0].Turn(t.Context(), "acme", "app", github.Change, "c"); wait != 0 || err != nil {
			t.Error(wait, err)
		}
	})
}

// TestATurnIsForOneWrite: the second with the same context asks for one of its own.
func TestATurnIsForOneWrite(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		b := newBench(t, rdb)
		ctx, _, err := b.apps[0].Turn(t.Context(), "acme", "app", github.Change, "a")
		if err != nil {
			t.Fatal(err)
		}
		if err := send(ctx, b.apps[0], http.MethodPatch, "acme", "app", "w"); err != nil {
			t.Fatal(err)
		}
		err = send(ctx, b.apps[0], http.MethodPatch, "acme", "app", "w")
		if github.KindOf(err) != github.RateLimited || github.RetryAfter(err) != time.Second || len(b.wrote) != 1 {
			t.Error(err, b.wrote)
		}
		b.clock.Add(time.Second)
		if err := send(t.Context(), b.apps[0], http.MethodPost, "acme", "app", "w"); err != nil {
			t.Error(err)
		}
	})
}

// TestATurnThatIsGivenBack keeps nobody waiting.
func TestATurnThatIsGivenBack(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		b := newBench(t, rdb)
		for range 2 {
			ctx, wait, err := b.apps[0].Turn(t.Context(), "acme", "app", github.Change, "a")
			if wait != 0 || err != nil {
				t.Fatal(wait, err)
			}
			b.apps[0].GiveBack(ctx)
			b.apps[0].GiveBack(ctx)
			b.apps[0].GiveBack(t.Context())
			b.clock.Add(time.Second)
		}
	})
}

// TestGitHubsWordSilencesAll: what one process was told all heed, also those that read; an App's limit is its own.
func TestGitHubsWordSilencesAll(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		b := newBench(t, rdb)
		b.on("POST /limited", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "90")
			say(w, http.StatusTooManyRequests, map[string]any{"message": "slow down"})
		})
		if err := send(t.Context(), b.apps[0], http.MethodPost, "acme", "app", "limited"); github.RetryAfter(err) != 90*time.Second {
			t.Fatal(err)
		}
		b.asked()
		b.clock.Add(30 * time.Second)
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			for _, app := range b.apps {
				err := send(t.Context(), app, method, "acme", "app", "r")
				if github.KindOf(err) != github.RateLimited || github.RetryAfter(err) != time.Minute {
					t.Error(method, err)
				}
			}
		}
		if calls := b.asked(); len(calls) != 0 {
			t.Errorf("GitHub was asked %v", calls)
		}
		other := b.open(account{app: true, redis: rdb, now: b.clock.Now})
		if err := get(t.Context(), other, "acme", "app", "r"); err != nil {
			t.Error(err)
		}
		b.clock.Add(time.Minute)
		for _, app := range b.apps {
			if err := get(t.Context(), app, "acme", "app", "r"); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestTheLastCallOfALimit: nobody calls until it begins anew, in whichever process. Searches have a limit of their own.
func TestTheLastCallOfALimit(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		b := newBench(t, rdb)
		for _, resource := range []string{"search", "core"} {
			b.on("GET /"+resource+"/last", func(w http.ResponseWriter, r *http.Request) {
				for key, value := range limits("0", time.Now().Add(100*time.Second)) {
					w.Header().Set(key, value)
				}
				w.Header().Set("X-Ratelimit-Resource", resource)
				fine(w, r)
			})
			if err := get(t.Context(), b.apps[0], "acme", "app", resource+"/last"); err != nil {
				t.Fatal(err)
			}
			err := get(t.Context(), b.apps[1], "acme", "app", "r")
			if kind, wait := github.KindOf(err), github.RetryAfter(err); (kind == github.RateLimited) != (resource == "core") || wait > 102*time.Second {
				t.Errorf("after the last of %s: %v", resource, err)
			}
			b.clock.Add(102 * time.Second)
			b.asked()
		}
		// A process whose go-github was told would be held back by its own clock.
		if err := get(t.Context(), b.apps[0], "acme", "app", "r"); err != nil {
			t.Error(err)
		}
	})
}

// TestPatienceWaits: a write that may wait a little does, by the clock of Redis.
func TestPatienceWaits(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHub(t)
		h.on("POST /w", fine)
		app := h.open(account{token: true, redis: rdb, patience: 10 * time.Second})
		for range 2 {
			if err := send(t.Context(), app, http.MethodPost, "acme", "app", "w"); err != nil {
				t.Error(err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := send(ctx, app, http.MethodPost, "acme", "app", "w"); err == nil {
			t.Error("it waited for its turn though nobody waits for it")
		}
	})
}

// TestARedirectedWriteIsOneTurn: what was renamed is written to all the same.
func TestARedirectedWriteIsOneTurn(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		b := newBench(t, rdb)
		b.on("POST /old", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/api/v3/w", http.StatusTemporaryRedirect)
		})
		ctx, _, err := b.apps[0].Turn(t.Context(), "acme", "app", github.Create, "a")
		if err != nil {
			t.Fatal(err)
		}
		if err := send(ctx, b.apps[0], http.MethodPost, "acme", "app", "old"); err != nil || len(b.wrote) != 1 {
			t.Error(err, b.wrote)
		}
	})
}

// TestWithoutRedisWritesAreHeldBack, since nobody knows who else writes; reads go on.
func TestWithoutRedisWritesAreHeldBack(t *testing.T) {
	t.Parallel()
	rdb := redis.NewClient(&redis.Options{Addr: "127.0.0.1:1", MaxRetries: -1})
	t.Cleanup(func() { _ = rdb.Close() })
	h := newHub(t)
	h.on("GET /r", fine)
	h.on("POST /w", fine)
	app := h.open(account{token: true, redis: rdb})
	if err := get(t.Context(), app, "acme", "app", "r"); err != nil {
		t.Error(err)
	}
	if err := send(t.Context(), app, http.MethodPost, "acme", "app", "w"); github.KindOf(err) != github.Down {
		t.Error(err)
	}
	if calls := h.asked(); len(calls) != 1 {
		t.Error(calls)
	}
}
