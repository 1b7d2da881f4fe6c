package life

import (
	"context"
	"slices"

	"github.com/handsoff/handsoff/functions/openstack/environment"
)

// single makes sure, at the end, that nothing was made twice: where an answer was lost, what was asked for again may have come
// through both times. The younger goes.
func (h *hand) single(ctx context.Context) (turn, error) {
	var kinds []string
	for _, item := range h.env.Items {
		if item.Tries > 1 && !slices.Contains(kinds, item.Kind) {
			kinds = append(kinds, item.Kind)
		}
	}
	if len(kinds) > 0 && !h.at.Seen {
		things, err := h.search(ctx, kinds)
		if err != nil {
			return turn{}, err
		}
		if changed := h.adopt(things); len(changed) > 0 {
			if err := h.write(ctx, environment.Change{Items: changed}); err != nil {
				return turn{}, err
			}
		}
		h.at.Seen = true
	}
	left, err := h.dropTwins(ctx)
	if err != nil {
		return turn{}, err
	}
	if left > 0 {
		return turn{wait: h.pace(kinds...), line: "taking back what was made twice"}, nil
	}
	return turn{done: true}, nil
}

// dropTwins takes back what was made twice; left is how much of it is still there.
func (h *hand) dropTwins(ctx context.Context) (left int, err error) {
	var twins []*environment.Item
	for _, item := range h.env.Inventory() {
		if isTwin(item.Key) && item.State != environment.Gone {
			twins = append(twins, item)
		}
	}
	if len(twins) == 0 {
		return 0, nil
	}
	gone, err := h.sink(ctx, twins)
	return len(twins) - gone, err
}
