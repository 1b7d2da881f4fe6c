package main

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/sign"
	"github.com/handsoff/handsoff/shared/sign/signtest"
)

// trips counts round trips to Redis.
type trips struct{ n atomic.Int32 }

func (c *trips) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (c *trips) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		c.n.Add(1)
		return next(ctx, cmd)
	}
}

func (c *trips) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		c.n.Add(1)
		return next(ctx, cmds)
	}
}

// Accepting costs one round trip to Redis, the script; a line that begins with an alias, two.
func TestRoundTripsOfAccepting(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.say("telnet:ann", "tea brew mint") // reads the catalogue, loads the script
	b.say("telnet:ann", "alias add tb tea brew")
	count := new(trips)
	b.platform.Redis.AddHook(count)
	for text, want := range map[string]int32{"tea brew mint": 1, "": 1, "tb mint": 2} {
		answer := b.say("telnet:ann", text, func(e *command.Envelope) {
			e.Watch = []string{"telnet:ann"}
			if text == "" {
				e.Command, e.Args = "tea brew", map[string]any{"sort": "mint"}
			}
		})
		if n := count.n.Swap(0); n != want || answer.Job == "" {
			t.Errorf("%q costs %d round trips: %s", text, n, answer)
		}
	}
}

// BenchmarkAccept is a signed envelope through the whole function, Redis included: a job is made.
func BenchmarkAccept(b *testing.B) {
	bench := newBench(b)
	keys := signtest.Keys(newKey)
	e := command.Envelope{Principal: "telnet:ann", Text: "tea brew mint minutes=3", Watch: []string{"telnet:ann"}}
	b.ReportAllocs()
	for b.Loop() {
		e.ID, e.Nonce, e.Time = fresh(), fresh(), time.Now()
		body, err := json.Marshal(e)
		if err != nil {
			b.Fatal(err)
		}
		r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/", strings.NewReader(string(body)))
		r.Header.Set(sign.Header, keys.Sign(body))
		w := httptest.NewRecorder()
		bench.handler.ServeHTTP(w, r)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "accepted") {
			b.Fatal(w.Code, w.Body)
		}
		for len(bench.gateway.nudged) > 0 {
			<-bench.gateway.nudged
		}
	}
}
