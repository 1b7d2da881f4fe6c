package job_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// logged counts the bytes of a log as its bound does.
func logged(lines []job.Line) (n int) {
	for _, l := range lines {
		n += len(l.Text) + 100
	}
	return n
}

// A log that is too long forgets its beginning, whatever its lines are like, and never its end.
func TestALogHasItsRoom(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		const room = 8 << 20
		n := 0
		b := newBench(t, rdb, stepFunc(func(ctx context.Context, run *job.Run) (job.Outcome, error) {
			for ; n < 3000; n += 100 {
				lines := make([]string, 100)
				for i := range lines {
					lines[i] = fmt.Sprintf("%04d %s", n+i, strings.Repeat("x", 40*((n+i)%200)))
				}
				if err := run.Save(ctx, job.Change{Log: lines}); err != nil {
					return job.Outcome{}, err
				}
			}
			return job.Done(nil), nil
		}))
		id := b.accept()
		b.run(id)
		b.want(id, job.Succeeded)
		kept, err := b.store.Tail(t.Context(), id, 10_000)
		if err != nil || len(kept) == 0 {
			t.Fatal(len(kept), err)
		}
		if has := logged(kept); has > room || has < room*2/3 {
			t.Errorf("it has %d bytes", has)
		}
		for i, line := range kept {
			if want := fmt.Sprintf("%04d ", n-len(kept)+i); !strings.HasPrefix(line.Text, want) {
				t.Fatalf("line %d of %d begins with %.5s, not %s", i, len(kept), line.Text, want)
			}
		}
		if total, err := rdb.Get(t.Context(), job.Prefix+"logged").Int(); total != logged(kept) || err != nil {
			t.Errorf("%d bytes are counted, %d are there: %v", total, logged(kept), err)
		}
	})
}

// While all logs have too many bytes, the oldest finished ones are given up, and say so; a job that runs keeps its own.
func TestLogsGiveWay(t *testing.T) {
	t.Parallel()
	eachFamily(t, func(f *family) {
		wrote := func(lines int) *job.Held {
			h := f.begin(f.accept())
			for op := range lines {
				if word, err := h.WriteLog(f.Context(), op+1, strings.Repeat("y", 900)); word != "ok" || err != nil {
					f.Fatal(word, err)
				}
			}
			f.clock.Add(time.Second)
			return h
		}
		runs, silent, first, second, last := wrote(10), wrote(0), wrote(20), wrote(30), wrote(40)
		for _, h := range []*job.Held{silent, first, second, last} {
			f.finish(h)
			f.clock.Add(time.Second)
		}
		sweep := func(bytes int64, want int) {
			f.Helper()
			keep := job.Keep{For: time.Hour, AtMost: 100, Logs: bytes}
			if n, err := f.store.Sweep(f.Context(), keep); n != want || err != nil {
				f.Errorf("with room for %d: %d given up, not %d: %v", bytes, n, want, err)
			}
		}
		lines := func(h *job.Held, want int) {
			f.Helper()
			list, err := f.store.Tail(f.Context(), h.Job.ID, 100)
			if err != nil || len(list) != want {
				f.Errorf("%s has %d lines, not %d: %v", h.Job.ID, len(list), want, err)
			}
			if want == 1 && !strings.Contains(list[0].Text, "was given up") {
				f.Error(list[0].Text)
			}
		}
		sweep(100_000, 0)
		sweep(51_000, 2)
		lines(runs, 10)
		lines(silent, 0)
		lines(first, 1)
		lines(second, 1)
		lines(last, 40)
		sweep(0, 1)
		lines(last, 1)
		lines(runs, 10)
		f.clock.Add(2 * time.Hour)
		if n, err := f.store.Sweep(f.Context(), job.Keep{For: time.Hour, AtMost: 100, Logs: 10_000}); n != 4 || err != nil {
			f.Error(n, err)
		}
		sweep(10_000, 0)
		lines(runs, 10)
	})
}
