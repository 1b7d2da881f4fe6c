package job_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestStrangersDoNotWashTheTrailAway: however many names they have, and however often they come, little of it is in the trail; that
// little has the right number, and each time is in a stream that is short.
func TestStrangersDoNotWashTheTrailAway(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		clock := jobtest.NewClock()
		s := jobtest.Open(t, rdb, job.Options{Now: clock.Now})
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		const hours, names = 5, 30
		all := map[string]int{"refused": 0, "login refused": 0}
		for range hours {
			for n := range 4 * names {
				who := fmt.Sprintf("irc-nick:net/mallory%d\n", n%names)
				must(s.AuditStranger(t.Context(), job.AuditEntry{Who: who, Act: "refused", Detail: "tea needs the role viewer"}))
				must(s.AuditStranger(t.Context(), job.AuditEntry{Act: "login refused", Detail: "unsigned"}))
				all["refused"]++
				all["login refused"]++
			}
			clock.Add(time.Hour)
		}
		must(s.CountStrangers(t.Context()))
		list, err := s.AuditTail(t.Context(), 10_000)
		must(err)
		told := make(map[string]int)
		for _, e := range list {
			n := 1
			if number, is := strings.CutSuffix(e.Detail, " more within the hour after the one before"); is {
				n, err = strconv.Atoi(number)
				must(err)
			}
			told[e.Act] += n
		}
		if told["refused"] != all["refused"] || told["login refused"] != all["login refused"] {
			t.Errorf("the trail tells of %v, there were %v", told, all)
		}
		if most := hours * 2 * (20 + 2); len(list) > most || len(list) < hours*2 {
			t.Errorf("%d entries, more than %d or fewer than are needed", len(list), most)
		}
		if n := rdb.XLen(t.Context(), job.StrangersKey).Val(); n != int64(all["refused"]+all["login refused"]) {
			t.Errorf("%d have an entry of their own, not %v", n, all)
		}
		if left := rdb.HLen(t.Context(), job.Prefix+"strangers").Val(); left != 0 {
			t.Errorf("%d are counted still", left)
		}
	})
}
