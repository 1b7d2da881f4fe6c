// Package slack shows jobs in Slack. A job is one message at each address, edited in place; what is said about the job goes
// to the message's thread, and its end is said in the channel too when the job took long or did not succeed.
//
// Slack and Redis cannot be written in one act. So each post is recorded as an intent before it is made and carries a mark,
// as metadata, by which it is found again after a crash: every line is told at least once, and exactly once where the bot
// may read the channel's history.
//
// A showing (door.go) does, one after the other, what plan.go says is left to do, each deed in its turn (turn.go), until nothing is. What
// it must remember until the next one is a line (memory.go).
package slack

import (
	"context"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/slack"
)

// Door is the renderer of Slack.
//
// One showing at a time has an address in its hand (see turn.lua). A hand lapses when its process dies.
type Door struct {
	app       *slack.App
	jobs      *job.Store
	rdb       redis.UniversalClient
	log       *slog.Logger
	bot       string        // the name to invite
	dashboard string        // its address, without a slash at the end; empty for none
	endAfter  time.Duration // a job that took longer says its end in the channel too
	keep      time.Duration // for how long words in a thread mean a job
	refusals  throttle
}

var _ door.Renderer = (*Door)(nil)

// showing is one showing of a job at an address.
type showing struct {
	*Door

	address string
	place   slack.Place
	view    door.View
	facts   facts
	lines   []job.Line // what is still to be told, of view
	memory  memory     // as it will be
	story   string     // likewise: the last line told
	hand    *door.Hand // with what is recorded
	reached bool       // Slack has answered
}

// Show does what is to be done at an address, as far as its turns have come.
func (d *Door) Show(ctx context.Context, address string, view door.View, shown job.Shown) (job.Shown, error) {
	if address == slack.Everywhere {
		return shown, d.spread(ctx, view.Job.ID)
	}
	s := &showing{
		Door: d, address: address, view: view, story: shown.Story, lines: view.Story,
		memory: readMemory(shown.Ref, view.Job.Created), hand: door.NewHand(d.rdb, d.log, view.Job.ID, address, shown),
	}
	place, ok := slack.ParsePlace(address)
	if !ok {
		return shown, s.drop(ctx, "this is no address in Slack")
	}
	s.place = place
	if twice, err := s.shownAbove(ctx); twice || err != nil {
		return shown, err
	}
	s.facts = see(view, place.Thread != "", d.long(view.Job))
	if s.memory.channel == "" && s.memory.detour == "" && !place.Person() {
		s.memory.channel = place.Channel
	}
	defer s.hand.LetGo(context.WithoutCancel(ctx))
	for {
		acts := s.plan()
		if len(acts) == 0 {
			err := s.finish(context.WithoutCancel(ctx))
			return s.hand.Shown, err
		}
		if ctx.Err() != nil {
			return s.hand.Shown, door.LaterError{After: atOnce, Reached: s.reached}
		}
		wait, err := s.attempt(ctx, acts)
		if err != nil {
			return s.hand.Shown, err
		}
		if wait > 0 {
			return s.hand.Shown, door.LaterError{After: wait, Reached: s.reached}
		}
	}
}

// shownAbove reports whether the address is the thread of the job's own message, which another address that follows the job has
// already: somebody said a word there. The address follows it no more then.
func (s *showing) shownAbove(ctx context.Context) (bool, error) {
	if s.place.Thread == "" || s.hand.Shown.Ref != "" {
		return false, nil
	}
	watchers, err := s.jobs.Watchers(ctx, s.view.Job.ID)
	if err != nil {
		return false, err
	}
	for address, other := range watchers {
		if address != s.address && readMemory(other.Ref, s.view.Job.Created).card == s.place.Thread {
			return true, s.jobs.Unwatch(ctx, s.view.Job.ID, s.address)
		}
	}
	return false, nil
}

// long reports whether a job took so long that its end is said in the channel too.
func (d *Door) long(j *job.Job) bool {
	return j.State.Final() && j.Finished.Sub(j.Created) > d.endAfter
}

func (s *showing) plan() []act {
	s.facts.words = len(s.lines) > 0
	return plan(s.facts, s.memory)
}

// attempt does the first of some acts whose turn has come. It returns how long to wait when none has.
func (s *showing) attempt(ctx context.Context, acts []act) (time.Duration, error) {
	var wait time.Duration
	for _, a := range acts {
		w, err := s.turn(ctx, a)
		if err != nil {
			return 0, err
		}
		if w == 0 {
			return 0, s.perform(context.WithoutCancel(ctx), a)
		}
		if wait == 0 || w < wait {
			wait = w
		}
	}
	return wait, nil
}

// perform makes an act's call, and records what became of it.
func (s *showing) perform(ctx context.Context, a act) error {
	var err error
	switch a.deed {
	case open:
		err = s.open(ctx)
	case lookCard:
		err = s.findCard(ctx)
	case lookWords:
		err = s.findWords(ctx)
	case postCard:
		err = s.postCard(ctx)
	case editCard:
		err = s.editCard(ctx)
	case postWords:
		err = s.postWords(ctx)
	case postLast:
		err = s.postLast(ctx, a.loud)
	}
	if err != nil {
		return s.trouble(ctx, a.deed, err)
	}
	return s.record(ctx)
}

// finish records that the address is up to date, where the last act did not, or what cannot be told to it any more.
func (s *showing) finish(ctx context.Context) error {
	if n := len(s.lines); n > 0 {
		s.story, s.lines = s.lines[n-1].ID, nil // their thread was deleted
	}
	if !s.view.More && s.hand.Shown.Version == s.view.Job.Version {
		return nil
	}
	if s.view.More && s.hand.Shown.Story == s.story {
		return nil
	}
	return s.record(ctx)
}
