package inbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Listed is a delivery as a list shows it: without its body.
type Listed struct {
	Function string
	ID       string
	Kind     string
	Lane     string
	Received time.Time
	State    State
	At       time.Time // when it was done or given up, or from when on it is due
	InHand   bool      // a worker has it just now
	Attempts int
	Led      string // what it led to, of what is done
	Why      string // why it was given up
}

// Stands says how it stands, in a word or two.
func (l *Listed) Stands() string {
	switch {
	case l.State == StateDead:
		return "given up"
	case l.State == StateDone:
		return "done"
	case l.InHand:
		return "in hand"
	case l.Attempts > 0:
		return "to be tried again"
	}
	return "waiting"
}

// Recent lists deliveries to a function, the last received first: of each state at most so many, which are those due first,
// those done last, as far as they are kept ([Options].KeepBodies), and those given up last. What waits behind another one of its lane is
// not among them.
func Recent(ctx context.Context, rdb redis.UniversalClient, function string, most int) ([]Listed, error) {
	if most <= 0 {
		return nil, nil
	}
	dead, err := listDead(ctx, rdb, function, most)
	if err != nil {
		return nil, err
	}
	list := make([]Listed, 0, most)
	for _, d := range dead {
		list = append(list, Listed{
			Function: function, ID: d.ID, Kind: d.Kind, Lane: d.Lane, Received: d.Received, State: StateDead, At: d.At, Attempts: d.Attempts, Why: d.Why,
		})
	}
	waiting, err := listWaiting(ctx, rdb, function, most)
	if err != nil {
		return nil, err
	}
	done, err := listDone(ctx, rdb, function, most)
	if err != nil {
		return nil, err
	}
	list = append(append(list, waiting...), done...)
	slices.SortStableFunc(list, func(a, b Listed) int { return cmp.Or(b.Received.Compare(a.Received), b.At.Compare(a.At)) })
	return list, nil
}

// RecentOfAll is Recent for all functions that have, or had, an inbox.
func RecentOfAll(ctx context.Context, rdb redis.UniversalClient, most int) ([]Listed, error) {
	functions, err := Functions(ctx, rdb)
	if err != nil {
		return nil, err
	}
	var list []Listed
	for _, name := range functions {
		some, err := Recent(ctx, rdb, name, most)
		if err != nil {
			return nil, err
		}
		list = append(list, some...)
	}
	slices.SortStableFunc(list, func(a, b Listed) int { return b.Received.Compare(a.Received) })
	return list, nil
}

func listWaiting(ctx context.Context, rdb redis.UniversalClient, function string, most int) ([]Listed, error) {
	key := boxKey(function)
	found, err := rdb.ZRangeWithScores(ctx, key+"due", 0, int64(most)-1).Result()
	if err != nil || len(found) == 0 {
		return nil, wrapRecent(function, err)
	}
	numbers := make([]string, len(found))
	for i, z := range found {
		numbers[i], _ = z.Member.(string)
	}
	pipe := rdb.Pipeline()
	heads := pipe.HMGet(ctx, key+"heads", numbers...)
	hands := pipe.HMGet(ctx, key+"hands", numbers...)
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, wrapRecent(function, err)
	}
	list := make([]Listed, 0, len(found))
	for i, z := range found {
		headText := word(heads.Val(), i)
		if headText == "" {
			continue // it was done meanwhile
		}
		l := Listed{Function: function, State: StatePending, At: time.UnixMilli(int64(z.Score))}
		it, wrong := readHand(word(hands.Val(), i))
		if err := errors.Join(l.read(numbers[i], headText), wrong); err != nil {
			return nil, wrapRecent(function, err)
		}
		l.Attempts, l.InHand = it.attempts, it.held
		list = append(list, l)
	}
	return list, nil
}

func listDone(ctx context.Context, rdb redis.UniversalClient, function string, most int) ([]Listed, error) {
	found, err := rdb.LRange(ctx, boxKey(function)+"kept", 0, int64(most)-1).Result()
	if err != nil {
		return nil, wrapRecent(function, err)
	}
	list := make([]Listed, len(found))
	for i, text := range found {
		const words = 4 // number, when, after how many attempts, head
		parts := strings.SplitN(text, " ", words)
		if len(parts) != words {
			return nil, wrapRecent(function, fmt.Errorf("%w: %.100q", errItem, text))
		}
		at, wrong := strconv.ParseInt(parts[1], 10, 64)
		attempts, alsoWrong := strconv.Atoi(parts[2])
		list[i] = Listed{Function: function, State: StateDone, At: time.UnixMilli(at), Attempts: attempts}
		if err := errors.Join(list[i].read(parts[0], parts[3]), wrong, alsoWrong); err != nil {
			return nil, wrapRecent(function, err)
		}
	}
	return list, nil
}

// read reads what a delivery came with.
func (l *Listed) read(number, headText string) error {
	_, received, err := readNumber(number)
	h, wrong := readHead(headText)
	if err := errors.Join(err, wrong); err != nil {
		return err
	}
	l.ID, l.Kind, l.Lane, l.Received, l.Led = h.names[0], h.kind, h.lane, received, h.led
	return nil
}

func wrapRecent(function string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("inbox %s: list deliveries: %w", function, err)
}
