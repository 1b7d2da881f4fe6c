package inbox

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// order lists what a lane has, by number.
func order(t *testing.T, rdb redis.UniversalClient, lane string) []string {
	t.Helper()
	before := make(map[string]string)
	for n, follows := range rdb.HGetAll(t.Context(), boxKey("test")+"next").Val() {
		before[follows] = n
	}
	var list []string
	for n := rdb.HGet(t.Context(), boxKey("test")+"lanes", lane).Val(); n != ""; n = before[n] {
		list = append(list, fmt.Sprint(which(n)))
	}
	slices.Reverse(list)
	return list
}

// TestManyAreTakenInInTheirOrder, over several scripts; each has its own error.
func TestManyAreTakenInInTheirOrder(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		const many = 2*putMost + 50
		box := Open(rdb, "test", Options{MaxBody: 2 * putBytes})
		list := make([]Delivery, many)
		var want []string
		for i := range list {
			list[i] = Delivery{ID: fmt.Sprint(i), Lane: "l"}
			if i != 7 {
				want = append(want, fmt.Sprint(len(want)+1))
			}
		}
		list[7].Body = make([]byte, 2*putBytes+1)
		list[30].Body = make([]byte, putBytes+1)
		verdicts, errs, err := box.PutAll(t.Context(), list, [][]string{{"also 0"}})
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			if i == 7 && (verdicts[i] != 0 || !errors.Is(errs[i], ErrTooLarge)) || i != 7 && (verdicts[i] != New || errs[i] != nil) {
				t.Errorf("%d is %s: %v", i, verdicts[i], errs[i])
			}
		}
		if got := order(t, rdb, "l"); !slices.Equal(got, want) {
			t.Errorf("the order is %q", got)
		}
		if d, _, err := box.Find(t.Context(), "also 0"); err != nil || d.ID != "0" {
			t.Errorf("%+v %v", d, err)
		}
		if verdicts, errs, err := box.PutAll(t.Context(), nil, nil); err != nil || len(verdicts)+len(errs) != 0 {
			t.Error(verdicts, errs, err)
		}
	})
}

// TestWhatFollowsAFullInboxWaitsToo, so that it can come in its order when there is room.
func TestWhatFollowsAFullInboxWaitsToo(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		box := Open(rdb, "test", Options{MaxBytes: putBytes + 10, MaxBody: putBytes, MaxPending: 4})
		list := []Delivery{
			{ID: "a", Lane: "l", Body: []byte("12345")},
			{ID: "b", Lane: "l", Body: make([]byte, putBytes)},
			{ID: "c", Lane: "l", Body: []byte("123456")}, // goes over, in the script of the one before or not
			{ID: "d", Lane: "l"},
			{ID: "a"},
		}
		for range putMost {
			list = append(list, Delivery{ID: "e"})
		}
		verdicts, errs, err := box.PutAll(t.Context(), list, nil)
		if err != nil || verdicts[0] != New || verdicts[1] != New {
			t.Fatal(verdicts[:2], errs[:2], err)
		}
		for i := range list[2:] {
			if verdicts[2+i] != 0 || !errors.Is(errs[2+i], ErrFull) {
				t.Fatalf("%d is %s: %v", 2+i, verdicts[2+i], errs[2+i])
			}
		}
		small := Open(rdb, "test", Options{MaxPending: 3})
		put := func(id string, want error) {
			t.Helper()
			if _, err := small.Put(t.Context(), Delivery{ID: id, Lane: "l"}, nil); !errors.Is(err, want) {
				t.Errorf("%s: %v", id, err)
			}
		}
		put("f", nil)
		put("g", ErrFull) // one is due and two wait behind it
		claims, _, err := box.claim(t.Context(), 10, claimBytes, time.Minute)
		if err != nil || len(claims) != 1 {
			t.Fatal(claims, err)
		}
		if _, _, err := box.bury(t.Context(), claims[0], "no"); err != nil {
			t.Fatal(err)
		}
		_, errs, err = small.PutAll(t.Context(), []Delivery{{ID: "g", Lane: "l"}, {ID: "h", Lane: "l"}}, nil)
		if err != nil || errs[0] != nil || !errors.Is(errs[1], ErrFull) {
			t.Error(errs, err)
		}
		// The dead one is back before the next is counted.
		_, errs, err = Open(rdb, "test", Options{MaxPending: 5}).PutAll(t.Context(), []Delivery{{ID: "i"}, {ID: "a"}, {ID: "h", Lane: "l"}}, nil)
		if err != nil || errs[0] != nil || errs[1] != nil || !errors.Is(errs[2], ErrFull) {
			t.Error(errs, err)
		}
		if got := strings.Join(order(t, rdb, "l"), ""); got != "2341" {
			t.Errorf("the order is %s", got)
		}
	})
}

