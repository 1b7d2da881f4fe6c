package terminal

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

// unseen is what was sent and may yet turn out not to have been seen: because the connection breaks, or because the client
// threw output away (as it does from an interrupt to the answer to its timing mark).
type unseen struct {
	open    []shown // sent since the last mark
	batches []batch // one for each mark without an answer
	size    int
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

// answered takes the answer to the oldest mark and gives the newest token that is seen by it, "" for none.
func (u *unseen) answered() (token string) {
	if len(u.batches) == 0 {
		return ""
	}
	first := u.batches[0]
	u.batches = u.batches[1:]
	if first.void {
		return ""
	}
	return u.seen(first.pieces)
}

// all takes everything for seen.
func (u *unseen) all() (token string) {
	for len(u.batches) > 0 {
		if t := u.answered(); t != "" {
			token = t
		}
	}
	if t := u.seen(u.open); t != "" {
		token = t
	}
	u.open = nil
	return token
}

func (u *unseen) seen(pieces []shown) (token string) {
	for _, p := range pieces {
		u.size -= len(p.text)
		if p.token != "" {
			token = p.token
		}
	}
	return token
}

// again gives everything that must be sent once more, in order, and forgets it. Marks that are out keep their place.
func (u *unseen) again() []shown {
	var pieces []shown
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
