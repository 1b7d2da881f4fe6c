// Package cron calls functions by their annotations "topic: cron-function" and "schedule", as the cron connector does:
// one try, nothing is made up for that was missed, and a call may begin while the last one still runs.
package cron

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/handsoff/handsoff/local-provider/deployment"
	"github.com/handsoff/handsoff/local-provider/invoke"
)

const (
	// Topic is the value of the annotation "topic" that this package serves.
	Topic = "cron-function"
	// connector is what the real one says of itself.
	connector = "cron-connector"
	// maxSchedule bounds a schedule's text, in bytes.
	maxSchedule = 256
	// maxAnswer bounds what of an answer is read, in bytes.
	maxAnswer = 1 << 20
)

// parser takes five fields or a descriptor such as @every 5s; there is no field for seconds.
var parser = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)

// Parse reads a schedule.
func Parse(text string) (schedule cron.Schedule, err error) {
	if len(text) > maxSchedule {
		return nil, fmt.Errorf("the schedule is longer than %d bytes", maxSchedule)
	}
	// The parser panics on some malformed time zones.
	defer func() {
		if recover() != nil {
			schedule, err = nil, fmt.Errorf("schedule %q is malformed", text)
		}
	}()
	schedule, err = parser.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("schedule %q: %w", text, err)
	}
	return schedule, nil
}

// Caller calls a function, as invoke.Invoker does.
type Caller interface {
	Do(name string, request *http.Request) (*http.Response, error)
}

// Connector calls functions at their times.
type Connector struct {
	caller Caller
	clock  *cron.Cron

	mu      sync.Mutex
	entries map[string]entry
}

type entry struct {
	id       cron.EntryID
	schedule string
}

// New returns a connector that does not run yet.
func New(caller Caller) *Connector {
	return &Connector{caller: caller, clock: cron.New(cron.WithParser(parser)), entries: make(map[string]entry)}
}

// Run calls functions until ctx is done; calls that have begun then go on.
func (c *Connector) Run(ctx context.Context) {
	c.clock.Start()
	<-ctx.Done()
	c.clock.Stop()
}

// Apply takes over what is deployed now. A schedule that did not change keeps its beat; one that cannot be read is
// reported and left out.
func (c *Connector) Apply(records []deployment.Record) {
	wanted := schedules(records)
	c.mu.Lock()
	defer c.mu.Unlock()
	for name, old := range c.entries {
		if wanted[name] != old.schedule {
			c.clock.Remove(old.id)
			delete(c.entries, name)
		}
	}
	for name, text := range wanted {
		if _, ok := c.entries[name]; ok {
			continue
		}
		schedule, err := Parse(text)
		if err != nil {
			slog.Error("a function is not called by the clock", "function", name, "error", err)
			continue
		}
		id := c.clock.Schedule(schedule, cron.FuncJob(func() { c.call(name) }))
		c.entries[name] = entry{id: id, schedule: text}
	}
}

func schedules(records []deployment.Record) map[string]string {
	wanted := make(map[string]string)
	for _, record := range records {
		if record.Annotations == nil || (*record.Annotations)["topic"] != Topic {
			continue
		}
		wanted[record.Service] = (*record.Annotations)["schedule"]
	}
	return wanted
}

// call makes one call; its time is bounded by the function's own limits.
func (c *Connector) call(name string) {
	began := time.Now()
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://function/", http.NoBody)
	if err != nil {
		slog.Error("the clock cannot call a function", "function", name, "error", err)
		return
	}
	request.Header.Set("X-Topic", Topic)
	request.Header.Set("X-Connector", connector)
	request.Header.Set("User-Agent", "handsoff/local-provider-cron")
	invoke.Mark(request.Header)
	response, err := c.caller.Do(name, request)
	if err != nil {
		slog.Warn("a call by the clock failed", "function", name, "error", err)
		return
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, maxAnswer))
	_ = response.Body.Close()
	if response.StatusCode >= http.StatusBadRequest {
		slog.Warn("a function refused a call by the clock", "function", name, "status", response.StatusCode,
			"took", time.Since(began))
	}
}
