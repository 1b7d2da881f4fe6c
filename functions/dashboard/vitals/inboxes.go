package vitals

import (
	"context"
	"maps"
	"slices"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/inbox"
)

// Inbox is how many deliveries a function has to deal with, and how many it gave up.
type Inbox struct {
	Function         string
	Unfinished, Dead int64
}

// Inboxes counts them.
func Inboxes(ctx context.Context, rdb redis.UniversalClient) ([]Inbox, error) {
	waiting, err := inbox.Unfinished(ctx, rdb)
	if err != nil {
		return nil, err
	}
	dead, err := inbox.Dead(ctx, rdb)
	if err != nil {
		return nil, err
	}
	list := make([]Inbox, 0, len(waiting))
	for _, name := range slices.Sorted(maps.Keys(waiting)) {
		list = append(list, Inbox{name, waiting[name], dead[name]})
	}
	return list, nil
}
