package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	"github.com/handsoff/handsoff/shared/job"
)

// lastKnownKey is a hash: a job's full name → what Jenkins last said of it, so that its shortcut outlives Jenkins.
const lastKnownKey = job.Prefix + "jenkins:last-known"

const (
	freshFor    = time.Minute // for how long what is known is not asked again
	refreshTime = time.Second // how long all the asking may take; the function command waits for 1.5 s
	refreshers  = 4           // how many jobs are asked about at once
)

// lastKnown is what Jenkins last said of a shortcut's job.
type lastKnown struct {
	At         time.Time          `json:"at"`
	Missing    bool               `json:"missing,omitempty"`
	Parameters []remote.Parameter `json:"parameters,omitempty"`
}

// known gives what is known of the shortcuts' jobs, refreshed where that is old and Jenkins answers in time.
func (c *capability) known(ctx context.Context) (map[string]lastKnown, error) {
	kept, err := c.kept(ctx)
	if err != nil {
		return nil, err
	}
	var stale []string
	for name := range c.set.Jobs {
		if c.now().Sub(kept[name].At) > freshFor {
			stale = append(stale, name)
		}
	}
	maps.Copy(kept, c.refresh(ctx, stale))
	return kept, nil
}

func (c *capability) kept(ctx context.Context) (map[string]lastKnown, error) {
	fields, err := c.redis.HGetAll(ctx, lastKnownKey).Result()
	if err != nil {
		return nil, fmt.Errorf("read what is known of Jenkins' jobs: %w", err)
	}
	kept := map[string]lastKnown{}
	for name, text := range fields {
		var known lastKnown
		if json.Unmarshal([]byte(text), &known) == nil { // written by another version: asked again
			kept[name] = known
		}
	}
	return kept, nil
}

// refresh asks Jenkins about some jobs, all within refreshTime, and keeps what it says. Jobs on which it gives no answer
// are left out.
func (c *capability) refresh(ctx context.Context, names []string) map[string]lastKnown {
	asking, cancel := context.WithTimeout(ctx, refreshTime)
	defer cancel()
	var mu sync.Mutex
	fresh := map[string]lastKnown{}
	var group sync.WaitGroup
	slots := make(chan struct{}, refreshers)
	for _, name := range names {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			known, err := c.askAbout(asking, name)
			if err != nil {
				c.log.InfoContext(ctx, "a shortcut's job cannot be read; what was last known of it counts", "job", name, "error", err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			fresh[name] = known
		})
	}
	group.Wait()
	c.keep(ctx, fresh)
	return fresh
}

func (c *capability) askAbout(ctx context.Context, name string) (lastKnown, error) {
	found, err := c.api.Job(ctx, name)
	if remote.Is(err, remote.NotFound) {
		return lastKnown{At: c.now(), Missing: true}, nil
	}
	if err != nil {
		return lastKnown{}, err
	}
	return lastKnown{At: c.now(), Parameters: found.Parameters()}, nil
}

func (c *capability) keep(ctx context.Context, fresh map[string]lastKnown) {
	_, err := c.redis.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for name, known := range fresh {
			text, err := json.Marshal(known)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			pipe.HSet(ctx, lastKnownKey, name, text)
		}
		return nil
	})
	if err != nil && !errors.Is(err, redis.Nil) {
		c.log.WarnContext(ctx, "keep what is known of Jenkins' jobs", "error", err)
	}
}
