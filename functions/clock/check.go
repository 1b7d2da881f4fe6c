package main

import (
	"context"
	"time"

	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/redisinfo"
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
	info, err := redisinfo.Read(ctx, c.rdb)
	if err != nil {
		c.log.WarnContext(ctx, "ask Redis how it does", "error", err)
	}
	r.used, r.most = info.Used, info.Limit
	if r.most == 0 {
		r.most, r.machine = info.Machine, true
	}
	r.files, r.failing = info.Files, info.Failing
	r.untaken, err = c.jobs.Untaken(ctx, mostUntaken)
	if r.jobs = err == nil; err != nil {
		c.log.WarnContext(ctx, "look for jobs that nobody takes", "error", err)
	}
	if r.dead, err = inbox.Dead(ctx, c.rdb); err != nil {
		c.log.WarnContext(ctx, "count the deliveries that were given up", "error", err)
	}
	return r
}
