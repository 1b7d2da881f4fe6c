package ruling

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// Decision is what a rule decided about an event, as it is written down.
type Decision struct {
	At                            time.Time
	Event, Topic, Subject, Author string
	Rule, Outcome, Job, Text      string
}

// atOnce is how many decisions are read in one round trip.
const atOnce = 200

// Decisions reads what was decided, the newest first, at most so many that wanted says yes to. It stops reading when it has them.
func Decisions(ctx context.Context, rdb redis.UniversalClient, most int, wanted func(*Decision) bool) ([]Decision, error) {
	var list []Decision
	for from, seen := "+", 0; len(list) < most && seen < 2*Kept; seen += atOnce {
		found, err := rdb.XRevRangeN(ctx, DecisionsKey, from, "-", atOnce).Result()
		if err != nil {
			return nil, fmt.Errorf("read what rules decided: %w", err)
		}
		for _, entry := range found {
			if one := read(entry); len(list) < most && wanted(&one) {
				list = append(list, one)
			}
		}
		if len(found) < atOnce {
			break
		}
		from = "(" + found[len(found)-1].ID
	}
	return list, nil
}

func read(entry redis.XMessage) Decision {
	text := func(name string) string { s, _ := entry.Values[name].(string); return s }
	ms, _ := strconv.ParseInt(text("at"), 10, 64)
	return Decision{
		At: time.UnixMilli(ms), Event: text("event"), Topic: text("topic"), Subject: text("subject"), Author: text("author"),
		Rule: text("rule"), Outcome: text("outcome"), Job: text("job"), Text: text("text"),
	}
}
