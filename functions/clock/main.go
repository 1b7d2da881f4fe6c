// Command clock is the function that keeps handsoff going: invoked every five seconds, it nudges whoever has a job or a
// delivery that is due, has notify show what is unshown, and retires old jobs. Lost nudges cost time until its next tick,
// never work. It runs what is scheduled, and tells those who run the bot what they should know: that it came to life, and what runs low.
package main

import (
	"context"
	"net/http"
	"time"

	"github.com/handsoff/handsoff/functions/clock/calendar"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/schedule"
)

// patience bounds one try to reach the function command.
const patience = 5 * time.Second

func main() { function.Main("clock", setUp) }

func setUp(_ context.Context, p *function.Platform) (*function.Parts, error) {
	c := newClock(p)
	client := command.NewClient(p.GatewayURL, p.Keys, &http.Client{Timeout: patience})
	c.calendar = &calendar.Calendar{
		Set: schedule.Read(p.Config), Jobs: p.Jobs, Redis: p.Redis, Say: client.Do, Tell: c.tellOf, Alerts: p.Config.Bot.Alerts, Log: p.Log,
	}
	for _, fault := range c.calendar.Set.Faults() {
		p.Log.Error("a schedule is left out; the others work", "fault", fault.String())
	}
	return &function.Parts{
		Tick:  c.tick,
		Steps: map[string]job.Stepper{job.NoticeCommand: crier{}, "schedules run all": calendar.RunAll{Calendar: c.calendar}},
		Calls: map[string]function.CallFunc{
			"schedules": c.calendar.List, "schedules show": c.calendar.Show, "schedules pause": c.calendar.Pause,
			"schedules resume": c.calendar.Resume, "schedules run": c.calendar.Run,
		},
	}, nil
}

// tellOf makes a notice about a schedule.
func (c *clock) tellOf(ctx context.Context, n calendar.Notice) error {
	return c.publish(ctx, notice{key: n.Key, text: n.Text, to: n.To, why: n.Why})
}
