package audit

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

//go:embed seal.lua
var sealText string

var sealScript = redis.NewScript(sealText)

// batch is how many entries are sealed by one script, which holds Redis for some milliseconds.
const batch = 500

// fruitless is after how many rounds in a row that wrote nothing a sealer gives up: others of its kind let each other in.
const fruitless = 5

// ErrStuck says that nothing can be sealed, since the chain's end changes under the sealer: somebody else writes to it.
var ErrStuck = errors.New("audit: nothing can be sealed: the end of the chain is another one each time it is looked at; somebody else writes to it")

// Seal gives every entry that has none its link. Several may do so at once, and what an error or a death leaves is sealed by
// the next one. It gives ErrStuck when it gets nowhere.
func Seal(ctx context.Context, rdb redis.UniversalClient) error {
	return seal(ctx, rdb, job.AuditLength)
}

// seal is Seal for a trail that keeps so many entries.
func seal(ctx context.Context, rdb redis.UniversalClient, keep int64) error {
	for idle := 0; idle < fruitless; {
		more, written, err := sealSome(ctx, rdb, keep)
		if err != nil || !more {
			return err
		}
		if idle++; written {
			idle = 0
		}
	}
	return ErrStuck
}

// sealSome seals a batch, and reports whether there may be more, and whether this one was written: not when another sealer
// was faster.
func sealSome(ctx context.Context, rdb redis.UniversalClient, keep int64) (more, written bool, err error) {
	before, found, err := last(ctx, rdb, chainKey)
	if err != nil {
		return false, false, err
	}
	var head Head
	from := after(nil)
	if found {
		head = Head{ID: before.id.String(), Hash: before.link().hash}
		from = after(&before.id)
	}
	list, err := items(span(ctx, rdb, job.AuditKey, from, "+", batch))
	if err != nil || len(list) == 0 {
		return false, false, err
	}
	args := make([]any, 0, 3+3*len(list))
	args = append(args, head.ID, head.Hash, keep)
	prev := head.Hash
	for _, i := range list {
		hash := i.entry().seal(prev)
		args = append(args, i.id.String(), prev, hash)
		prev = hash
	}
	written, err = sealScript.Run(ctx, rdb, []string{chainKey, job.AuditKey}, args...).Bool()
	if err != nil {
		return false, false, fmt.Errorf("audit: seal %d entries behind %s: %w", len(list), head.ID, err)
	}
	return !written || len(list) == batch, written, nil
}

// Newest is the newest link; none while nothing is sealed.
func Newest(ctx context.Context, rdb redis.UniversalClient) (Head, error) {
	i, found, err := last(ctx, rdb, chainKey)
	if err != nil || !found {
		return Head{}, err
	}
	return Head{ID: i.id.String(), Hash: i.link().hash}, nil
}

// WaitingSince is when the oldest entry came that no link seals yet; the zero time when each has its link. It does not depend on
// where the chain ends: somebody else may have written a link there that is newer than all entries.
func WaitingSince(ctx context.Context, rdb redis.UniversalClient) (time.Time, error) {
	entry, found, err := last(ctx, rdb, job.AuditKey)
	if err != nil || !found {
		return time.Time{}, err
	}
	links, err := items(newest(ctx, rdb, chainKey, entry.id.String(), "-", 1))
	if err != nil {
		return time.Time{}, err
	}
	from := after(nil)
	if len(links) > 0 {
		from = after(&links[0].id)
	}
	waiting, err := items(span(ctx, rdb, job.AuditKey, from, "+", 1))
	if err != nil || len(waiting) == 0 {
		return time.Time{}, err
	}
	return waiting[0].id.at(), nil
}

// Lengths counts the entries that are kept, and their links. A link more or less for a moment is usual.
func Lengths(ctx context.Context, rdb redis.UniversalClient) (entries, links int64, err error) {
	pipe := rdb.Pipeline()
	all, sealed := pipe.XLen(ctx, job.AuditKey), pipe.XLen(ctx, chainKey)
	if _, err := pipe.Exec(ctx); err != nil {
		return 0, 0, fmt.Errorf("audit: count: %w", err)
	}
	return all.Val(), sealed.Val(), nil
}
