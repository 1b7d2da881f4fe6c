package memory_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/memory"
)

var noon = time.Date(2026, time.March, 4, 12, 0, 0, 0, time.UTC)

// at is a change at so many seconds after noon.
func at(seconds int, value string) memory.Change {
	return memory.Change{Value: value, Subject: "Make " + value, At: noon.Add(time.Duration(seconds) * time.Second), Event: fmt.Sprint(seconds, value)}
}

func remember(t *testing.T, rdb *redis.Client, name string, c memory.Change, want bool) {
	t.Helper()
	if changed, err := memory.Remember(t.Context(), rdb, name, c); err != nil || changed != want {
		t.Fatalf("%s = %s: %v %v, not %v", name, c.Value, changed, err, want)
	}
}

func values(changes []memory.Change) string {
	list := make([]string, len(changes))
	for i, c := range changes {
		list[i] = c.Value
	}
	return strings.Join(list, " ")
}

// TestWhatWasMerged: what came since a value is told, also when something older is heard of late.
func TestWhatWasMerged(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		const name = "openstack/nova-main"
		remember(t, rdb, name, at(1, "a"), true)
		remember(t, rdb, name, at(3, "c"), true)
		remember(t, rdb, name, at(2, "b"), false) // heard of late
		remember(t, rdb, name, at(3, "c"), false) // heard of twice
		remember(t, rdb, name, at(4, "c"), false) // nothing new
		remember(t, rdb, name, at(5, "a"), true)  // put back
		found, err := memory.Recall(t.Context(), rdb, name, "nothing")
		if err != nil || len(found) != 1 || found[name] != at(5, "a") {
			t.Errorf("%+v %v", found, err)
		}
		for _, test := range []struct {
			value string
			most  int
			want  string
			whole bool
		}{
			{"", 10, "a c b a", true},
			{"b", 10, "a c", true},
			{"c", 10, "a", true},
			{"a", 10, "", true},
			{"b", 1, "a", false},
			{"b", 2, "a c", true},
			{"gone", 10, "a c b a", false},
		} {
			changes, whole, err := memory.Since(t.Context(), rdb, name, test.value, test.most)
			if err != nil || values(changes) != test.want || whole != test.whole {
				t.Errorf("since %q, at most %d: %q %v %v", test.value, test.most, values(changes), whole, err)
			}
		}
		names, err := memory.Names(t.Context(), rdb)
		if err != nil || !slices.Equal(names, []string{name}) {
			t.Error(names, err)
		}
	})
}

func TestOnlySoManyChangesAreKept(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		for i := range 120 {
			remember(t, rdb, "x", at(i, fmt.Sprint("v", i)), true)
		}
		changes, whole, err := memory.Since(t.Context(), rdb, "x", "", 1000)
		if err != nil || whole || len(changes) != 100 || changes[0].Value != "v119" || changes[99].Value != "v20" {
			t.Errorf("%d %v %v", len(changes), whole, err)
		}
	})
}

func TestWhatCannotBeRemembered(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		for _, test := range []struct {
			name, value string
			want        error
		}{
			{"", "v", memory.ErrName},
			{"nova:changes", "v", memory.ErrName},
			{"a b", "v", memory.ErrName},
			{"-a", "v", memory.ErrName},
			{strings.Repeat("n", 101), "v", memory.ErrName},
			{"nova", "", memory.ErrValue},
			{"nova", "\xff", memory.ErrValue},
			{"nova", strings.Repeat("v", 4097), memory.ErrValue},
		} {
			if _, err := memory.Remember(t.Context(), rdb, test.name, at(1, test.value)); !errors.Is(err, test.want) {
				t.Errorf("%.20q = %.20q: %v", test.name, test.value, err)
			}
		}
		for i := range 10_000 {
			rdb.SAdd(t.Context(), "handsoff:remembered", i)
		}
		if _, err := memory.Remember(t.Context(), rdb, "nova", at(1, "v")); !errors.Is(err, memory.ErrFull) {
			t.Error(err)
		}
		long := at(1, "v")
		long.Subject = strings.Repeat("ä", 600)
		rdb.Del(t.Context(), "handsoff:remembered")
		remember(t, rdb, "nova", long, true)
		found, err := memory.Recall(t.Context(), rdb, "nova")
		if got := found["nova"].Subject; err != nil || !strings.HasSuffix(got, "ä…") || len(got) > 520 {
			t.Error(got, err)
		}
	})
}

