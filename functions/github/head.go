package main

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/github/webhook"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// headsLife is how long the heads of a pull request are known after the last event about it.
	headsLife = 180 * 24 * time.Hour
	// headsMost is how many of them are known.
	headsMost = 50
)

// headsKey is a zset: the commits that were the pull request's head, by when each became it, in milliseconds.
func headsKey(place github.Place) string {
	return job.Prefix + "github:heads:" + place.Subject()[len("github:"):]
}

// see remembers what an event says of its pull request's head: that it became it just then, or that it was it.
func (d *door) see(ctx context.Context, p *webhook.Payload) error {
	at := p.PullRequest.Updated
	if p.Event != "pull_request" || p.PullRequest.Number <= 0 || p.Repository.Owner == "" || at.IsZero() || !github.IsSHA(p.PullRequest.SHA) {
		return nil
	}
	became := p.Action == "opened" || p.Action == "synchronize" || p.Action == "reopened"
	return d.saw(ctx, p.Place(), p.PullRequest.SHA, at, became)
}

// saw remembers that a commit became a pull request's head at a time, or only that it was it then.
func (d *door) saw(ctx context.Context, place github.Place, sha string, at time.Time, became bool) error {
	key, entry := headsKey(place), redis.Z{Score: float64(at.UnixMilli()), Member: sha}
	_, err := d.Redis.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		if became {
			pipe.ZAddGT(ctx, key, entry)
		} else {
			pipe.ZAddNX(ctx, key, entry)
		}
		pipe.ZRemRangeByRank(ctx, key, 0, -headsMost-1)
		pipe.PExpire(ctx, key, headsLife)
		return nil
	})
	if err != nil {
		return fmt.Errorf("remember the head of %s: %w", place.Subject(), err)
	}
	return nil
}

// A knownHead is a commit that became a pull request's head.
type knownHead struct {
	sha  string    // empty when we were told of none
	at   time.Time // when it became the head, in whole seconds as GitHub tells them
	only bool      // we were told of no other one
}

// lastHead is the commit that became a pull request's head last, as far as we were told.
func (d *door) lastHead(ctx context.Context, place github.Place) (last knownHead, err error) {
	found, err := d.Redis.ZRevRangeWithScores(ctx, headsKey(place), 0, 1).Result()
	if err != nil {
		return last, fmt.Errorf("read the heads of %s: %w", place.Subject(), err)
	}
	if len(found) == 0 {
		return last, nil
	}
	last.sha, _ = found[0].Member.(string)
	last.at, last.only = time.UnixMilli(int64(found[0].Score)), len(found) == 1
	return last, nil
}
