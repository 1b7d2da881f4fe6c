package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openfaas/faas-provider/types"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/clock/calendar"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/schedule"
)

// hall is a clock in a hall full of jobs, on a time that stands still.
type hall struct {
	*clock

	time *jobtest.Clock
	logs *lines

	mu     sync.Mutex
	nudged map[job.Pointer]int
	fails  error
}

// lines is a log that can be read.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) count(part string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), part)
}

func newHall(t *testing.T, rdb *redis.Client, deployed ...string) *hall {
	t.Helper()
	h := &hall{time: jobtest.NewClock(), logs: &lines{}, nudged: make(map[job.Pointer]int)}
	h.clock = &clock{
		jobs: jobtest.Open(t, rdb, job.Options{Now: h.time.Now}), rdb: rdb, keep: job.Keep{For: time.Hour, AtMost: 1000, Logs: 1 << 30},
		name: "padre", version: "v1.2.0", alerts: []string{"slack:C0ADMIN", "telnet:ops"},
		log: slog.New(slog.NewTextHandler(h.logs, nil)),
		nudge: func(_ context.Context, p job.Pointer) error {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.nudged[p]++
			return h.fails
		},
		roll: &roll{list: func(context.Context) ([]types.FunctionStatus, error) {
			if deployed == nil {
				return nil, errors.New("no Prometheus")
			}
			list := make([]types.FunctionStatus, len(deployed))
			for i, name := range deployed {
				list[i].Name = name
			}
			return list, nil
		}},
	}
	h.calendar = &calendar.Calendar{Set: &schedule.Set{}, Jobs: h.jobs, Redis: rdb}
	h.lived(t, memo{Ticked: h.time.Now(), Checked: h.time.Now()})
	return h
}

// lived gives the clock a past.
func (h *hall) lived(t *testing.T, m memo) {
	t.Helper()
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.rdb.Set(t.Context(), job.ClockKey, text, 0).Err(); err != nil {
		t.Fatal(err)
	}
}

func (h *hall) accept(t *testing.T, changes ...func(*job.Request)) string {
	t.Helper()
	a, err := h.jobs.Accept(t.Context(), jobtest.Request(changes...))
	if err != nil {
		t.Fatal(err)
	}
	return a.ID
}

// ticks ticks after the pace has passed.
func (h *hall) ticks(t *testing.T) {
	t.Helper()
	if err := h.rdb.Del(t.Context(), tickKey).Err(); err != nil {
		t.Fatal(err)
	}
	if err := h.tick(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (h *hall) times(id, function string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.nudged[job.Pointer{ID: id, Function: function}]
}
