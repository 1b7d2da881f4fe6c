package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/rule"
)

// Bounds of what a notice says, in bytes and lines.
const (
	maxNotice      = 8000
	maxNoticeLines = 100
)

// notice is something that people should know.
type notice struct {
	key   string // the same key is told once a day
	text  string
	rule  string // which rule tells it; empty when this function itself does
	watch []string
	why   job.Why
	no    bool // it says that something was asked for in vain
}

// tell makes a job of a notice, once per key. It returns the job.
func (d *desk) tell(ctx context.Context, n notice) (string, error) {
	request := job.Notice("event", n.key, chat.Bound(chat.Clean(n.text), maxNotice, maxNoticeLines), n.watch)
	request.Why, request.Args = n.why, job.NoticeArgs(n.no)
	if n.rule != "" {
		request.Principal = "rule:" + n.rule
	}
	accepted, err := d.Accept(ctx, request)
	if err != nil {
		return "", fmt.Errorf("tell %s: %w", strings.Join(n.watch, ", "), err)
	}
	return accepted.ID, nil
}

// alert tells those who run the bot of something about a rule, once an hour for the same about the same.
func (d *desk) alert(ctx context.Context, r *rule.Rule, e *event.Event, what, about, text string) error {
	now, err := d.Jobs.Now(ctx)
	if err != nil {
		return err
	}
	_, err = d.tell(ctx, notice{
		key:  fmt.Sprintf("alert %s %s %s %d", what, r.Name, digest(about), now.Unix()/int64(time.Hour/time.Second)),
		text: text, watch: d.Config.Bot.Alerts,
		why: job.Why{Cause: causes(r, e), Notes: []string{"it is told once an hour; `rules show " + r.Name + "` tells more"}},
	})
	return err
}

// tellFaults tells those who run the bot that rules are mistaken, once a day for the same mistakes.
func (d *desk) tellFaults(ctx context.Context) error {
	var lines []string
	for _, fault := range d.faults {
		if !fault.Warning {
			lines = append(lines, fault.String())
		}
	}
	if len(lines) == 0 {
		return nil
	}
	text := "The configuration has " + chat.Count(len(lines), "mistake") + " in its rules. Rules that have one are left out; the others work.\n" +
		strings.Join(lines, "\n")
	_, err := d.tell(ctx, notice{key: "faults " + digest(text), text: text, watch: d.Config.Bot.Alerts})
	return err
}
