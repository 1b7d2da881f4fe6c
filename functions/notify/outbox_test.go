package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/outbox"
)

const ann = "telnet:ann"

// inYard runs a test on both kinds of Redis.
func inYard(t *testing.T, test func(y *yard)) {
	t.Helper()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		y := newYard(t, rdb)
		defer y.close()
		test(y)
	})
}

func TestAJobIsToldFromBeginningToEnd(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.accept(watchedBy(ann))
		y.deliver()
		y.wants(ann, "progress is queued and begins in a moment")
		y.progresses(id, 10, "asks Jenkins")
		y.deliver()
		y.progresses(id, 40, "build #12 runs")
		y.deliver()
		y.wants(ann, "progress [########------------] 40 %; build #12 runs")
		y.says(id, "build #12 has started", "it \x1b[31mreally\x1b[0m has")
		y.deliver()
		y.wants(ann, "say build #12 has started", "say it really has", "progress [########------------] 40 %; build #12 runs")
		y.ends(id, job.Done(map[string]any{"url": "http://demo"}))
		y.deliver()
		y.wants(ann, "end succeeded in 6 m: test run\n  url: http://demo")
		y.deliver()
		y.wants(ann)
	})
}

func TestChangesBetweenLooksCoalesce(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.accept(watchedBy(ann))
		for percent := range 50 {
			y.progresses(id, percent, "runs")
		}
		y.says(id, "half of it")
		y.deliver()
		y.wants(ann, "say half of it", "progress [#########-----------] 49 %; runs")
		y.ends(id, job.Fail("the host is down", nil))
		y.deliver()
		got := y.reads(ann)
		if len(got) != 1 || !strings.HasPrefix(got[0], "end failed after ") || !strings.Contains(got[0], "\n  because: the host is down\n") {
			y.Errorf("%q", got)
		}
	})
}

func TestSignoffLineAndCancelAreTold(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		first := y.accept(func(r *job.Request) { r.Lock = "deploy/one" })
		y.clock.Add(time.Second)
		id := y.accept(watchedBy(ann), func(r *job.Request) {
			r.Lock = "deploy/one"
			r.Signoff = &job.Signoff{Need: 2, Role: "approver", Within: 2 * time.Hour}
		})
		y.deliver()
		y.wants(ann, fmt.Sprintf("say needs 2 approvals, each by an approver: say `approve %s` or `reject %s` within 2 h", id, id))
		for _, who := range []string{"telnet:carl", "telnet:cora"} {
			if _, err := y.jobs.Approve(context.Background(), id, who, false); err != nil {
				y.Fatal(err)
			}
			y.deliver()
		}
		y.wants(ann,
			fmt.Sprintf("say needs 1 more approval by an approver: say `approve %s` or `reject %s` within 2 h", id, id),
			"say waits in line behind "+first+", which holds deploy/one")
		y.ends(first, job.Done(nil))
		y.progresses(id, 0, "asks Jenkins")
		y.deliver()
		y.wants(ann, "say is running", "progress asks Jenkins")
		if _, err := y.jobs.Cancel(context.Background(), id, "telnet:bob", "it hangs"); err != nil {
			y.Fatal(err)
		}
		y.deliver()
		y.wants(ann, "say is being cancelled, as telnet:bob asked (it hangs); the receipt follows when it has been seen stopped",
			"progress asks Jenkins")
		y.step(id, func(ctx context.Context, run *job.Run) (job.Outcome, error) {
			return job.Wait(rest), run.Signalled(ctx)
		})
		y.ends(id, job.Stopped("demo #12 is ABORTED", "a log file"))
		y.deliver()
		y.wants(ann, strings.Join([]string{
			"end was cancelled after 4 m: test run",
			"  asked:     03:08:06 UTC by telnet:bob (it hangs)",
			"  signalled: 03:10:06 UTC",
			"  confirmed: 03:12:06 UTC, 4 m after it was asked",
			"  evidence:  demo #12 is ABORTED",
			"  left:      a log file",
		}, "\n"))
	})
}

