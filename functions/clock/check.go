package main

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/inbox"
)

// mostUntaken is how many jobs in nobody's hands are looked at.
const mostUntaken = 200

// check looks for what runs low and tells of it, and writes down in the memo what it could tell.
func (c *clock) check(ctx context.Context, now time.Time, m *memo) {
	r := c.read(ctx)
	m.begin(r, now)
	for _, s := range judge(m.Told, conditions(r, *m, now), now) {
		if err := c.publish(ctx, s.notice); err == nil { // else it was logged, and is told at the next check
			m.note(s)
		}
	}
}

// read reads what can be read; what cannot is logged, and nothing is said of it.
func (c *clock) read(ctx context.Context) readings {
	var r readings
	info, err := c.info(ctx)
	if err != nil {
		c.log.Warn("ask Redis how it does", "error", err)
	}
	r.used, r.most = bytes(info["used_memory"]), bytes(info["maxmemory"])
	if r.most == 0 {
		r.most, r.machine = bytes(info["total_system_memory"]), true
	}
	for _, field := range []string{"aof_last_write_status", "aof_last_bgrewrite_status", "rdb_last_bgsave_status"} {
		status, there := info[field]
		r.files = r.files || there
		if there && status != "ok" {
			r.failing = append(r.failing, field+" is "+status)
		}
	}
	r.untaken, err = c.jobs.Untaken(ctx, mostUntaken)
	if r.jobs = err == nil; err != nil {
		c.log.Warn("look for jobs that nobody takes", "error", err)
	}
	if r.dead, err = inbox.Dead(ctx, c.rdb); err != nil {
		c.log.Warn("count the deliveries that were given up", "error", err)
	}
	return r
}

// info reads what Redis says of its memory and its file. An embedded one says nothing.
func (c *clock) info(ctx context.Context) (map[string]string, error) {
	all := make(map[string]string)
	for _, section := range []string{"memory", "persistence"} {
		text, err := c.rdb.Info(ctx, section).Result()
		if err != nil {
			return all, fmt.Errorf("info %s: %w", section, err)
		}
		maps.Insert(all, fields(text))
	}
	return all, nil
}

// fields reads lines of the form name:value.
func fields(text string) func(yield func(string, string) bool) {
	return func(yield func(string, string) bool) {
		for line := range strings.Lines(text) {
			name, value, ok := strings.Cut(strings.TrimSpace(line), ":")
			if ok && !yield(name, value) {
				return
			}
		}
	}
}

// bytes reads a number; what is none is 0.
func bytes(text string) uint64 {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
