package exposition

import (
	"context"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	faas "github.com/openfaas/faas-provider/types"

	"github.com/handsoff/handsoff/functions/dashboard/vitals"
	"github.com/handsoff/handsoff/shared/audit"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/gap"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/metrics"
)

// mostUntaken is how many jobs in nobody's hands are counted.
const mostUntaken = 1000

// parts is the table of what is read, in this order.
var parts = []struct {
	name string
	read func(context.Context, *function.Platform, *page) error
}{
	{"totals", totals},
	{"counts", counts},
	{"jobs", jobs},
	{"inboxes", inboxes},
	{"gaps", gaps},
	{"queue", queue},
	{"redis", memory},
	{"doors", doors},
	{"functions", functions},
	{"clock", clock},
	{"audit", trail},
}

// totals is what the scripts of jobs counted.
func totals(ctx context.Context, f *function.Platform, p *page) error {
	all, err := metrics.Read(ctx, f.Redis)
	if err != nil {
		return err
	}
	for _, name := range all.Names() {
		c := all.Commands[name]
		for _, door := range slices.Sorted(maps.Keys(c.Accepted)) {
			p.add("handsoff_jobs_accepted_total", float64(c.Accepted[door]), "command", name, "door", door)
		}
		for _, state := range slices.Sorted(maps.Keys(c.Ended)) {
			p.add("handsoff_jobs_ended_total", float64(c.Ended[state]), "command", name, "state", string(state))
		}
		p.histogram("handsoff_job_duration_seconds", &c.Took, "command", name)
	}
	p.histogram("handsoff_job_wait_seconds", &all.Wait)
	p.histogram("handsoff_job_cancel_seconds", &all.Cancel)
	return nil
}

// watched are the counters that an alert looks at. They are there before they count anything: Prometheus sees an increase only of
// what it has read before.
var watched = []string{"refused_replayed", "refused_stale", "refused_unsigned"}

// counts is what else was counted.
func counts(ctx context.Context, f *function.Platform, p *page) error {
	found, err := f.Jobs.Counts(ctx)
	if err != nil {
		return err
	}
	for _, name := range watched {
		found[name] += 0
	}
	each(p, "handsoff_counted_total", "what", found)
	return nil
}

func each(p *page, name, label string, found map[string]int64) {
	for _, key := range slices.Sorted(maps.Keys(found)) {
		p.add(name, float64(found[key]), label, key)
	}
}

// jobs is how the unfinished ones stand. Each state is there, also when no job is in it.
func jobs(ctx context.Context, f *function.Platform, p *page) error {
	states, err := f.Jobs.States(ctx)
	if err != nil {
		return err
	}
	standing, err := f.Jobs.Standing(ctx)
	if err != nil {
		return err
	}
	due, shown, err := f.Jobs.Lags(ctx)
	if err != nil {
		return err
	}
	untaken, err := f.Jobs.Untaken(ctx, mostUntaken)
	if err != nil {
		return err
	}
	found := make(map[string]int64)
	for _, state := range []job.State{job.Confirming, job.Queued, job.Running, job.Waiting, job.Cancelling} {
		found[string(state)] = 0
	}
	for state, n := range states {
		found[string(state)] = n
	}
	each(p, "handsoff_jobs", "state", found)
	p.add("handsoff_jobs_kept", float64(standing.Finished))
	p.add("handsoff_jobs_due", float64(standing.Due))
	p.add("handsoff_jobs_untaken", float64(len(untaken)))
	p.seconds("handsoff_job_lag_seconds", due)
	p.add("handsoff_notify_backlog", float64(standing.Unshown))
	p.seconds("handsoff_notify_lag_seconds", shown)
	return nil
}

func inboxes(ctx context.Context, f *function.Platform, p *page) error {
	list, err := vitals.Inboxes(ctx, f.Redis)
	for _, b := range list {
		p.add("handsoff_inbox_unfinished", float64(b.Unfinished), "function", b.Function)
		p.add("handsoff_inbox_dead", float64(b.Dead), "function", b.Function)
	}
	return err
}

func gaps(ctx context.Context, f *function.Platform, p *page) error {
	found, err := gap.Standing(ctx, f.Redis)
	if err != nil {
		return err
	}
	each(p, "handsoff_gaps_open", "source", found)
	return nil
}

// queue is that of local-provider; where there is another one it knows better.
func queue(ctx context.Context, f *function.Platform, p *page) error {
	q, err := vitals.ReadQueue(ctx, f.Redis)
	if err != nil || q == nil {
		return err
	}
	for _, lane := range q.Ready {
		p.add("handsoff_queue_ready", float64(lane.Ready), "function", lane.Function)
	}
	p.add("handsoff_queue_delayed", float64(q.Delayed))
	p.add("handsoff_queue_dead", float64(q.Dead))
	return nil
}

// functions is what is deployed. Without the secrets for the gateway it is not known, which is no fault.
func functions(ctx context.Context, f *function.Platform, p *page) error {
	list, err := f.Gateway.Functions(ctx)
	if errors.Is(err, function.ErrNoSecret) {
		return nil
	}
	if err != nil {
		return err
	}
	slices.SortFunc(list, func(a, b faas.FunctionStatus) int { return strings.Compare(a.Name, b.Name) })
	for _, one := range list {
		p.add("handsoff_function_replicas", float64(one.Replicas), "function", one.Name)
		p.add("handsoff_function_available_replicas", float64(one.AvailableReplicas), "function", one.Name)
	}
	return nil
}

// clock is how long ago it ticked, also by a clock that was set back since. One that never did is the one to be told of most.
func clock(ctx context.Context, f *function.Platform, p *page) error {
	ticked, err := vitals.Ticked(ctx, f.Redis)
	if err != nil {
		return err
	}
	if ticked.IsZero() {
		p.add("handsoff_clock_age_seconds", math.Inf(1))
		return nil
	}
	now, err := f.Jobs.Now(ctx)
	if err != nil {
		return err
	}
	p.seconds("handsoff_clock_age_seconds", now.Sub(ticked).Abs())
	return nil
}

func trail(ctx context.Context, f *function.Platform, p *page) error {
	since, err := audit.WaitingSince(ctx, f.Redis)
	if err != nil {
		return err
	}
	now, err := f.Jobs.Now(ctx)
	if err != nil {
		return err
	}
	waits := time.Duration(0)
	if !since.IsZero() {
		waits = now.Sub(since)
	}
	p.seconds("handsoff_audit_unsealed_seconds", waits)
	return nil
}
