// Package github shows jobs at GitHub, as comments and checks. Where somebody asked in a comment, that comment gets a
// reaction, and a reply that is edited in place; a commit gets a check run, or a commit status where our App is not
// installed.
//
// GitHub and Redis cannot be written in one act. So each post is recorded as an intent before it is made, and carries the
// job's id, by which it is found again after a crash: a job has one reply and one check run at an address.
package github

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// hold is for how long an address is in a showing's hand from its last deed: longer than that takes.
	hold = 15 * time.Second
	// call bounds one call of GitHub.
	call = 8 * time.Second
	// editGap is how close two edits that show progress may follow each other.
	editGap = 15 * time.Second
	// atOnce is the shortest time after which a showing goes on.
	atOnce = time.Millisecond
	// storyLines is how many of the last lines of a story are shown.
	storyLines = 12
	// giveUp is after how long a finished job is shown no more where GitHub refuses us.
	giveUp = 24 * time.Hour
)

// Door is the renderer of GitHub.
type Door struct {
	app       *github.App
	jobs      *job.Store
	rdb       redis.UniversalClient
	log       *slog.Logger
	bot       string // its name, for checks
	dashboard string // its address, without a slash at the end; empty for none
	alerts    door.Alerts
}

var _ door.Renderer = (*Door)(nil)

// showing is one showing of a job at an address.
type showing struct {
	*Door

	address string
	place   github.Place
	view    door.View
	facts   facts
	memory  memory     // as it will be
	hand    *door.Hand // with what is recorded
	reached bool       // GitHub has answered
}

// Show does what is to be done at an address, as far as its turns have come.
func (d *Door) Show(ctx context.Context, address string, view door.View, shown job.Shown) (job.Shown, error) {
	s := &showing{
		Door: d, address: address, view: view,
		memory: readMemory(shown.Ref, view.Job.Created), hand: door.NewHand(d.rdb, d.log, view.Job.ID, address, shown),
	}
	var ok bool
	if s.place, ok = github.ParsePlace(address); !ok {
		return shown, s.drop(ctx, "this is no address at GitHub")
	}
	defer s.hand.LetGo(context.WithoutCancel(ctx))
	if view.More {
		err := s.record(ctx) // the lines are shown with the last page
		return s.hand.Shown, err
	}
	s.facts = see(view, s.place)
	err := s.showAll(ctx)
	return s.hand.Shown, err
}

// showAll does one deed after the other, until nothing is left to do or to do now.
func (s *showing) showAll(ctx context.Context) error {
	for {
		if err := s.choose(ctx); err != nil {
			return err
		}
		acts, wait := plan(s.facts, s.memory, s.view.Now)
		if len(acts) == 0 {
			return s.finish(context.WithoutCancel(ctx), wait)
		}
		if ctx.Err() != nil {
			return door.LaterError{After: atOnce, Reached: s.reached}
		}
		wait, err := s.attempt(context.WithoutCancel(ctx), acts)
		if err != nil {
			return err
		}
		if wait > 0 {
			return door.LaterError{After: wait, Reached: s.reached}
		}
	}
}

// attempt does the first of some acts whose turn has come. It returns how long to wait when none has.
func (s *showing) attempt(ctx context.Context, acts []act) (time.Duration, error) {
	now, err := s.jobs.Now(ctx)
	if err != nil {
		return 0, err
	}
	s.view.Now = now
	if err := s.hand.Take(ctx, now, hold); err != nil {
		return 0, err
	}
	shortest := time.Duration(0)
	for _, a := range acts {
		with, wait, err := s.turn(ctx, a)
		if err != nil {
			return 0, s.trouble(ctx, a.deed, err)
		}
		if wait == 0 {
			return 0, s.perform(with, a.deed)
		}
		if shortest == 0 || wait < shortest {
			shortest = wait
		}
	}
	return shortest, nil
}

// turn takes the turn of a deed that writes.
func (s *showing) turn(ctx context.Context, a act) (context.Context, time.Duration, error) {
	if a.lane == "" {
		return ctx, 0, nil
	}
	who := s.view.Job.ID + " " + s.address
	return s.app.Turn(ctx, s.place.Owner, s.place.Repo, a.lane, who)
}

// perform does a deed, and records what became of it.
func (s *showing) perform(ctx context.Context, d deed) error {
	defer s.app.GiveBack(ctx) // of a deed that did not come to its call
	if err := s.do(ctx, d); err != nil {
		return s.trouble(ctx, d, err)
	}
	return s.record(ctx)
}

func (s *showing) do(ctx context.Context, d deed) error {
	if d == lookComment {
		return s.findComment(ctx)
	}
	if d == lookRun {
		return s.findRun(ctx)
	}
	if err := s.acted(ctx); err != nil {
		return err
	}
	switch d {
	case react:
		return s.react(ctx)
	case postComment:
		return s.postComment(ctx)
	case editComment:
		return s.editComment(ctx)
	case createRun:
		return s.createRun(ctx)
	case editRun:
		return s.editRun(ctx)
	case setStatus:
		return s.setStatus(ctx)
	case lookComment, lookRun:
	}
	return errors.New("notify: " + string(d) + " is no deed at GitHub")
}

// acted says before a write that the job made it, so that what GitHub tells of it is known to be our doing.
func (s *showing) acted(ctx context.Context) error {
	id, subject := s.view.Job.ID, s.place.Subject()
	if err := event.Acted(ctx, s.rdb, subject, id); err != nil {
		return err
	}
	if whole, _, part := strings.Cut(subject, "#"); part && s.place.SHA != "" {
		return event.Acted(ctx, s.rdb, whole, id)
	}
	return nil
}

// begin records that a post is about to be made.
func (s *showing) begin(ctx context.Context, d deed) error {
	s.memory.Intent, s.memory.Since = d, s.view.Now.UnixMilli()
	return s.record(ctx)
}

// finish records that the address is up to date, or says when its progress may be shown next.
func (s *showing) finish(ctx context.Context, wait time.Duration) error {
	if s.memory.empty(s.facts) {
		return s.drop(ctx, cmp.Or(s.memory.Why, "nothing can be shown there"))
	}
	if wait > 0 {
		return door.LaterError{After: wait, Reached: s.reached}
	}
	if s.hand.Shown.Version == s.view.Job.Version {
		return nil
	}
	return s.record(ctx)
}

// record writes down what has been shown, with the job's version if that is all there is.
func (s *showing) record(ctx context.Context) error {
	next := job.Shown{Version: s.hand.Shown.Version, Story: s.hand.Shown.Story, Ref: s.memory.String(), At: s.view.Now}
	if n := len(s.view.Story); n > 0 {
		next.Story = s.view.Story[n-1].ID
	}
	if !s.view.More {
		if acts, wait := plan(s.facts, s.memory, s.view.Now); len(acts) == 0 && wait == 0 {
			next.Version = s.view.Job.Version
		}
	}
	return s.hand.Record(ctx, next)
}

// drop ends an address at which nothing can be shown.
func (s *showing) drop(ctx context.Context, why string) error {
	s.count("github_dropped")
	return door.Drop(ctx, s.jobs, s.log, s.view.Job.ID, s.address, why)
}

func (d *Door) count(name string) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	if err := d.jobs.Count(ctx, name, 1); err != nil {
		d.log.Warn("count", "counter", name, "error", err)
	}
}
