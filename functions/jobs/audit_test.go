package main

import (
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/audit"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestVerifyNamesWhatWasAltered: also when whoever altered it made the trail anew.
func TestVerifyNamesWhatWasAltered(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		s := newTalk(t, rdb)
		t.Cleanup(func() {
			if err := s.close(); err != nil {
				t.Error(err)
			}
		})
		say := func(line string) string {
			answer, err := s.say("telnet:root", line)
			if err != nil || answer.Problem != nil {
				t.Fatal(answer, err)
			}
			return answer.Text
		}
		if text := say("audit head"); text != "The audit trail is empty." {
			t.Error(text)
		}
		for range 3 {
			if _, err := s.accept("telnet:ann", "demo run", nil); err != nil {
				t.Fatal(err)
			}
		}
		head, _, _ := strings.Cut(say("audit head"), "\n")
		if text := say("audit verify head=" + head); !strings.Contains(text, "3 entries") || !strings.Contains(text, "nothing up to it was changed") {
			t.Error(text)
		}
		list, err := rdb.XRange(t.Context(), job.AuditKey, "-", "+").Result()
		if err != nil {
			t.Fatal(err)
		}
		if err := rdb.XDel(t.Context(), job.AuditKey, list[1].ID).Err(); err != nil {
			t.Fatal(err)
		}
		want := "The audit trail is NOT as it was sealed. The first that is not as it was sealed is " + list[1].ID
		if text := say("audit verify"); !strings.HasPrefix(text, want) || !strings.HasSuffix(text, "The head is "+head+".") {
			t.Error(text)
		}
		if err := rdb.Del(t.Context(), job.AuditKey+":chain").Err(); err != nil {
			t.Fatal(err)
		}
		if text := say("audit verify"); !strings.HasPrefix(text, "2 entries are as they were sealed") {
			t.Error(text)
		}
		if text := say("audit verify head=" + head); !strings.Contains(text, "written anew") || !strings.Contains(text, "NOT") {
			t.Error(text)
		}
		if report, err := audit.Against(t.Context(), rdb, audit.Head{}); err != nil || !report.Good() {
			t.Error(report, err)
		}
	})
}
