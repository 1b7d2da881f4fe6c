package gap

import (
	"context"
	"embed"
	"fmt"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/lua"
)

// ledgerKey begins every key of the ledger:
//
//	open        zset: open gaps, by when they began
//	closed      zset: closed gaps, by when they were closed
//	item:<id>   hash: a gap
//	room        never there: deleting it lets a script write when Redis is full
const ledgerKey = job.Prefix + "gaps:"

//go:embed script/*.lua
var sources embed.FS

// The transitions. What each takes and returns stands at the top of its file.
var (
	openScript   = load("open")
	closeScript  = load("close")
	recordScript = load("record")
)

func load(name string) *redis.Script { return lua.Load(sources, "lib", name) }

// Open enters a gap, also when Redis is full. Source, Scope, Why, From and To count. A gap that is there already is the
// same one: its To becomes the later one, and its Why the last one. One that was closed is open again when it goes on beyond
// its end: when To is later than that, or zero.
func Open(ctx context.Context, rdb redis.UniversalClient, g Gap) (id string, err error) {
	if err := g.check(); err != nil {
		return "", err
	}
	id = g.id()
	err = openScript.Run(ctx, rdb, []string{ledgerKey}, id, g.Source, g.Scope, cut(g.Why), millis(g.From), millis(g.To)).Err()
	if err != nil {
		return "", fmt.Errorf("gap: open one of %s: %w", g.Source, err)
	}
	return id, nil
}

// Close closes a gap. One that is closed already stays as it is, and one that is not there is nobody's error: it fell off
// the ledger.
func Close(ctx context.Context, rdb redis.UniversalClient, id string, c Closing) error {
	err := closeScript.Run(ctx, rdb, []string{ledgerKey},
		id, millis(c.To), cut(c.How), c.Missed, c.Recovered, cut(c.Lost), keptClosed).Err()
	if err != nil {
		return fmt.Errorf("gap: close %s: %w", id, err)
	}
	return nil
}

// Record enters a gap that is over and closed; Closed is now when it is zero. When one of the same Source and Scope that was
// closed lately touches it, both are one: it begins with the earlier, ends with the later, and what was missed and recovered
// adds up. It returns the id of the gap that it became.
func Record(ctx context.Context, rdb redis.UniversalClient, g Gap) (id string, err error) {
	if err := g.check(); err != nil {
		return "", err
	}
	if g.To.Before(g.From) {
		g.To = g.From
	}
	id, err = recordScript.Run(ctx, rdb, []string{ledgerKey},
		g.id(), g.Source, g.Scope, cut(g.Why), millis(g.From), millis(g.To), millis(g.Closed),
		cut(g.How), g.Missed, g.Recovered, cut(g.Lost), keptClosed).Text()
	if err != nil {
		return "", fmt.Errorf("gap: record one of %s: %w", g.Source, err)
	}
	return id, nil
}
