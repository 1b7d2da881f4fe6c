package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/gap"
	"github.com/handsoff/handsoff/shared/inbox"
)

// ledger keeps for how long we did not hear of GitHub.
type ledger struct{ rdb redis.UniversalClient }

// Open opens a gap.
func (l ledger) Open(ctx context.Context, scope, why string, from time.Time) (string, error) {
	return gap.Open(ctx, l.rdb, gap.Gap{Source: "github", Scope: scope, Why: why, From: from})
}

// Close closes it.
func (l ledger) Close(ctx context.Context, id string, to time.Time, how string, missed, recovered, lost int) error {
	c := gap.Closing{To: to, How: how, Missed: missed, Recovered: recovered}
	if lost > 0 {
		c.Lost = fmt.Sprintf("%s %s older than three days and cannot be had again", chat.Count(lost, "delivery"), chat.Are(lost))
	}
	return gap.Close(ctx, l.rdb, id, c)
}

// known reports whether we have a delivery, although GitHub thinks that it failed: our answer came too late.
func (d *door) known(ctx context.Context, guid string) (bool, error) {
	_, standing, err := d.box.Find(ctx, guid)
	if errors.Is(err, inbox.ErrUnknown) {
		return false, nil
	}
	return err == nil && standing.State != inbox.StateDead, err
}