func TestForceIsToldToWhoeverFollows(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.accept(func(r *job.Request) { r.Signoff = &job.Signoff{Need: 1, Role: "approver"} })
		if _, err := y.jobs.Approve(context.Background(), id, "telnet:eve", true); err != nil {
			y.Fatal(err)
		}
		if _, err := y.jobs.Watch(context.Background(), id, "telnet:root"); err != nil {
			y.Fatal(err)
		}
		y.deliver()
		y.wants("telnet:root", "say was let past its sign-off by force, by telnet:eve", "progress is queued and begins in a moment")
		y.ends(id, job.Unsure("asked, and no answer came"))
		y.deliver()
		y.wants("telnet:root", strings.Join([]string{
			"end ended, and nobody can tell how: test run",
			"  was let past its sign-off by force, by telnet:eve",
			"  evidence: asked, and no answer came",
			fmt.Sprintf("  look there yourself: if it did not happen, `retry %s`; if it did, nothing more is needed", id),
		}, "\n"))
	})
}

func TestLongStoryIsToldWhole(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.accept(watchedBy(ann))
		var want []string
		for n := range 2*page + 7 {
			want = append(want, fmt.Sprintf("say line %d", n))
		}
		for n := 0; n < len(want); n += 100 {
			var lines []string
			for _, line := range want[n:min(n+100, len(want))] {
				lines = append(lines, strings.TrimPrefix(line, "say "))
			}
			y.says(id, lines...)
		}
		y.ends(id, job.Done(nil))
		y.deliver()
		got := y.reads(ann)
		if last := len(got) - 1; last != len(want) || strings.Join(got[:last], "\n") != strings.Join(want, "\n") || !strings.HasPrefix(got[last], "end ") {
			y.Errorf("%d entries, of %d lines", len(got), len(want))
		}
	})
}

func TestOutboxIsBounded(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.accept(watchedBy(ann))
		for range 9900 {
			if err := y.rdb.XAdd(context.Background(), &redis.XAddArgs{Stream: job.OutboxKey(ann), Values: []any{"text", "old"}}).Err(); err != nil {
				y.Fatal(err)
			}
		}
		lines := make([]string, 150)
		for i := range lines {
			lines[i] = fmt.Sprint("line ", i)
		}
		y.says(id, lines...)
		y.deliver()
		if n := len(y.box(ann)); n != outbox.Most {
			y.Errorf("%d entries", n)
		}
		if ttl := y.rdb.PTTL(context.Background(), job.OutboxKey(ann)).Val(); ttl <= 0 || ttl > outbox.Life {
			y.Errorf("lives for %s", ttl)
		}
	})
}

// TestARefusalReachesADoor: that a notice says no is all that a view keeps of its arguments.
func TestARefusalReachesADoor(t *testing.T) {
	t.Parallel()
	notice := job.Job{Function: job.NoticeFunction, Command: job.NoticeCommand, Args: job.NoticeArgs(true)}
	if !visible(&notice).IsRefusal() {
		t.Error("a refusal is shown as any other word")
	}
	if notice.Args = job.NoticeArgs(false); visible(&notice).IsRefusal() {
		t.Error("any word is shown as a refusal")
	}
}

// TestArgumentsNeverReachADoor: a view has no arguments and no checkpoint.
func TestArgumentsNeverReachADoor(t *testing.T) {
	t.Parallel()
	full := &job.Job{ID: "k3f7", Args: map[string]any{"key": "hunter2"}, Checkpoint: []byte(`"hunter2"`), Key: "hunter2"}
	if v := visible(full); v.Args != nil || v.Checkpoint != nil || v.Key != "" || v.ID != "k3f7" || full.Args == nil {
		t.Errorf("%+v", v)
	}
}

func FuzzRef(f *testing.F) {
	f.Add("1700000000000-0 runs")
	f.Add("- needs:1+forced")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		r := parseRef(text)
		if strings.Contains(r.progress, " ") || len(r.progress)+len(r.said) > len(text) {
			t.Errorf("%q is %+v", text, r)
		}
	})
}
