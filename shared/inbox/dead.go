package inbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

// GivenUp is a delivery that was given up.
type GivenUp struct {
	Function string
	ID       string
	Kind     string
	Lane     string
	Why      string // the last error
	Attempts int
	Received time.Time
	At       time.Time // when it was given up
}

// Dead counts the deliveries that were given up, by function; a function without any is not in it.
func Dead(ctx context.Context, rdb redis.UniversalClient) (map[string]int64, error) {
	functions, err := Functions(ctx, rdb)
	counts := make(map[string]int64)
	if err != nil || len(functions) == 0 {
		return counts, err
	}
	pipe := rdb.Pipeline()
	for _, name := range functions {
		pipe.ZCard(ctx, deadKey(name))
	}
	found, err := pipe.Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("inbox: count the dead: %w", err)
	}
	for i, cmd := range found {
		if n := cmd.(*redis.IntCmd).Val(); n > 0 { //nolint:forcetypeassert // it is what ZCard queued
			counts[functions[i]] = n
		}
	}
	return counts, nil
}

// ListDead lists the deliveries to a function, or to all when it is empty, that were given up: the last first, at most so
// many.
func ListDead(ctx context.Context, rdb redis.UniversalClient, function string, most int) ([]GivenUp, error) {
	functions := []string{function}
	if function == "" {
		var err error
		if functions, err = Functions(ctx, rdb); err != nil {
			return nil, err
		}
	}
	var list []GivenUp
	for _, name := range functions {
		some, err := listDead(ctx, rdb, name, most)
		if err != nil {
			return nil, err
		}
		list = append(list, some...)
	}
	slices.SortStableFunc(list, func(a, b GivenUp) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Function, b.Function)) })
	return list[:min(max(most, 0), len(list))], nil
}

func listDead(ctx context.Context, rdb redis.UniversalClient, function string, most int) ([]GivenUp, error) {
	if most <= 0 {
		return nil, nil
	}
	found, err := rdb.ZRevRangeWithScores(ctx, deadKey(function), 0, int64(most)-1).Result()
	if err != nil || len(found) == 0 {
		return nil, wrapDead(function, err)
	}
	numbers := make([]string, len(found))
	whys := make([]string, len(found))
	for i, z := range found {
		numbers[i], _ = z.Member.(string)
		whys[i] = boxKey(function) + "why:" + numbers[i]
	}
	pipe := rdb.Pipeline()
	heads := pipe.HMGet(ctx, boxKey(function)+"heads", numbers...)
	hands := pipe.HMGet(ctx, boxKey(function)+"hands", numbers...)
	why := pipe.MGet(ctx, whys...)
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, wrapDead(function, err)
	}
	list := make([]GivenUp, 0, len(found))
	for i, z := range found {
		died, there := why.Val()[i].(string)
		if !there {
			continue // it was revived meanwhile
		}
		_, received, err := readNumber(numbers[i])
		h, wrong := readHead(word(heads.Val(), i))
		it, alsoWrong := readHand(word(hands.Val(), i))
		if err := errors.Join(err, wrong, alsoWrong); err != nil {
			return nil, wrapDead(function, err)
		}
		list = append(list, GivenUp{
			Function: function, ID: h.names[0], Kind: h.kind, Lane: h.lane, Why: died, Attempts: it.attempts,
			Received: received, At: time.UnixMilli(int64(z.Score)),
		})
	}
	return list, nil
}

func wrapDead(function string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("inbox %s: list the dead: %w", function, err)
}

// Revive brings a dead delivery back, by its id or any further name, as if it had just come: it is due now, or at the end of
// its lane. It reports whether there was one. The function is to be nudged; else the clock does.
func Revive(ctx context.Context, rdb redis.UniversalClient, function, name string) (bool, error) {
	if err := checkName(name); err != nil {
		return false, fmt.Errorf("inbox %s: revive: %w", function, err)
	}
	n, err := Open(rdb, function, Options{}).revive(ctx, name)
	return n > 0, err
}

// ReviveAll brings all of a function's dead back, see [Revive], in the order in which they died. It returns how many.
func ReviveAll(ctx context.Context, rdb redis.UniversalClient, function string) (int, error) {
	return Open(rdb, function, Options{}).revive(ctx, "")
}

func (b *Inbox) revive(ctx context.Context, name string) (int, error) {
	n, err := b.run(ctx, reviveScript, name).Int()
	if err != nil {
		return 0, fmt.Errorf("inbox %s: revive %.100q: %w", b.function, name, err)
	}
	return n, nil
}

// Functions lists the functions that have, or had, an inbox, sorted.
func Functions(ctx context.Context, rdb redis.UniversalClient) ([]string, error) {
	list, err := rdb.SMembers(ctx, boxesKey).Result()
	if err != nil {
		return nil, fmt.Errorf("inbox: list the inboxes: %w", err)
	}
	slices.Sort(list)
	return list, nil
}
