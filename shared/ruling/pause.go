package ruling

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Pause is that somebody has a rule do nothing for now.
type Pause struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitempty"`
}

// String says it, without when: "paused by telnet:ann: it votes twice".
func (p Pause) String() string {
	text := "paused by " + p.By
	if p.Reason != "" {
		text += ": " + p.Reason
	}
	return text
}

// Pauses reads which rules are paused, by name.
func Pauses(ctx context.Context, rdb redis.UniversalClient) (map[string]Pause, error) {
	found, err := rdb.HGetAll(ctx, pausedKey).Result()
	if err != nil {
		return nil, fmt.Errorf("read which rules are paused: %w", err)
	}
	list := make(map[string]Pause, len(found))
	for name, text := range found {
		var p Pause
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			return nil, fmt.Errorf("read that %s is paused: %w", name, err)
		}
		list[name] = p
	}
	return list, nil
}

// SetPause pauses a rule, or with nil lets it go on. It reports whether that changed anything.
func SetPause(ctx context.Context, rdb redis.UniversalClient, name string, p *Pause) (bool, error) {
	if p == nil {
		n, err := rdb.HDel(ctx, pausedKey, name).Result()
		if err != nil {
			return false, fmt.Errorf("resume %s: %w", name, err)
		}
		return n > 0, nil
	}
	text, err := json.Marshal(p)
	if err != nil {
		return false, fmt.Errorf("pause %s: %w", name, err)
	}
	fresh, err := rdb.HSetNX(ctx, pausedKey, name, text).Result()
	if err != nil {
		return false, fmt.Errorf("pause %s: %w", name, err)
	}
	return fresh, nil
}
