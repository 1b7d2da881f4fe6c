package slack_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/slack"
)

// TestAnAnswerThatWasOnItsWayIsNotKept: Slack said something, then that it changed; the first must not stay.
func TestAnAnswerThatWasOnItsWayIsNotKept(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		const key = "handsoff:slack:person:U0ANN"
		m := slack.NewMemory(rdb, slog.New(slog.DiscardHandler))
		says := func(want string, ask func(context.Context) (string, error)) {
			t.Helper()
			if got, err := slack.Kept(t.Context(), m, key, time.Minute, ask); got != want || err != nil {
				t.Errorf("want %q, have %q, %v", want, got, err)
			}
		}
		answer := func(word string) func(context.Context) (string, error) {
			return func(context.Context) (string, error) { return word, nil }
		}
		says("old", func(ctx context.Context) (string, error) { return "old", m.Forget(ctx, key) })
		says("newer", answer("newer"))
		if err := rdb.Del(t.Context(), key).Err(); err != nil { // its time is over
			t.Fatal(err)
		}
		says("newest", answer("newest"))
		says("newest", answer("asked again"))
	})
}
