package slack

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// call bounds one call of Slack.
	call = 8 * time.Second
	// hold is for how long an address is in a showing's hand from its last turn: longer than a call, so that no other
	// one posts while a post is under way.
	hold = 15 * time.Second
	// atOnce is the shortest time after which a showing goes on.
	atOnce = time.Millisecond
	// editGap is how close two edits of a channel may follow each other.
	editGap = 1200 * time.Millisecond
	// sayGap is how close two messages in a channel may follow each other. Source:
	// https://docs.slack.dev/apis/web-api/rate-limits ("one message per second per channel").
	sayGap = time.Second
	// burst is how many first messages of jobs may come at once in a channel; Slack allows short bursts.
	burst = 4
	// edits is how many edits a minute there may be, in all channels; Slack allows somewhat more than 50 (chat.update
	// is of tier 3), and what people click needs some.
	edits = 45
)

var (
	//go:embed turn.lua
	turnText string

	turnScript = redis.NewScript(door.Shown + turnText)
)

// stopKey is there while Slack lets nobody call a method, or post to a channel; it holds until when, in ms.
func stopKey(name string) string { return job.Prefix + "pace:slack-stop:" + name }

// turn asks for the turn of an act, and returns how long to wait for it, 0 for not at all.
func (s *showing) turn(ctx context.Context, a act) (time.Duration, error) {
	ctx = context.WithoutCancel(ctx)
	now, err := s.jobs.Now(ctx)
	if err != nil {
		return 0, err
	}
	s.view.Now = now
	shown, channel, method, lane := s.hand.Shown, s.memory.channel, s.method(a.deed), a.lane()
	answer, err := turnScript.Run(ctx, s.rdb, []string{job.Prefix},
		now.UnixMilli(), s.view.Job.ID, s.address, shown.Version, shown.Story, shown.Ref, s.hand.Token, hold.Milliseconds(),
		channel, method, lane, editGap.Milliseconds(), sayGap.Milliseconds(), burst, edits).Slice()
	if err != nil {
		return 0, fmt.Errorf("take the turn of %s: %w", s.address, err)
	}
	word, _ := answer[0].(string)
	stale := door.Stale(word)
	switch {
	case word == "go":
		return 0, nil
	case stale != nil:
		return 0, stale
	case len(answer) == 2:
		ms, _ := answer[1].(int64)
		wait := max(time.Duration(ms)*time.Millisecond, atOnce)
		if lane == laneEdit {
			wait += s.spread(wait)
		}
		return wait, nil
	}
	return 0, errors.New("the script of turns answered something unknown")
}

// spread makes those who wait for the same turn come one after the other, another one first each time.
func (s *showing) spread(wait time.Duration) time.Duration {
	h := fnv.New32a()
	_, _ = fmt.Fprint(h, s.view.Job.ID, s.address, s.view.Job.Version) // never fails
	return wait / 2 * time.Duration(h.Sum32()%64) / 64
}

// The lanes of turn.lua.
const (
	laneEdit  = "edit"
	laneState = "state"
	laneSay   = "say"
	lanePost  = "post"
	laneAsk   = "ask"
)

func (a act) lane() string {
	switch a.deed {
	case postCard:
		return lanePost
	case postWords, postLast:
		return laneSay
	case editCard:
		if a.state {
			return laneState
		}
		return laneEdit
	case open, lookCard, lookWords:
	}
	return laneAsk
}

// method is Slack's method for a deed.
func (s *showing) method(d deed) string {
	switch d {
	case open:
		return "conversations.open"
	case lookCard:
		if !s.memory.inside(s.facts.inside) {
			return "conversations.history"
		}
		return "conversations.replies"
	case lookWords:
		return "conversations.replies"
	case editCard:
		return "chat.update"
	case postCard, postWords, postLast:
	}
	return "chat.postMessage"
}

// stop has everybody wait who would use what Slack limits: the channel for a message, the method for anything else.
func (s *showing) stop(ctx context.Context, d deed, wait time.Duration) error {
	method, name := s.method(d), s.memory.channel
	if method != "chat.postMessage" {
		name = method
	}
	until := s.view.Now.Add(wait).UnixMilli()
	if err := s.rdb.Set(ctx, stopKey(name), until, 2*wait).Err(); err != nil {
		return fmt.Errorf("stop %s: %w", name, err)
	}
	return nil
}

// record writes down what has been shown, with the job's version if that is all there is.
func (s *showing) record(ctx context.Context) error {
	next := job.Shown{Version: s.hand.Shown.Version, Story: s.story, Ref: s.memory.String(), At: s.view.Now}
	if len(s.plan()) == 0 && !s.view.More {
		next.Version = s.view.Job.Version
	}
	return s.hand.Record(ctx, next)
}
