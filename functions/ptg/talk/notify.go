package talk

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// tellAtOnce is to how many addresses one notice goes.
const tellAtOnce = 50

// tellSubscribers has those be told who want to know what was said of a track, but for who said it.
func (t *Talk) tellSubscribers(ctx context.Context, u *utterance, track, said, text string) error {
	g, err := t.store.Get(ctx, u.g.ID)
	if err != nil {
		return err
	}
	var to []string
	for _, person := range slices.Sorted(maps.Keys(g.Subscriptions)) {
		sub := g.Subscriptions[person]
		if person != u.person && sub.Address != u.address && sub.Matches(track, said, text) {
			to = append(to, sub.Address)
		}
	}
	if len(to) == 0 {
		return nil
	}
	text = g.Names().In(text)
	message := fmt.Sprintf("%s in #%s: %s", said, track, text)
	if place := g.PlaceOf(track, g.Changed); place != "" {
		message = fmt.Sprintf("%s in #%s (%s): %s", said, track, place, text)
	}
	why := "they subscribed to that at " + g.ID + "; unsubscribe ends it"
	return t.tell(ctx, u, "now", message, why, to)
}

// tell has addresses be told something, each once, however often the saying comes.
func (t *Talk) tell(ctx context.Context, u *utterance, what, text, why string, to []string) error {
	to = slices.Compact(slices.Sorted(slices.Values(to)))
	for i, some := range slices.Collect(slices.Chunk(to, tellAtOnce)) {
		key := fmt.Sprintf("%s/%s/%s/%d", u.g.ID, u.key(), what, i)
		if err := t.world.Tell(ctx, key, text, why, some); err != nil {
			return err
		}
	}
	return nil
}

// nameOf is what a gathering is called.
func nameOf(g *gathering.Gathering) string {
	if g.About.Name != "" {
		return g.About.Name
	}
	return g.ID
}
