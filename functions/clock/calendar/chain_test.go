package calendar_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// chain is so many causes, each of the one before.
func chain(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("rule:r%d", i)
	}
	return list
}

// A run of all at the end of a long chain of causes is within bounds, or says so before anything runs.
func TestRunAllInALongChain(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		for n := range command.MaxCauses + 1 {
			if err := rdb.FlushAll(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
			h := newHall(t, rdb, "  - {name: a, cron: '@daily', line: ping}\n  - {name: b, cron: '@daily', line: ping}")
			id := h.all(t, chain(n)...)
			if _, err := h.worker(t).Run(t.Context(), id); err != nil {
				t.Fatal(err)
			}
			j, err := h.Jobs.Get(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range h.asked {
				if len(e.Cause) > command.MaxCauses {
					t.Errorf("%d causes became %d", n, len(e.Cause))
				}
			}
			switch fits := n+2 <= command.MaxCauses; {
			case fits && (j.State != job.Succeeded || len(h.built(t)) != 2):
				t.Errorf("%d causes: %s %s, %d jobs", n, j.State, j.Error, len(h.built(t)))
			case !fits && (j.State != job.Failed || len(h.asked) != 0 || !strings.Contains(j.Error, "No schedule was run: ") || !strings.Contains(j.Error, "in a circle.")):
				t.Errorf("%d causes: %s %s, asked %d", n, j.State, j.Error, len(h.asked))
			}
		}
	})
}

// A schedule that has itself run, however many steps away, is not; nor is one at the end of too long a chain.
func TestAScheduleThatRunsItself(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, hourly+"}")
		for _, test := range []struct {
			cause []string
			says  string
		}{
			{[]string{"schedule:nightly"}, "nightly is what led to this: a schedule that has itself run would never end."},
			{[]string{"job:k3f7", "schedule:nightly"}, "nightly is what led to this"},
			{chain(command.MaxCauses), "nightly is not run: 32 things led to this, each to the next, and the nearest is rule:r0; they seem"},
			{chain(command.MaxCauses - 1), ""},
			{[]string{"schedule:other"}, ""},
		} {
			wish := call(map[string]any{"name": "nightly"})
			wish.ID, wish.Cause = strings.Join(test.cause, " "), test.cause
			answer, err := h.Run(t.Context(), wish)
			if err != nil || (answer.Problem != nil) != (test.says != "") || !strings.HasPrefix(answer.Text, test.says) {
				t.Errorf("%q: %+v %v", test.cause, answer, err)
			}
		}
		for _, e := range h.asked {
			if len(e.Cause) > command.MaxCauses || e.Cause[0] != "schedule:nightly" {
				t.Errorf("it was handed in with the causes %q", e.Cause)
			}
		}
		if len(h.asked) != 2 {
			t.Errorf("asked %d times", len(h.asked))
		}
	})
}

// There is an end also to runs out of turn that are unfinished.
func TestTooManyRunsOutOfTurn(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, hourly+"}")
		for i := range 17 {
			wish := call(map[string]any{"name": "nightly"})
			wish.ID = fmt.Sprint(i)
			answer, err := h.Run(t.Context(), wish)
			if err != nil || answer.Accepted != (i < 16) {
				t.Errorf("%d: %+v %v", i, answer, err)
			}
			if i == 16 && !strings.HasPrefix(answer.Text, "16 runs of nightly are unfinished, which is as many as there may be; ") {
				t.Error(answer.Text)
			}
		}
	})
}
