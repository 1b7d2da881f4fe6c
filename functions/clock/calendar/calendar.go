// Package calendar runs what the configuration schedules. It holds nothing: how each schedule stands is in Redis, and is
// written before anything is handed in, so that whatever dies, each run is handed in until what became of it is known.
package calendar

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/memory"
	"github.com/handsoff/handsoff/shared/schedule"
)

const (
	// atOnce is how many schedules are looked at at the same time.
	atOnce = 16
	// handInLimit bounds the handing in of one run.
	handInLimit = 8 * time.Second
	// tryAgain is after how long a run that is being handed in is handed in again: whoever did so has failed or died.
	tryAgain = handInLimit + 2*time.Second
	// newsLines is how many new changes are told of a remembered value.
	newsLines = 20
)

// Calendar runs schedules.
type Calendar struct {
	Set    *schedule.Set
	Jobs   *job.Store
	Redis  redis.UniversalClient
	Say    func(context.Context, command.Envelope) (command.Answer, error) // hands an envelope to the function command
	Tell   func(context.Context, Notice) error                             // makes a notice, once for each key
	Alerts []string                                                        // where those who run the bot are told of troubles
	Log    *slog.Logger

	open    sync.Mutex // one look at a time
	settled bool       // it is noted which schedules there are
}

// Notice is something about a schedule that people should know.
type Notice struct {
	Key  string
	Text string
	To   []string // addresses
	Why  string   // why they are told
}

// Attend takes up what has come due, and hands it in.
func (c *Calendar) Attend(ctx context.Context) error {
	if !c.open.TryLock() {
		return nil
	}
	defer c.open.Unlock()
	if !c.settled {
		if err := c.Set.Settle(ctx, c.Redis); err != nil {
			return err
		}
		c.settled = true
	}
	list := c.Set.All()
	states, err := schedule.Load(ctx, c.Redis, list...)
	if err != nil || len(list) == 0 {
		return err
	}
	now, err := c.Jobs.Now(ctx)
	if err != nil {
		return err
	}
	retries, err := c.retries(ctx, states)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	var errs []error
	left := 0
	group := new(errgroup.Group)
	group.SetLimit(atOnce)
	for _, i := range rand.Perm(len(list)) { // those that hang must not be the first each time, and leave the others none
		if ctx.Err() != nil {
			left++
			continue
		}
		s := list[i]
		group.Go(func() error {
			if err := c.one(ctx, s, &states[i], retries, now); err != nil {
				mu.Lock()
				defer mu.Unlock()
				errs = append(errs, err)
			}
			return nil
		})
	}
	_ = group.Wait() // none returns an error: one schedule's trouble is no other's
	if left > 0 {
		errs = append([]error{fmt.Errorf("clock: %d schedules have to wait for the next tick: %w", left, context.Cause(ctx))}, errs...)
	}
	return few(errs)
}

// mostErrors is how many errors of one kind are told; one trouble may be that of a thousand schedules.
const mostErrors = 5

// few joins errors, the first few of them.
func few(errs []error) error {
	if more := len(errs) - mostErrors; more > 0 {
		errs = append(errs[:mostErrors:mostErrors], fmt.Errorf("and %d more", more))
	}
	return errors.Join(errs...)
}

// retries reads what repeats the runs of all schedules, in one round trip.
func (c *Calendar) retries(ctx context.Context, states []schedule.State) (map[string][]string, error) {
	seen := make(map[string]int)
	for i := range states {
		maps.Copy(seen, states[i].Seen())
	}
	return c.Jobs.Retries(ctx, seen)
}

// one brings one schedule up to now. Its words are told before what they tell of is written, under keys of their own, so
// that a crash between the two tells them once.
func (c *Calendar) one(ctx context.Context, s *schedule.Schedule, before *schedule.State, retries map[string][]string, now time.Time) error {
	if err := c.look(ctx, s, before); err != nil {
		return err
	}
	for before.Adopt(retries) { // a retry may have been repeated, too
		var err error
		if retries, err = c.Jobs.Retries(ctx, before.Seen()); err != nil {
			return err
		}
	}
	facts, err := c.facts(ctx, s, before, now)
	if err != nil {
		return err
	}
	after, said := s.Advance(*before, facts)
	for i, word := range said {
		key := fmt.Sprintf("schedule %s %d %d", s.Name, before.Next.UnixMilli(), i)
		if before.Due != nil { // also between two times, when its turn has come
			key += fmt.Sprintf(" %d", before.Due.At.UnixMilli())
		}
		if word.Same != "" {
			key = hourly(s, before.Next, word.Same)
		}
		if err := c.tell(ctx, s, key, word.Text, c.interested(s)); err != nil {
			return err
		}
	}
	mine := takes(&after, now)
	err = schedule.Save(ctx, c.Redis, s.Name, &after)
	if errors.Is(err, schedule.ErrMeanwhile) { // another clock, or a person who paused it; the next tick sees to the rest
		return nil
	}
	if err != nil || !mine {
		return err
	}
	return c.handIn(ctx, s, *after.Due)
}

