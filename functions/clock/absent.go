package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/openfaas/faas-provider/types"

	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
)

// fresh is how long a list of the deployed functions is believed.
const fresh = 5 * time.Second

// roll knows which functions are deployed. It is used by one tick at a time.
type roll struct {
	list     func(context.Context) ([]types.FunctionStatus, error)
	names    map[string]bool
	read     time.Time
	silenced bool // that it cannot be read was said already
}

// call gives the names of the deployed functions.
func (r *roll) call(ctx context.Context) (map[string]bool, error) {
	if r.names != nil && time.Since(r.read) < fresh {
		return r.names, nil
	}
	found, err := r.list(ctx)
	if err != nil {
		return nil, err
	}
	names := make(map[string]bool, len(found))
	for _, f := range found {
		names[f.Name] = true
	}
	r.names, r.read, r.silenced = names, time.Now(), false
	return names, nil
}

// tellAbsent tells the people of due jobs whose function is not deployed, once a job. The jobs stay due: they go on when
// the function is deployed again. That the list of functions cannot be had is normal on some platforms; then nobody is told.
func (c *clock) tellAbsent(ctx context.Context, due []job.Pointer) {
	deployed, err := c.roll.call(ctx)
	if err != nil {
		if !c.roll.silenced && !errors.Is(err, function.ErrNoSecret) {
			c.log.WarnContext(ctx, "the list of deployed functions cannot be had", "error", err)
		}
		c.roll.silenced = true
		return
	}
	for _, p := range due {
		if deployed[p.Function] {
			continue
		}
		text := fmt.Sprintf("the function %s that works on this job is not deployed; the job goes on when it is", p.Function)
		told, nudges, err := c.jobs.Tell(ctx, p.ID, "absent", text)
		if err != nil {
			c.log.WarnContext(ctx, "tell of an absent function", "job", p.ID, "error", err)
			return
		}
		if !told {
			continue
		}
		c.log.WarnContext(ctx, "a due job's function is not deployed", "job", p.ID, "to", p.Function)
		if err := c.nudgeAll(ctx, nudges); err != nil {
			c.log.WarnContext(ctx, "count failed nudges", "error", err)
		}
	}
}
