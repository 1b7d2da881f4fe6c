package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// crowd holds requests to a gateway back until its doors are opened, and remembers how many were there at the same time.
type crowd struct {
	gateway http.Handler
	doors   chan struct{}

	mu        sync.Mutex
	now, most int
}

func (c *crowd) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.now++
	c.most = max(c.most, c.now)
	c.mu.Unlock()
	<-c.doors
	c.gateway.ServeHTTP(w, r)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now--
}

func (c *crowd) there() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// TestOnlyForSoManySomethingIsDone: however many events are in hand, the function command is not run over.
func TestOnlyForSoManySomethingIsDone(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Redis(t).Client(t)
	h := newHall(t, rdb, verify)
	door := &crowd{gateway: h.gateway, doors: make(chan struct{})}
	front := httptest.NewServer(door)
	t.Cleanup(front.Close)
	h.gateway.URL = front.URL
	h.desk = h.makes(rdb)
	h.starts()
	const all = 3 * actsAtOnce
	for i := range all {
		h.puts(h.pull("opened", func(e *event.Event) { e.Subject = fmt.Sprintf("github:acme/app#%d", 100+i) }))
	}
	jobtest.Eventually(t, "all to be decided", func() bool {
		return len(rdb.Keys(t.Context(), "handsoff:inbox:event:note:*").Val()) == all
	})
	jobtest.Eventually(t, "as many as may ask", func() bool { return door.there() >= actsAtOnce })
	close(door.doors)
	h.settles()
	if door.most != actsAtOnce {
		t.Errorf("%d asked at once", door.most)
	}
	if n := len(h.outcomes()); n != all {
		t.Errorf("%d of %d acted", n, all)
	}
}
