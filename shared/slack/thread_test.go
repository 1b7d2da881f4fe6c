package slack_test

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/slack"
)

func TestAThreadMeansAJob(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		ctx := t.Context()
		remember := func(place slack.Place, job string, root bool) {
			t.Helper()
			if err := slack.RememberThread(ctx, rdb, place, job, root, time.Hour); err != nil {
				t.Fatal(err)
			}
		}
		means := func(place slack.Place, want string) {
			t.Helper()
			if got, err := slack.ThreadJob(ctx, rdb, place); got != want || err != nil {
				t.Errorf("%s means %q (%v), want %q", place.Address(), got, err, want)
			}
		}
		people := slack.Place{Channel: "C1", Thread: "1700000000.000100"}
		means(people, "")
		remember(people, "aaaa", false)
		remember(people, "bbbb", false)
		means(people, "bbbb")
		remember(people, "cccc", true)
		remember(people, "dddd", false)
		means(people, "cccc")
		means(slack.Place{Channel: "C2", Thread: people.Thread}, "")
		means(slack.Place{Channel: "C1"}, "")
		if err := slack.RememberThread(ctx, rdb, slack.Place{Channel: "C1"}, "aaaa", true, time.Hour); err == nil {
			t.Error("a channel was taken for a thread")
		}
		const key = "handsoff:slack:thread:C1:1700000000.000100"
		if left := rdb.PTTL(ctx, key).Val(); left <= 0 || left > time.Hour {
			t.Errorf("it is remembered for %s", left)
		}
	})
}
