package page

import (
	"slices"
	"strconv"
	"strings"
	"time"

	web "github.com/handsoff/handsoff/shared/page"
)

const (
	// recent is how many updates of a page are kept for those who were away for a moment.
	recent = 64
	// unseen is for how many renderings a page is kept up to date that nobody has open.
	unseen = 20
)

// boardKey names a page that can be open: its kind, and for that of a track, whose.
type boardKey struct{ kind, track string }

// board is a page as all who have it open see it.
type board struct {
	parts   []web.Part
	base    int64 // the number of the state before the first update that is kept
	number  int64 // that of the last update, or base
	updates []update
	changed chan struct{} // closed by the next update
	whole   []byte        // the message that shows all of it, once made
	open    int           // streams
	unseen  int           // renderings since somebody asked
}

// update is what differs from the state before: a message.
type update struct {
	number int64
	body   []byte
}

// position names a moment of a board.
func (p *Pages) position(number int64) string { return p.nonce + "." + strconv.FormatInt(number, 10) }

// at is the number of a position; 0 for one of another process, or of none.
func (p *Pages) at(position string) int64 {
	text, ours := strings.CutPrefix(position, p.nonce+".")
	if !ours {
		return 0
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return number
}

// renew brings every board up to the gathering as it is now.
func (f *follower) renew() {
	f.mu.Lock()
	defer f.mu.Unlock()
	g, now := f.state.Load(), f.pages.settings.Now()
	for key, b := range f.boards {
		if b.open == 0 {
			if b.unseen++; b.unseen > unseen {
				delete(f.boards, key)
				continue
			}
		}
		b.show(f.pages, sceneOf(g, now, key).parts())
	}
}

// show makes these its parts. The lock is held.
func (b *board) show(p *Pages, parts []web.Part) {
	differing := web.Differ(b.parts, parts)
	b.parts = parts
	if len(differing) == 0 {
		return
	}
	b.number = p.counter.Add(1)
	b.whole = nil
	b.updates = append(b.updates, update{b.number, web.Message{At: p.position(b.number), Parts: differing}.Bytes()})
	if len(b.updates) > recent {
		b.base = b.updates[0].number
		b.updates = append([]update(nil), b.updates[1:]...)
	}
	close(b.changed)
	b.changed = make(chan struct{})
}

// board is that of a page, which begins with the first who asks. The lock is held.
func (f *follower) board(key boardKey) *board {
	b := f.boards[key]
	if b == nil {
		first := f.pages.counter.Add(1)
		b = &board{
			base: first, number: first, changed: make(chan struct{}),
			parts: sceneOf(f.state.Load(), f.pages.settings.Now(), key).parts(),
		}
		f.boards[key] = b
	}
	b.unseen = 0
	return b
}

// news is what one has to be sent who has seen a board up to a position, the number that they have seen then, and what is
// closed when there is more.
func (f *follower) news(key boardKey, seen int64) (list []update, number int64, changed <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b := f.board(key)
	if seen == b.number {
		return nil, b.number, b.changed
	}
	from := 0
	if seen != b.base {
		from = 1 + slices.IndexFunc(b.updates, func(u update) bool { return u.number == seen })
	}
	if from == 0 && seen != b.base {
		return []update{{b.number, b.all(f.pages)}}, b.number, b.changed
	}
	return slices.Clone(b.updates[from:]), b.number, b.changed
}

// all is the message that shows the whole page.
func (b *board) all(p *Pages) []byte {
	if b.whole == nil {
		m := web.Message{At: p.position(b.number)}
		for i := range b.parts {
			m.Parts = append(m.Parts, web.Fragment{ID: b.parts[i].ID, HTML: b.parts[i].HTML()})
		}
		b.whole = m.Bytes()
	}
	return b.whole
}

// everything is the message that shows a whole page.
func (f *follower) everything(key boardKey) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.board(key).all(f.pages)
}

// seat counts one more, or one fewer, who has a board open.
func (f *follower) seat(key boardKey, change int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.board(key).open += change
	f.listeners.Add(int64(change))
	f.pages.listeners.Add(int64(change))
	f.used.Store(time.Now().Unix())
}
