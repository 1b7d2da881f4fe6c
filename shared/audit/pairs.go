package audit

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

// pair is what both streams have under an id; one of the two may be nil.
type pair struct{ entry, link *item }

func (p pair) id() streamID {
	if p.entry != nil {
		return p.entry.id
	}
	return p.link.id
}

// sealed is the entry with its link.
func (p pair) sealed() Entry {
	e := p.entry.entry()
	if p.link != nil {
		e.Prev, e.Hash = p.link.link().prev, p.link.link().hash
	}
	return e
}

// moment is what both streams were at one moment.
type moment struct {
	entries, links []item
	length         int64    // of the trail
	oldest         streamID // of the trail
	sealed         streamID // the newest link
}

// read reads the next entries and links behind an id, all at one moment.
func read(ctx context.Context, rdb redis.UniversalClient, behind *streamID) (m moment, err error) {
	var entries, links, oldest, sealed *redis.Cmd
	var length *redis.IntCmd
	_, err = rdb.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		entries = span(ctx, tx, job.AuditKey, after(behind), "+", page)
		links = span(ctx, tx, chainKey, after(behind), "+", page)
		oldest = span(ctx, tx, job.AuditKey, "-", "+", 1)
		sealed = newest(ctx, tx, chainKey, "+", "-", 1)
		length = tx.XLen(ctx, job.AuditKey)
		return nil
	})
	if err != nil {
		return m, fmt.Errorf("audit: read: %w", err)
	}
	m.length = length.Val()
	if m.entries, err = items(entries); err != nil {
		return m, err
	}
	if m.links, err = items(links); err != nil {
		return m, err
	}
	if m.oldest, err = only(oldest); err != nil {
		return m, err
	}
	m.sealed, err = only(sealed)
	return m, err
}

// only is the id of a stream's one item; the least where there is none.
func only(cmd *redis.Cmd) (streamID, error) {
	list, err := items(cmd)
	if err != nil || len(list) == 0 {
		return streamID{}, err
	}
	return list[0].id, nil
}

// each gives what both streams have, in the order of their ids, until all was given or visit says false.
func each(ctx context.Context, rdb redis.UniversalClient, visit func(pair, moment) (bool, error)) error {
	var behind *streamID
	for {
		m, err := read(ctx, rdb, behind)
		if err != nil {
			return err
		}
		most, all := m.bound()
		for _, p := range m.pairs(most, all) {
			if on, err := visit(p, m); err != nil || !on {
				return err
			}
		}
		if all {
			return nil
		}
		behind = &most
	}
}

// bound is the id up to which both pages are known; all says that there is nothing behind them.
func (m moment) bound() (most streamID, all bool) {
	all = true
	for _, list := range [][]item{m.entries, m.links} {
		if len(list) < page {
			continue
		}
		if end := list[len(list)-1].id; all || end.compare(most) < 0 {
			most = end
		}
		all = false
	}
	return most, all
}

// pairs puts together what stands under the same id, up to an id or all of it.
func (m moment) pairs(most streamID, all bool) []pair {
	list := make([]pair, 0, len(m.entries))
	for e, l := 0, 0; e < len(m.entries) || l < len(m.links); {
		var p pair
		var order int
		switch {
		case l == len(m.links):
			order = -1
		case e == len(m.entries):
			order = 1
		default:
			order = m.entries[e].id.compare(m.links[l].id)
		}
		if order <= 0 {
			p.entry = &m.entries[e]
			e++
		}
		if order >= 0 {
			p.link = &m.links[l]
			l++
		}
		if !all && p.id().compare(most) > 0 {
			break
		}
		list = append(list, p)
	}
	return list
}
