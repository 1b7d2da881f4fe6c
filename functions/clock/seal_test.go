package main

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/audit"
	"github.com/handsoff/handsoff/shared/function/functiontest"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// TestATickSealsTheAudit: what was done before a tick has its link behind it.
func TestATickSealsTheAudit(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "test")
		for range 3 {
			h.accept(t)
		}
		if n := rdb.XLen(t.Context(), job.AuditKey+":chain").Val(); n != 0 {
			t.Errorf("%d links before the tick", n)
		}
		h.ticks(t)
		entries, err := rdb.XRange(t.Context(), job.AuditKey, "-", "+").Result()
		if err != nil {
			t.Fatal(err)
		}
		head, err := audit.Newest(t.Context(), rdb)
		if err != nil || head.ID < entries[2].ID {
			t.Errorf("%v, the head is %s, the last entry %s", err, head, entries[2].ID)
		}
	})
}

// TestEachHeadIsInTheLog once, whoever sealed: it is one that `audit verify` takes, and tells of a tail that was cut off since.
func TestEachHeadIsInTheLog(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "test")
		lines := new(functiontest.Lines)
		h.log = slog.New(slog.NewJSONHandler(lines, nil))
		tick := func() {
			t.Helper()
			h.time.Add(2 * time.Second)
			rdb.Del(t.Context(), tickKey)
			h.ticks(t)
		}
		tick()
		if strings.Contains(lines.String(), "audit sealed") {
			t.Error("there is no head yet")
		}
		var heads []audit.Head
		for range 2 {
			h.accept(t)
			if err := audit.Seal(t.Context(), rdb); err != nil { // somebody who verifies was faster
				t.Fatal(err)
			}
			tick()
			tick()
			newest, err := audit.Newest(t.Context(), rdb)
			if err != nil {
				t.Fatal(err)
			}
			heads = append(heads, newest)
		}
		for i, head := range heads {
			want := fmt.Sprintf(`"msg":"audit sealed","head":%q,"count":%d,"last":%q`, head, rdb.XLen(t.Context(), job.AuditKey).Val()+int64(i)-1, head.ID)
			if n := strings.Count(lines.String(), want); n != 1 {
				t.Errorf("%s is %d times in\n%s", want, n, lines)
			}
		}
		for _, key := range []string{job.AuditKey, job.AuditKey + ":chain"} {
			if err := rdb.XDel(t.Context(), key, heads[1].ID).Err(); err != nil {
				t.Fatal(err)
			}
		}
		if r, err := audit.Against(t.Context(), rdb, audit.Head{}); err != nil || !r.Good() {
			t.Errorf("without a head: %s %v", r, err)
		}
		if r, err := audit.Against(t.Context(), rdb, heads[1]); err != nil || r.Good() {
			t.Errorf("a tail that was cut off stands up to the head in the log: %s %v", r, err)
		}
	})
}

// TestTheHeadIsToldOnceADay by whichever clock has the word, and not on the first day.
func TestTheHeadIsToldOnceADay(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "test")
		h.accept(t)
		heads := func() []string {
			return slices.DeleteFunc(h.told(t), func(text string) bool { return !strings.HasPrefix(text, "The head of the audit trail is ") })
		}
		h.ticks(t)
		if told := heads(); len(told) != 0 {
			t.Errorf("told %q on the first day", told)
		}
		other := &hall{clock: h.again(rdb, h.jobs, "v1.2.0"), time: h.time}
		for range 8 { // two days
			h.time.Add(time.Minute)
			h.ticks(t)
			h.time.Add(6*time.Hour - time.Minute)
			other.ticks(t)
		}
		told := heads()
		if len(told) != 2 {
			t.Fatalf("told %q", told)
		}
		yesterday := ""
		for i, text := range told {
			_, rest, _ := strings.Cut(text, "`")
			line, _, _ := strings.Cut(rest, "`")
			head, err := audit.ParseHead(line)
			if err != nil {
				t.Fatal(err)
			}
			if i == 1 && !strings.Contains(text, "The one before was `"+yesterday+"`") {
				t.Errorf("it does not name yesterday's, %s: %s", yesterday, text)
			}
			yesterday = line
			if r, err := audit.Against(t.Context(), rdb, head); err != nil || r.Found != audit.Stands || !r.Good() {
				t.Errorf("%v: %s", err, r)
			}
		}
	})
}

// TestARewrittenTrailIsToldInsteadOfItsHead: who makes the whole chain anew does not get it announced as if nothing were.
func TestARewrittenTrailIsToldInsteadOfItsHead(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb, "test")
		h.accept(t)
		days := func(n int) []string {
			for range n {
				h.time.Add(24 * time.Hour)
				h.ticks(t)
			}
			return slices.DeleteFunc(h.told(t), func(text string) bool { return !strings.Contains(text, " audit trail ") })
		}
		told := days(2) // on the first of all nothing is told
		if len(told) != 1 || !strings.HasPrefix(told[0], "The head of the audit trail is ") {
			t.Fatalf("told %q", told)
		}
		first, err := rdb.XRange(t.Context(), job.AuditKey, "-", "+").Result()
		if err != nil {
			t.Fatal(err)
		}
		if err := rdb.Del(t.Context(), job.AuditKey+":chain").Err(); err != nil {
			t.Fatal(err)
		}
		if err := rdb.XDel(t.Context(), job.AuditKey, first[0].ID).Err(); err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(told[0], "`")
		head, _, _ := strings.Cut(rest, "`")
		for n := range 2 { // each day while it is so
			told = slices.DeleteFunc(days(1), func(text string) bool { return !strings.HasPrefix(text, "The audit trail is NOT as it was sealed") })
			if len(told) != n+1 || !strings.Contains(told[n], "head="+head) || !strings.Contains(told[n], "was written anew") {
				t.Fatalf("day %d, told %q", n, told)
			}
		}
	})
}

// TestAHeadThatIsNoLongerKeptIsSaid: nothing vouches for what is before the new one.
func TestAHeadThatIsNoLongerKeptIsSaid(t *testing.T) {
	t.Parallel()
	for found, want := range map[audit.Wanted]string{audit.Stands: "nothing up to it was changed since", audit.TooOld: "no longer kept"} {
		if text := calm("1-0:ab", audit.Report{Found: found}); !strings.Contains(text, "The one before was `1-0:ab`") || !strings.Contains(text, want) {
			t.Errorf("%s: %s", found, text)
		}
	}
}

// TestAChainThatCannotBeSealedIsTold, whatever else is found in it.
func TestAChainThatCannotBeSealedIsTold(t *testing.T) {
	t.Parallel()
	text := alarming("", audit.Report{Checked: 3}, audit.ErrStuck)
	if !strings.HasPrefix(text, "The audit trail cannot be sealed") || !strings.Contains(text, audit.ErrStuck.Error()) {
		t.Error(text)
	}
}