// TestWithoutRedisAllAreRefused, and of a full one too.
func TestWithoutRedisAllAreRefused(t *testing.T) {
	t.Parallel()
	server := jobtest.Redis(t)
	rdb := redis.NewClient(&redis.Options{Addr: server.Address, MaxRetries: -1, DialerRetries: 1})
	t.Cleanup(func() { _ = rdb.Close() })
	box := Open(rdb, "test", Options{})
	list := []Delivery{{ID: "a"}, {ID: ""}, {ID: "b"}}
	if err := rdb.ConfigSet(t.Context(), "maxmemory", "1").Err(); err != nil {
		t.Fatal(err)
	}
	verdicts, errs, err := box.PutAll(t.Context(), list, nil)
	if err != nil || !errors.Is(errs[0], ErrFull) || errs[1] == nil || errors.Is(errs[1], ErrFull) || !errors.Is(errs[2], ErrFull) {
		t.Error(verdicts, errs, err)
	}
	server.Kill(t)
	verdicts, errs, err = box.PutAll(t.Context(), list, nil)
	if err == nil || errs[0] == nil || errs[1] == nil || errs[2] == nil || errors.Is(err, ErrFull) {
		t.Error(verdicts, errs, err)
	}
}

// TestManyNames: more than one command has room for are known each by its own.
func TestManyNames(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		box := Open(rdb, "test", Options{})
		list, means, again := make([]Delivery, putMost), make([][]string, putMost), make([]Delivery, putMost)
		for i := range list {
			list[i] = Delivery{ID: strconv.Itoa(i), Body: []byte(strconv.Itoa(i))}
			for k := range maxMeans {
				means[i] = append(means[i], fmt.Sprint(i, " also ", k))
			}
			again[i] = Delivery{ID: means[i][maxMeans-1]}
		}
		for _, want := range []Verdict{New, Pending} {
			verdicts, errs, err := box.PutAll(t.Context(), list, means)
			if err != nil || slices.ContainsFunc(verdicts, func(v Verdict) bool { return v != want }) {
				t.Fatal(verdicts, errs, err)
			}
			list, means = again, nil
		}
		for i := range list {
			if d, _, err := box.Find(t.Context(), list[i].ID); err != nil || string(d.Body) != strconv.Itoa(i) {
				t.Fatalf("%s is %+v: %v", list[i].ID, d, err)
			}
		}
		claims, _, err := box.claim(t.Context(), putMost, claimBytes, time.Minute)
		if err != nil || len(claims) != putMost {
			t.Fatal(len(claims), err)
		}
		endings := make([]*ending, len(claims))
		for i, c := range claims {
			endings[i] = &ending{claim: c, how: endDone}
		}
		if _, _, err := box.finish(t.Context(), endings); err != nil {
			t.Fatal(err)
		}
		if verdicts, errs, err := box.PutAll(t.Context(), again, nil); err != nil || slices.ContainsFunc(verdicts, func(v Verdict) bool { return v != Done }) {
			t.Fatal(verdicts, errs, err)
		}
		for _, key := range rdb.Keys(t.Context(), boxKey("test")+"*").Val() {
			name := strings.TrimPrefix(key, boxKey("test"))
			if name != "seq" && name != "bytes" && !strings.HasPrefix(name, "name:") {
				t.Errorf("left behind is %q", key)
			}
		}
	})
}
