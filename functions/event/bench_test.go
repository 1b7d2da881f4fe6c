package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/inbox"
)

// BenchmarkNothingMatches is what an event costs that none of 500 rules is for, from its body to the end.
func BenchmarkNothingMatches(b *testing.B) {
	rdb := redis.NewClient(&redis.Options{Addr: miniredis.RunT(b).Addr()})
	b.Cleanup(func() { _ = rdb.Close() })
	var rules strings.Builder
	for i := range 500 {
		fmt.Fprintf(&rules, "  - {name: r%d, on: gerrit.change-merged, where: {project: openstack/p%d}, run: jenkins build}\n", i, i)
	}
	h := newHall(b, rdb, rules.String())
	delivery, err := h.patch("change-merged").Delivery()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := h.work(b.Context(), &inbox.Claim{Delivery: delivery}); err != nil {
			b.Fatal(err)
		}
	}
}
