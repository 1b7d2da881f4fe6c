package main

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/job"
)

// kept is how many finished jobs there are.
const kept = 100_000

// TestBench is the first page with 100,000 finished jobs: its size, and how long it takes, from the request to the last byte. It
// measures, and fails beyond 100 kB and 100 ms, where HANDSOFF_BENCH is set.
func TestBench(t *testing.T) {
	if os.Getenv("HANDSOFF_BENCH") == "" {
		t.Skip("HANDSOFF_BENCH is not set")
	}
	h := bare(t)
	h.fill(kept)
	v := h.as("telnet:ops")
	for _, at := range []struct {
		name, path string
		most       time.Duration
	}{
		{"first page", "", 100 * time.Millisecond},
		{"failed ones", "?state=failed", 100 * time.Millisecond},
		{"words that no job has", "?text=nothing-is-like-this", 500 * time.Millisecond},
	} {
		var took []time.Duration
		var size int
		for range 31 {
			began := time.Now()
			p := v.get(at.path)
			took = append(took, time.Since(began))
			size = len(p.body)
		}
		slices.Sort(took)
		median, worst := took[len(took)/2], took[len(took)-2]
		fmt.Printf("dashboard, %d jobs kept, %s: %d bytes, median %v, 29th of 31 %v\n", kept, at.name, size, median.Round(100*time.Microsecond), worst.Round(100*time.Microsecond))
		if size > 100_000 || median > at.most {
			t.Errorf("%s: %d bytes in %v", at.name, size, median)
		}
	}
}

// fill writes finished jobs as the engine would leave them, and a hundred unfinished ones.
func (h *hall) fill(n int) {
	h.Helper()
	for range 100 {
		h.accept()
	}
	model := h.ended([]string{"a line"})
	dump, err := h.Redis.HGetAll(h.Context(), job.Prefix+"job:"+model).Result()
	if err != nil {
		h.Fatal(err)
	}
	end := time.Now().Add(-time.Hour).UnixMilli()
	pipe := h.Redis.Pipeline()
	for i := range n {
		id := fmt.Sprintf("z%05d", i)
		dump["id"], dump["text"], dump["finished"] = id, fmt.Sprintf("jenkins build demo/slow seconds=%d", i), fmt.Sprint(end-int64(i)*1000)
		dump["state"] = []string{"succeeded", "succeeded", "failed"}[i%3]
		pipe.HSet(h.Context(), job.Prefix+"job:"+id, dump)
		pipe.Do(h.Context(), "ZADD", job.Prefix+"finished", end-int64(i)*1000, id)
		if pipe.Len() >= 5000 {
			if _, err := pipe.Exec(h.Context()); err != nil {
				h.Fatal(err)
			}
		}
	}
	if _, err := pipe.Exec(h.Context()); err != nil {
		h.Fatal(err)
	}
}
