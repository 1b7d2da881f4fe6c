package job_test

import (
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestRefusalsDoNotWashTheTrailAway: of one who is refused all the time 60 an hour are audited, and the others counted.
func TestRefusalsDoNotWashTheTrailAway(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		s := jobtest.Open(t, rdb, job.Options{})
		refuse := func(who string) {
			t.Helper()
			if err := s.AuditRefusal(t.Context(), job.AuditEntry{Who: who, Act: "refused", Detail: "no"}); err != nil {
				t.Fatal(err)
			}
		}
		for range 75 {
			refuse("telnet:mallory")
		}
		refuse("telnet:ann")
		list, err := s.AuditTail(t.Context(), 1000)
		if err != nil || len(list) != 61 || list[0].Who != "telnet:ann" {
			t.Errorf("%d entries: %v", len(list), err)
		}
		counts, err := s.Counts(t.Context())
		if err != nil || counts["refused_unaudited"] != 15 {
			t.Errorf("%v %v", counts, err)
		}
		key := job.Prefix + "refusals:telnet:mallory"
		if left := rdb.TTL(t.Context(), key).Val(); left <= 0 || left.Hours() > 1 {
			t.Errorf("it is counted for %v", left)
		}
		rdb.Del(t.Context(), key) // an hour later
		refuse("telnet:mallory")
		if again, err := s.AuditTail(t.Context(), 1); err != nil || again[0].Who != "telnet:mallory" {
			t.Errorf("after the hour: %v %v", again, err)
		}
	})
}
