package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/job/jobtest"

	"github.com/handsoff/handsoff/shared/inbox"
)

// BenchmarkNothingMatches is what an event costs that none of 500 rules is for, from its body to the end.
func BenchmarkNothingMatches(b *testing.B) {
	rdb := jobtest.Embedded(b)
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
