package main

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/slack/home"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/schedule"
)

// mostSchedules is how many schedules a Home tab shows: those that come due next.
const mostSchedules = 10

// calendar lists what runs at set times.
type calendar interface {
	Upcoming(ctx context.Context) ([]home.Schedule, error)
}

// configured is the calendar of the configuration.
type configured struct {
	set *schedule.Set
	rdb redis.UniversalClient
	log *slog.Logger
}

// Upcoming implements calendar. What is paused comes last.
func (c configured) Upcoming(ctx context.Context) ([]home.Schedule, error) {
	list := c.set.All()
	states, err := schedule.Load(ctx, c.rdb, list...)
	if err != nil {
		return nil, err
	}
	catalogue := command.Known(ctx, c.rdb, c.log)
	shown := make([]home.Schedule, len(list))
	for i, s := range list {
		shown[i] = home.Schedule{Name: s.Name, When: s.Times.String(), Text: s.Shown(catalogue), Next: states[i].Next}
		if p := states[i].Paused; p != nil {
			shown[i].When, shown[i].Next = "paused by "+p.By, time.Time{}
		}
	}
	slices.SortStableFunc(shown, func(a, b home.Schedule) int {
		if a.Next.IsZero() != b.Next.IsZero() {
			return b.Next.Compare(a.Next)
		}
		return a.Next.Compare(b.Next)
	})
	return shown[:min(len(shown), mostSchedules)], nil
}