// TestWhatIsForgotten: a name is forgotten with its changes, and one that nothing was written to for long makes room.
func TestWhatIsForgotten(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		remember(t, rdb, "old", at(1, "v"), true)
		remember(t, rdb, "young", at(1, "v"), true)
		if is, err := memory.Forget(t.Context(), rdb, "young"); err != nil || !is {
			t.Error(is, err)
		}
		if is, err := memory.Forget(t.Context(), rdb, "young"); err != nil || is {
			t.Error(is, err)
		}
		remember(t, rdb, "young", at(1, "v"), true)
		pipe := rdb.Pipeline()
		for i := range 9_998 {
			pipe.SAdd(t.Context(), "handsoff:remembered", i)
		}
		if _, err := pipe.Exec(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := memory.Remember(t.Context(), rdb, "new", at(1, "v")); !errors.Is(err, memory.ErrFull) {
			t.Error(err)
		}
		long := time.Now().Add(-91 * 24 * time.Hour).UnixMilli()
		rdb.ZAdd(t.Context(), "handsoff:remembered-touched", redis.Z{Member: "old", Score: float64(long)})
		remember(t, rdb, "new", at(1, "v"), true)
		if n := rdb.Exists(t.Context(), "handsoff:remembered:old", "handsoff:remembered:old:changes").Val(); n != 0 {
			t.Error("what was forgotten is still there")
		}
		found, err := memory.Recall(t.Context(), rdb, "old", "young", "new")
		if _, old := found["old"]; err != nil || old || len(found) != 2 {
			t.Errorf("%+v %v", found, err)
		}
	})
}

// TestTheOrderOfHearingDoesNotMatter: events that come in any order, some twice, leave what they leave in theirs. Values
// do not come back here: whether one put back is new depends on what is known between.
func TestTheOrderOfHearingDoesNotMatter(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		round := 0
		rapid.Check(t, func(rt *rapid.T) {
			round++
			n := rapid.IntRange(1, 12).Draw(rt, "n")
			order := rapid.SliceOfN(rapid.IntRange(0, n-1), 0, 12).Draw(rt, "order")
			order = append(order, rapid.Permutation(indices(n)).Draw(rt, "rest")...)
			name := fmt.Sprint("n", round)
			for _, i := range order {
				if _, err := memory.Remember(context.Background(), rdb, name, at(i, fmt.Sprint("v", i))); err != nil {
					rt.Fatal(err)
				}
			}
			found, err := memory.Recall(context.Background(), rdb, name)
			if err != nil || found[name].Value != fmt.Sprint("v", n-1) {
				rt.Fatalf("%+v %v", found, err)
			}
			changes, whole, err := memory.Since(context.Background(), rdb, name, "", 100)
			if err != nil || !whole || len(changes) != n {
				rt.Fatal(values(changes), whole, err)
			}
			if !slices.IsSortedFunc(changes, func(a, b memory.Change) int { return b.At.Compare(a.At) }) {
				rt.Fatal(values(changes))
			}
		})
	})
}

func indices(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// TestASourceWhoseClockWasAhead: what comes after its clock was set right counts as newer.
func TestASourceWhoseClockWasAhead(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		for _, at := range []time.Time{time.Now().AddDate(1, 0, 0), time.Now().AddDate(0, 1, 0), time.Now().Add(time.Minute)} {
			changed, err := memory.Remember(t.Context(), rdb, "tip", memory.Change{Value: at.String(), At: at, Event: at.String()})
			if err != nil || !changed {
				t.Errorf("%s: %v %v", at, changed, err)
			}
		}
	})
}
