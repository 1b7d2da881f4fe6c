package memory

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/chat"
)

// Limits of what is remembered.
const (
	maxNames   = 10_000
	maxChanges = 100
	maxValue   = 4 << 10             // bytes
	maxText    = 512                 // bytes of a subject, an address, an event
	untouched  = 90 * 24 * time.Hour // after so long a name makes room for a new one, where there is none
)

var (
	// ErrName says that a name is none, see [CheckName].
	ErrName = errors.New("memory: not a name")
	// ErrValue says that a value is empty, or over 4,096 bytes.
	ErrValue = errors.New("memory: not a value")
	// ErrFull says that 10,000 names are remembered already, all written within 90 days; a rule makes a name of something that
	// differs each time.
	ErrFull = errors.New("memory: too many names")
)

// Change is a value that was remembered, and why.
type Change struct {
	Value   string    `json:"value"`             // 1 to 4,096 bytes
	Subject string    `json:"subject,omitempty"` // what people call the change: a commit's subject
	URL     string    `json:"url,omitempty"`     // where to look at it
	At      time.Time `json:"at"`                // when it happened, by its source's clock; milliseconds count
	Rule    string    `json:"rule,omitempty"`    // the rule that remembered it
	Event   string    `json:"event,omitempty"`   // the event that it was of; one event is one change
}

//go:embed script/remember.lua
var rememberSource string

var rememberScript = redis.NewScript(rememberSource)

// Remember keeps a change under a name, in one script. It reports whether the name has another value now: a change that
// is older than the one remembered takes its place among the changes and no more; the same value, or the same event again,
// adds nothing. It gives ErrName, ErrValue and ErrFull.
func Remember(ctx context.Context, rdb redis.UniversalClient, name string, c Change) (changed bool, err error) {
	if err := CheckName(name); err != nil {
		return false, err
	}
	if c.Value == "" || len(c.Value) > maxValue || !utf8.ValidString(c.Value) {
		return false, fmt.Errorf("%w: %s: %d bytes; it may have 1 to %d, as UTF-8", ErrValue, name, len(c.Value), maxValue)
	}
	c.Subject, c.URL, c.Event = short(c.Subject), short(c.URL), short(c.Event)
	c.At = c.At.UTC().Truncate(time.Millisecond)
	text, err := json.Marshal(c)
	if err != nil {
		return false, fmt.Errorf("memory: remember %s: %w", name, err)
	}
	word, err := rememberScript.Run(ctx, rdb, []string{valueKey(name), changesKey(name), namesKey, touchedKey},
		name, text, c.Value, c.At.UnixMilli(), c.Event, maxChanges, maxNames, untouched.Milliseconds()).Text()
	if err != nil {
		return false, fmt.Errorf("memory: remember %s: %w", name, err)
	}
	if word == "full" {
		return false, fmt.Errorf("%w: %d, so %s is not kept", ErrFull, maxNames, name)
	}
	return word == "changed", nil
}

// Forget lets go of a name and its changes. It reports whether there was one.
func Forget(ctx context.Context, rdb redis.UniversalClient, name string) (bool, error) {
	if CheckName(name) != nil {
		return false, nil //nolint:nilerr // nothing is remembered as what is no name
	}
	pipe := rdb.TxPipeline()
	known := pipe.SRem(ctx, namesKey, name)
	pipe.ZRem(ctx, touchedKey, name)
	pipe.Del(ctx, valueKey(name), changesKey(name))
	if _, err := pipe.Exec(ctx); err != nil {
		return false, fmt.Errorf("memory: forget %s: %w", name, err)
	}
	return known.Val() > 0, nil
}

// short cuts a text that only people read.
func short(text string) string {
	return chat.Shorten(text, maxText)
}

// Recall reads what is remembered under the names, in one round trip; what is not is not in it.
func Recall(ctx context.Context, rdb redis.UniversalClient, names ...string) (map[string]Change, error) {
	found := make(map[string]Change, len(names))
	if len(names) == 0 {
		return found, nil
	}
	pipe := rdb.Pipeline()
	cmds := make([]*redis.StringCmd, len(names))
	for i, name := range names {
		cmds[i] = pipe.HGet(ctx, valueKey(name), "change")
	}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return nil, fmt.Errorf("memory: recall %d names: %w", len(names), err)
	}
	for i, cmd := range cmds {
		text, err := cmd.Bytes()
		if errors.Is(err, redis.Nil) {
			continue
		}
		c, err := decode(text, err)
		if err != nil {
			return nil, fmt.Errorf("memory: recall %s: %w", names[i], err)
		}
		found[names[i]] = c
	}
	return found, nil
}

// Names lists what is remembered, in no order.
func Names(ctx context.Context, rdb redis.UniversalClient) ([]string, error) {
	names, err := rdb.SMembers(ctx, namesKey).Result()
	if err != nil {
		return nil, fmt.Errorf("memory: list the names: %w", err)
	}
	return names, nil
}

// Since lists the changes that came after the one with this value, the newest first, at most so many of them. whole says
// that these are all: the value is among what is kept, and so are all after it. An empty value is before everything.
func Since(ctx context.Context, rdb redis.UniversalClient, name, value string, most int) (changes []Change, whole bool, err error) {
	texts, err := rdb.LRange(ctx, changesKey(name), 0, maxChanges-1).Result()
	if err != nil {
		return nil, false, fmt.Errorf("memory: changes of %s: %w", name, err)
	}
	for _, text := range texts {
		c, err := decode([]byte(text), nil)
		if err != nil {
			return nil, false, fmt.Errorf("memory: changes of %s: %w", name, err)
		}
		if c.Value == value {
			return changes, true, nil
		}
		if len(changes) == most {
			return changes, false, nil
		}
		changes = append(changes, c)
	}
	return changes, value == "" && len(texts) < maxChanges, nil
}

func decode(text []byte, err error) (Change, error) {
	var c Change
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	return c, err
}
