package audit

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

// Against seals what is not sealed yet, as far as that can be done, goes through the whole trail, and looks for a head that was
// announced before; none when there is none. It stops at the first entry that is not as it was sealed. An error says that it could
// not look, not that something is wrong.
func Against(ctx context.Context, rdb redis.UniversalClient, asked Head) (Report, error) {
	return against(ctx, rdb, asked, job.AuditLength)
}

// against is Against for a trail that keeps so many entries.
func against(ctx context.Context, rdb redis.UniversalClient, asked Head, keep int64) (Report, error) {
	if err := seal(ctx, rdb, keep); err != nil && !errors.Is(err, ErrStuck) { // who looks finds what it is stuck at
		return Report{}, err
	}
	w := newWalk(asked, keep)
	err := each(ctx, rdb, func(p pair, m moment) (bool, error) {
		if w.fresh {
			w.keeps(m.length)
		}
		return w.pair(p, m), nil
	})
	if err != nil {
		return Report{}, err
	}
	report := w.done()
	if report.Fault != nil { // what was announced last is the chain's end all the same
		report.Head, err = Newest(ctx, rdb)
	}
	return report, err
}

// pair checks what stands under an id. It reports whether all is well.
func (w *walk) pair(p pair, m moment) bool {
	id := p.id().String()
	switch {
	case p.entry == nil && m.length >= w.keep && p.id().compare(m.oldest) < 0: // forgotten, since there are so many newer ones
		w.over(Head{ID: id, Hash: p.link.link().hash})
		return true
	case p.entry == nil && !p.link.has(linkFields):
		return w.fault(Fault{Kind: Inserted, ID: id, Why: "a link stands there that is not as one is written, and there is no entry"})
	case p.entry == nil:
		return w.fault(Fault{Kind: Missing, ID: id, Why: "it was sealed, and is gone"})
	case p.link == nil && p.id().compare(m.sealed) > 0:
		w.report.Unsealed++
		return true
	case p.link == nil:
		e := p.sealed()
		return w.fault(Fault{Kind: Inserted, ID: id, Entry: &e, Why: "it stands among sealed ones, and was never sealed"})
	case !p.entry.has(entryFields) || !p.link.has(linkFields):
		e := p.sealed()
		return w.fault(Fault{Kind: Altered, ID: id, Entry: &e, Why: "it has other fields than what is written here"})
	}
	return w.linked(p.sealed(), 0)
}
