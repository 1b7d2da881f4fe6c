package event

import (
	"context"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/inbox"
)

// lookedThrough is how many deliveries of a state are looked through for those of one source: events of all sources are in one inbox,
// and what is kept of a quiet one may be the oldest.
const lookedThrough = readable

// Source is where a delivery came from, as people call it: "github", "gerrit", "slack".
func Source(d *inbox.Listed) string {
	if d.Function != Function {
		return strings.TrimSuffix(d.Function, "-gateway")
	}
	source, _, _ := strings.Cut(d.Kind, ".") // a topic
	return source
}

// Deliveries lists what came from outside, the last first: at most so many, of one source, or of all when it is empty. A delivery
// that was handed on to the rules is listed once, as the event.
func Deliveries(ctx context.Context, rdb redis.UniversalClient, source string, most int) ([]inbox.Listed, error) {
	each := most
	if source != "" {
		each = lookedThrough
	}
	list, err := inbox.RecentOfAll(ctx, rdb, each)
	if err != nil {
		return nil, err
	}
	events := make(map[string]bool)
	for i := range list {
		if list[i].Function == Function {
			events[list[i].ID] = true
		}
	}
	list = slices.DeleteFunc(list, func(d inbox.Listed) bool {
		handedOn := d.Function != Function && d.State == inbox.StateDone && events[d.ID]
		return handedOn || source != "" && Source(&d) != source
	})
	return list[:min(max(most, 0), len(list))], nil
}
