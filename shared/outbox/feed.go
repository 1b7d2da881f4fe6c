package outbox

import (
	"context"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"
)

// pageSize is how many entries a session is given at a time.
const pageSize = 50

// Page is what a Feed hands over: entries, or news about Redis.
type Page struct {
	Entries []Entry
	Down    bool // Redis does not answer; it is tried again all the time
	Up      bool // it answers again
}

// Feed reads one session's outbox, in order, one page whenever the last one was taken.
type Feed struct {
	Pages <-chan Page

	rdb     redis.UniversalClient
	log     *slog.Logger
	watch   *Watch
	pages   chan Page
	address string
	at      string
	down    bool
	done    chan struct{}
	stop    context.CancelFunc
}

// Feed begins to read what comes after the entry from. Close must be called.
func (w *Watcher) Feed(ctx context.Context, address, from string) *Feed {
	ctx, stop := context.WithCancel(ctx)
	pages := make(chan Page)
	f := &Feed{
		Pages: pages, rdb: w.rdb, log: w.log, watch: w.Watch(ctx, address, from), pages: pages,
		address: address, at: from, done: make(chan struct{}), stop: stop,
	}
	go f.run(ctx)
	return f
}

// Close ends it.
func (f *Feed) Close() {
	f.stop()
	<-f.done
	f.watch.Close()
}

func (f *Feed) run(ctx context.Context) {
	defer close(f.done)
	for {
		entries, err := Read(ctx, f.rdb, f.address, f.at, "+", pageSize)
		if ctx.Err() != nil {
			return
		}
		page := Page{Entries: entries, Down: err != nil && !f.down, Up: err == nil && f.down}
		f.down = err != nil
		if page.Down {
			f.log.WarnContext(ctx, "cannot read an outbox", "error", err)
		}
		if (len(entries) > 0 || page.Down || page.Up) && !f.hand(ctx, page) {
			return
		}
		if len(entries) > 0 {
			f.at = entries[len(entries)-1].ID
		}
		if len(entries) == pageSize {
			continue
		}
		var again <-chan time.Time
		if f.down {
			again = time.After(pause)
		}
		select {
		case <-f.watch.C:
		case <-again:
		case <-ctx.Done():
			return
		}
	}
}

func (f *Feed) hand(ctx context.Context, page Page) bool {
	select {
	case f.pages <- page:
		return true
	case <-ctx.Done():
		return false
	}
}
