package main

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/functions/github/webhook"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// hooked is a delivery of one of GitHub's hooks.
func (h *hall) hooked(id, name, hook, body string) {
	h.Helper()
	headers := headersOf(id, name, anySecret, body)
	headers[hookHeader] = hook
	if w := h.post(body, headers); w.Code != http.StatusAccepted {
		h.Errorf("%s: %d %s", id, w.Code, w.Body)
	}
}

// TestEachDispatchCounts: what reads alike is one when several hooks tell of it, and two when one hook tells it twice.
func TestEachDispatchCounts(t *testing.T) {
	t.Parallel()
	const (
		dispatch = `{"action":"deploy","branch":"main","client_payload":{},"repository":{"id":1,"full_name":"acme/app"},"sender":{"id":1,"login":"ann"}%s}`
		app      = `,"installation":{"id":5}`
		org      = `,"organization":{"id":2,"login":"acme"}`
	)
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := newHall(t, rdb)
		for i, from := range []struct{ hook, more string }{{"71", app}, {"72", org}, {"71", app}, {"71", app}, {"72", org}} {
			h.hooked(fmt.Sprint("dispatch-", i), "repository_dispatch", from.hook, fmt.Sprintf(dispatch, from.more))
			h.settles()
		}
		if n := len(h.eventsOf("github.repository_dispatch.deploy")); n != 3 {
			t.Errorf("%d events of three dispatches", n)
		}
		h.hooked("dispatch-3", "repository_dispatch", "71", fmt.Sprintf(dispatch, app)) // GitHub sends it again
		h.hooked("no-hook", "repository_dispatch", "x", fmt.Sprintf(dispatch, org))     // nobody knows whose it is
		h.settles()
		if n := len(h.eventsOf("github.repository_dispatch.deploy")); n != 3 {
			t.Errorf("%d events: what came again counts twice", n)
		}
	})
}

// TestAsManyAsOneHookTellsOf: in whatever order hooks tell of things that read alike, there are as many as the hook told of
// that told of the most, and what is sent again is what it was.
func TestAsManyAsOneHookTellsOf(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Embedded(t)
	d := &door{Platform: idleHall(t, rdb).Platform}
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		p, err := webhook.Read("watch", fmt.Appendf(nil, `{"round":%d}`, round))
		if err != nil {
			rt.Fatal(err)
		}
		told := make(map[int]int)
		names := make(map[string]string)
		distinct := make(map[string]bool)
		for i, hook := range rapid.SliceOfN(rapid.IntRange(1, 3), 1, 12).Draw(rt, "hooks") {
			told[hook]++
			id := fmt.Sprintf("%d-%d", round, i)
			for range 2 {
				got, err := d.names(t.Context(), id, strconv.Itoa(hook), p)
				if err != nil || len(got) != 1 || names[id] != "" && names[id] != got[0] {
					rt.Fatalf("%q, not %q: %v", got, names[id], err)
				}
				names[id] = got[0]
			}
			distinct[names[id]] = true
		}
		if most := max(told[1], told[2], told[3]); len(distinct) != most {
			rt.Fatalf("%d things, of %v", len(distinct), told)
		}
	})
}
