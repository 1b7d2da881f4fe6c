package job_test

import (
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

func TestTellOnceAMark(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		store := jobtest.Open(t, rdb, job.Options{})
		tell := func(id, mark string, want bool) {
			t.Helper()
			if told, _, err := store.Tell(t.Context(), id, mark, "it is "+mark); err != nil || told != want {
				t.Errorf("tell %s of %s: %v, told %v", id, mark, err, told)
			}
		}
		a, err := store.Accept(t.Context(), jobtest.Request(func(r *job.Request) { r.Watch = []string{"telnet:ann"} }))
		if err != nil {
			t.Fatal(err)
		}
		tell(a.ID, "absent", true)
		tell(a.ID, "absent", false)
		tell(a.ID, "late", true)
		j, err := store.Get(t.Context(), a.ID)
		if err != nil || j.Version != 3 {
			t.Errorf("%v, version %d", err, j.Version)
		}
		if _, err := store.Cancel(t.Context(), a.ID, "telnet:ann", ""); err != nil {
			t.Fatal(err)
		}
		tell(a.ID, "over", false)
		tell("zzzz", "absent", false)
		story, err := store.Story(t.Context(), a.ID, "", 10)
		if err != nil || len(story) != 2 || story[0].Text != "it is absent" || story[1].Text != "it is late" {
			t.Errorf("%v, story %v", err, story)
		}
	})
}
