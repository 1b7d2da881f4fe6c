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
	return u.seen(first.pieces)
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
