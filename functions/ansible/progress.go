package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
)

// almost is as far as a run that has not ended can have come.
const almost = 99

// progress says how far it has come: by tasks, and until when by how long the same took before; usual is 0 when nobody knows.
func (t *tracker) progress(now time.Time, usual time.Duration) job.Progress {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := job.Progress{Percent: -1}
	total := max(t.n, t.tasks+t.extra)
	if total > 0 && t.n > 0 {
		p.Percent = min(almost, (t.n-1)*100/total)
	}
	if usual > 0 && now.Before(t.began.Add(usual)) {
		p.ETA = t.began.Add(usual).Truncate(time.Second)
	}
	p.Line = t.line(total)
	return p
}

func (t *tracker) line(total int) string {
	if t.n == 0 {
		return "ansible-playbook begins"
	}
	line := fmt.Sprintf("task %d of ~%d: %s", t.n, total, t.task)
	if t.plays > 1 && t.play != "" {
		line += " (" + t.play + ")"
	}
	if hosts := t.census(); hosts != "" {
		line += " · " + hosts
	}
	return line
}

// census counts hosts by the worst that they came to.
func (t *tracker) census() string {
	var fine, changed, failed, away int
	for _, sum := range t.hosts {
		switch {
		case sum.Unreachable > 0:
			away++
		case sum.Failed > 0:
			failed++
		case sum.Changed > 0:
			changed++
			fine++
		default:
			fine++
		}
	}
	var parts []string
	if fine > 0 || failed+away == 0 && len(t.hosts) > 0 {
		text := chat.Count(fine, "host") + " ok"
		if changed > 0 {
			text += fmt.Sprintf(" (%d changed)", changed)
		}
		parts = append(parts, text)
	}
	if failed > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", failed))
	}
	if away > 0 {
		parts = append(parts, fmt.Sprintf("%d unreachable", away))
	}
	return strings.Join(parts, ", ")
}
