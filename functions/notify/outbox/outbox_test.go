package outbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/functions/notify/door/doortest"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/outbox"
)

func TestAJobIsToldFromBeginningToEnd(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.Accept(doortest.WatchedBy(ann))
		y.deliver()
		y.Wants(ann, "progress is queued and begins in a moment")
		y.Progresses(id, 10, "asks Jenkins")
		y.deliver()
		y.Progresses(id, 40, "build #12 runs")
		y.deliver()
		y.Wants(ann, "progress [########------------] 40 %; build #12 runs")
		y.Says(id, "build #12 has started", "it \x1b[31mreally\x1b[0m has")
		y.deliver()
		y.Wants(ann, "say build #12 has started", "say it really has", "progress [########------------] 40 %; build #12 runs")
		y.Ends(id, job.Done(map[string]any{"url": "http://demo"}))
		y.deliver()
		y.Wants(ann, "end succeeded in 6 m: test run\n  url: http://demo")
		y.deliver()
		y.Wants(ann)
	})
}

func TestChangesBetweenLooksCoalesce(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.Accept(doortest.WatchedBy(ann))
		for percent := range 50 {
			y.Progresses(id, percent, "runs")
		}
		y.Says(id, "half of it")
		y.deliver()
		y.Wants(ann, "say half of it", "progress [#########-----------] 49 %; runs")
		y.Ends(id, job.Fail("the host is down", nil))
		y.deliver()
		got := y.Reads(ann)
		if len(got) != 1 || !strings.HasPrefix(got[0], "end failed after ") || !strings.Contains(got[0], "\n  because: the host is down\n") {
			y.Errorf("%q", got)
		}
	})
}

func TestSignoffLineAndCancelAreTold(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		first := y.Accept(func(r *job.Request) { r.Lock = "deploy/one" })
		y.Clock.Add(time.Second)
		id := y.Accept(doortest.WatchedBy(ann), func(r *job.Request) {
			r.Lock = "deploy/one"
			r.Signoff = &job.Signoff{Need: 2, Role: "approver", Within: 2 * time.Hour}
		})
		y.deliver()
		y.Wants(ann, fmt.Sprintf("say needs 2 approvals, each by an approver: say `approve %s` or `reject %s` within 2 h", id, id))
		for _, who := range []string{"telnet:carl", "telnet:cora"} {
			if _, err := y.Jobs.Approve(context.Background(), id, who, false); err != nil {
				y.Fatal(err)
			}
			y.deliver()
		}
		y.Wants(ann,
			fmt.Sprintf("say needs 1 more approval by an approver: say `approve %s` or `reject %s` within 2 h", id, id),
			"say waits in line behind "+first+", which holds deploy/one")
		y.Ends(first, job.Done(nil))
		y.Progresses(id, 0, "asks Jenkins")
		y.deliver()
		y.Wants(ann, "say is running", "progress asks Jenkins")
		if _, err := y.Jobs.Cancel(context.Background(), id, "telnet:bob", "it hangs"); err != nil {
			y.Fatal(err)
		}
		y.deliver()
		y.Wants(ann, "say is being cancelled, as telnet:bob asked (it hangs); the receipt follows when it has been seen stopped",
			"progress asks Jenkins")
		y.Takes(id, func(ctx context.Context, run *job.Run) (job.Outcome, error) {
			return job.Wait(doortest.Rest), run.Signalled(ctx)
		})
		y.Ends(id, job.Stopped("demo #12 is ABORTED", "a log file"))
		y.deliver()
		y.Wants(ann, strings.Join([]string{
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
		id := y.Accept(func(r *job.Request) { r.Signoff = &job.Signoff{Need: 1, Role: "approver"} })
		if _, err := y.Jobs.Approve(context.Background(), id, "telnet:eve", true); err != nil {
			y.Fatal(err)
		}
		if _, err := y.Jobs.Watch(context.Background(), id, "telnet:root"); err != nil {
			y.Fatal(err)
		}
		y.deliver()
		y.Wants("telnet:root", "say was let past its sign-off by force, by telnet:eve", "progress is queued and begins in a moment")
		y.Ends(id, job.Unsure("asked, and no answer came"))
		y.deliver()
		y.Wants("telnet:root", strings.Join([]string{
			"end ended, and nobody can tell how: test run",
			"  was let past its sign-off by force, by telnet:eve",
			"  evidence: asked, and no answer came",
			fmt.Sprintf("  look there yourself: if it did not happen, `retry %s`; if it did, nothing more is needed", id),
		}, "\n"))
	})
}

// TestAStaleShowWritesNothing: a courier that was paused until another one had shown the job, or until nobody followed
// it any more, writes nothing.
func TestAStaleShowWritesNothing(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		ctx := context.Background()
		id := y.Accept(doortest.WatchedBy(ann))
		y.Says(id, "one")
		j, err := y.Jobs.Get(ctx, id)
		if err != nil {
			y.Fatal(err)
		}
		story, err := y.Jobs.Story(ctx, id, "", 10)
		if err != nil {
			y.Fatal(err)
		}
		view := door.View{Job: j, Story: story, Now: y.Clock.Now()}
		out := Telnet(y.Redis)
		if _, err := out.Show(ctx, ann, view, job.Shown{}); err != nil {
			y.Fatal(err)
		}
		before := y.Box(ann)
		if _, err := out.Show(ctx, ann, view, job.Shown{}); !errors.Is(err, door.ErrMoved) {
			y.Errorf("shown twice: %v", err)
		}
		if err := y.Jobs.Unwatch(ctx, id, ann); err != nil {
			y.Fatal(err)
		}
		if _, err := out.Show(ctx, ann, view, job.Shown{}); !errors.Is(err, door.ErrGone) {
			y.Errorf("shown to who is gone: %v", err)
		}
		y.Wants(ann, before...)
	})
}

func TestOutboxIsBounded(t *testing.T) {
	t.Parallel()
	inYard(t, func(y *yard) {
		id := y.Accept(doortest.WatchedBy(ann))
		for range 9900 {
			if err := y.Redis.XAdd(context.Background(), &redis.XAddArgs{Stream: job.OutboxKey(ann), Values: []any{"text", "old"}}).Err(); err != nil {
				y.Fatal(err)
			}
		}
		lines := make([]string, 150)
		for i := range lines {
			lines[i] = fmt.Sprint("line ", i)
		}
		y.Says(id, lines...)
		y.deliver()
		if n := len(y.Box(ann)); n != outbox.Most {
			y.Errorf("%d entries", n)
		}
		if ttl := y.Redis.PTTL(context.Background(), job.OutboxKey(ann)).Val(); ttl <= 0 || ttl > outbox.Life {
			y.Errorf("lives for %s", ttl)
		}
	})
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