// takes reports whether the due run is to be handed in now, and notes that it is: another clock leaves it alone meanwhile.
func takes(st *schedule.State, now time.Time) bool {
	if st.Due == nil || st.Due.Waits || st.Paused != nil || now.Sub(st.Due.Tried).Abs() < tryAgain {
		return false
	}
	due := *st.Due
	due.Tried = now
	st.Due = &due
	return true
}

// facts reads what the schedule must know now: nothing, most of the time.
func (c *Calendar) facts(ctx context.Context, s *schedule.Schedule, st *schedule.State, now time.Time) (schedule.Facts, error) {
	f := schedule.Facts{Now: now, Jobs: make(map[string]*job.Job)}
	for _, r := range st.Unfinished() {
		j, err := c.Jobs.Get(ctx, r.Job)
		switch {
		case errors.Is(err, job.ErrNotFound):
		case err != nil:
			return f, err
		default:
			f.Jobs[r.Job] = j
		}
	}
	if !st.Looks(f) {
		return f, nil
	}
	var err error
	f.Remembered, f.News, err = remembered(ctx, c.Redis, s, st)
	return f, err
}

// remembered is what is remembered for a schedule, and what is new of it since the last success, a line each.
func remembered(ctx context.Context, rdb redis.UniversalClient, s *schedule.Schedule, st *schedule.State) (map[string]memory.Change, []string, error) {
	names := s.Recalls()
	if len(names) == 0 {
		return nil, nil, nil
	}
	known, err := memory.Recall(ctx, rdb, names...)
	if err != nil {
		return nil, nil, err
	}
	var news []string
	for _, name := range s.Changed {
		if known[name].Value == "" || known[name].Value == st.Success[name] {
			continue
		}
		lines, err := newsOf(ctx, rdb, name, st.Success[name])
		if err != nil {
			return nil, nil, err
		}
		news = append(news, lines...)
	}
	return known, news, nil
}

// newsOf lists what is new of one remembered value. Before the first success everything would be: only that is said.
func newsOf(ctx context.Context, rdb redis.UniversalClient, name, success string) ([]string, error) {
	changes, whole, err := memory.Since(ctx, rdb, name, success, newsLines)
	if err != nil {
		return nil, err
	}
	head := fmt.Sprintf("New in %s since the last success:", name)
	switch {
	case success == "":
		head = fmt.Sprintf("There was no success with %s before. The newest:", name)
		changes = changes[:min(len(changes), 1)]
	case !whole:
		head = fmt.Sprintf("New in %s since the last success, the newest %d:", name, len(changes))
	}
	lines := []string{head}
	for _, c := range changes {
		lines = append(lines, strings.Join(strings.Fields("• "+cmp.Or(c.Subject, c.Value)+" "+c.URL), " "))
	}
	return lines, nil
}

// interested are the addresses that are told of a schedule's troubles: where it is announced, and bot.alerts.
func (c *Calendar) interested(s *schedule.Schedule) []string {
	to := append([]string{}, s.Announce...)
	for _, address := range c.Alerts {
		if !slices.Contains(to, address) {
			to = append(to, address)
		}
	}
	return to
}

// hourly is a key by which the same trouble is told once in each hour: a schedule may come due every minute, all night.
func hourly(s *schedule.Schedule, at time.Time, same string) string {
	return fmt.Sprintf("schedule %s %d %s", s.Name, at.Truncate(time.Hour).Unix(), digest(same))
}

// tell tells something about a schedule, once for each key.
func (c *Calendar) tell(ctx context.Context, s *schedule.Schedule, key, text string, to []string) error {
	return c.Tell(ctx, Notice{Key: key, Text: text, To: to, Why: "The schedule " + s.Name +
		" is announced where its key announce says; its troubles are told to bot.alerts too."})
}
