package terminal

import (
	"slices"
	"time"
)

// unseenLimit bounds, in bytes, the text that was sent and that the client has not said it processed.
const unseenLimit = 256 << 10

// shown is one piece of text, and what the caller wants to know when it was seen.
type shown struct {
	text  string
	token string
}

// batch is what was sent before one timing mark.
type batch struct {
	pieces []shown
	void   bool // the client threw output away; its pieces were sent again in a later batch
}

// doubt is how long a confirmation may be doubted. A client has confirmed what it handed to its terminal; when the
// interrupt key is pressed just then, the terminal's driver throws that away.
const doubt = 300 * time.Millisecond

// mostDoubted bounds how many pieces are kept for it.
const mostDoubted = 64

// confirmed is a piece that was said to be seen, and when.
type confirmed struct {
	shown
	at time.Time
}

// unseen is what was sent and may yet turn out not to have been seen: because the connection breaks, or because the client
// threw output away (as it does from an interrupt to the answer to its timing mark).
type unseen struct {
	open    []shown // sent since the last mark
	batches []batch // one for each mark without an answer
	size    int
	recent  []confirmed // within doubt
}

func (u *unseen) add(p shown) {
	u.open = append(u.open, p)
	u.size += len(p.text)
}

// mark closes what is open under a mark that was just sent. It reports false when there is nothing to mark.
func (u *unseen) mark() bool {
	if len(u.open) == 0 {
		return false
	}
	u.batches = append(u.batches, batch{pieces: u.open})
	u.open = nil
	return true
}

// answered takes the answer to the oldest mark and gives the tokens that are seen by it.
func (u *unseen) answered() (tokens []string) {
	if len(u.batches) == 0 {
		return nil
	}
	first := u.batches[0]
	u.batches = u.batches[1:]
	if first.void {
		return nil
	}
	u.doubt(first.pieces)
	return u.seen(first.pieces)
}

// doubt remembers the pieces that somebody waits for, and forgets those that are beyond doubt.
func (u *unseen) doubt(pieces []shown) {
	now := time.Now()
	u.recent = slices.DeleteFunc(u.recent, func(c confirmed) bool { return now.Sub(c.at) > doubt })
	for _, p := range pieces {
		if p.token != "" {
			u.recent = append(u.recent, confirmed{p, now})
		}
	}
	u.recent = u.recent[max(len(u.recent)-mostDoubted, 0):]
}

// all takes everything for seen.
func (u *unseen) all() (tokens []string) {
	for len(u.batches) > 0 {
		tokens = append(tokens, u.answered()...)
	}
	tokens = append(tokens, u.seen(u.open)...)
	u.open = nil
	return tokens
}

func (u *unseen) empty() bool { return len(u.batches) == 0 && len(u.open) == 0 }

func (u *unseen) seen(pieces []shown) (tokens []string) {
	for _, p := range pieces {
		u.size -= len(p.text)
		if p.token != "" {
			tokens = append(tokens, p.token)
		}
	}
	return tokens
}

// again gives everything that must be sent once more, in order, and forgets it. Marks that are out keep their place.
func (u *unseen) again() []shown {
	u.doubt(nil)
	pieces := make([]shown, 0, len(u.recent)+len(u.open))
	for _, c := range u.recent {
		pieces = append(pieces, c.shown)
	}
	u.recent = nil
	for i := range u.batches {
		if !u.batches[i].void {
			pieces = append(pieces, u.batches[i].pieces...)
		}
		u.batches[i] = batch{void: true}
	}
	pieces = append(pieces, u.open...)
	u.open, u.size = nil, 0
	return pieces
}
