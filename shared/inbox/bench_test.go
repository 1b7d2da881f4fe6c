package inbox

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job/jobtest"
)

const (
	benchLanes  = 1000
	benchBatch  = 50  // deliveries that come together
	benchAtOnce = 256 // that are in hand
	benchBody   = 2000
)

func benchBox(rdb redis.UniversalClient) *Inbox {
	return Open(rdb, "test", Options{MaxPending: 1 << 30, MaxBytes: 1 << 40, KeepBodies: 1000})
}

// fill puts n deliveries in, as events of a thousand changes.
func fill(tb testing.TB, box *Inbox, n int, put func()) {
	tb.Helper()
	body := make([]byte, benchBody)
	for from := 0; from < n; from += benchBatch {
		list := make([]Delivery, min(benchBatch, n-from))
		means := make([][]string, len(list))
		for i := range list {
			means[i] = []string{fmt.Sprintf("gerrit:review/%d/1 said %x", i, from+i)}
			list[i] = Delivery{ID: fmt.Sprint("Ev", from+i), Kind: "event", Lane: fmt.Sprint("gerrit:review/", (from+i)*7%benchLanes), Body: body}
		}
		_, errs, err := box.PutAll(context.Background(), list, means)
		if err != nil || errs[len(errs)-1] != nil {
			tb.Fatal(err, errs[len(errs)-1])
		}
		put()
	}
}

// drain works off until n are handled and written.
func drain(tb testing.TB, box *Inbox, n int, meanwhile func(kick func())) {
	tb.Helper()
	var handled atomic.Int64
	all := make(chan struct{})
	worker := NewWorker(box, func(context.Context, *Claim) error {
		if handled.Add(1) == int64(n) {
			close(all)
		}
		return nil
	}, WorkerOptions{AtOnce: benchAtOnce})
	var group sync.WaitGroup
	group.Go(func() { meanwhile(worker.Kick) })
	group.Go(func() { <-all })
	group.Wait()
	if err := worker.Stop(context.Background()); err != nil {
		tb.Fatal(err)
	}
	if left := box.rdb.Exists(context.Background(), boxKey("test")+"due").Val(); left != 0 {
		tb.Fatal("something is left")
	}
}

// BenchmarkEvents is how many events go through an inbox: put in by one process in batches, claimed, handled by a handler
// that does nothing, finished. Redis has the same processors.
func BenchmarkEvents(b *testing.B) {
	for _, part := range []struct {
		name string
		run  func(b *testing.B, box *Inbox)
	}{
		{"put", func(b *testing.B, box *Inbox) { fill(b, box, b.N, func() {}) }},
		{"handle", func(b *testing.B, box *Inbox) {
			fill(b, box, b.N, func() {})
			b.ResetTimer()
			drain(b, box, b.N, func(func()) {})
		}},
		{"all", func(b *testing.B, box *Inbox) { drain(b, box, b.N, func(kick func()) { fill(b, box, b.N, kick) }) }},
	} {
		b.Run(part.name, func(b *testing.B) {
			rdb := jobtest.Redis(b).Client(b)
			before, own := redisTime(b, rdb), ownTime(b)
			part.run(b, benchBox(rdb))
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
			// On a machine that others use too, only these two can be held against those of another day.
			b.ReportMetric((redisTime(b, rdb)-before)*1e6/float64(b.N), "redis-µs/event")
			b.ReportMetric((ownTime(b)-own)*1e6/float64(b.N), "own-µs/event")
		})
	}
}

// redisTime is for how long Redis has kept a processor, in seconds.
func redisTime(tb testing.TB, rdb redis.UniversalClient) float64 {
	tb.Helper()
	text, err := rdb.Info(tb.Context(), "cpu").Result()
	if err != nil {
		tb.Fatal(err)
	}
	var sum float64
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if name == "used_cpu_user" || name == "used_cpu_sys" {
			seconds, err := strconv.ParseFloat(value, 64)
			if err != nil {
				tb.Fatal(err)
			}
			sum += seconds
		}
	}
	return sum
}

// ownTime is for how long this process has kept processors, in seconds.
func ownTime(tb testing.TB) float64 {
	tb.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()).Seconds()
}
