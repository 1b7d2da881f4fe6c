// Package gerrit tells changes in Gerrit how the jobs ended that were run for them: one message at the end, with a vote
// where the rule asks for one, and where it asks for that too a message when the job began.
//
// Gerrit and Redis cannot be written in one act. So each message is recorded as an intent before it is posted, and carries a
// line by which it is found again after a crash: it is posted once.
package gerrit

import (
	"context"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/gerrit"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// call bounds one call of Gerrit.
	call = 15 * time.Second
	// hold is for how long an address is in a showing's hand from its last deed: longer than that takes.
	hold = 30 * time.Second
	// giveUp is after how long a finished job is told no more to a Gerrit that refuses our account.
	giveUp = 24 * time.Hour
)

// Reviewer is what is asked of a Gerrit.
type Reviewer interface {
	Review(ctx context.Context, id, revision string, r gerrit.Review) error
	Messages(ctx context.Context, id string) ([]gerrit.Message, error)
}

// Server is a Gerrit with the account that votes there.
type Server struct {
	Reviewer

	User string // the account's name; empty when it is not known
}

// Door is the renderer of Gerrit.
type Door struct {
	servers   map[string]Server
	jobs      *job.Store
	rdb       redis.UniversalClient
	log       *slog.Logger
	dashboard string // its address, without a slash at the end; empty for none
	alerts    door.Alerts
}

var _ door.Renderer = (*Door)(nil)

// showing is one showing of a job at an address.
type showing struct {
	*Door

	server  Server
	address string
	place   gerrit.Place
	view    door.View
	memory  memory     // as it will be
	hand    *door.Hand // with what is recorded
	reached bool       // Gerrit has answered
}

// Show tells a change what it has not been told.
func (d *Door) Show(ctx context.Context, address string, view door.View, shown job.Shown) (job.Shown, error) {
	s := &showing{
		Door: d, address: address, view: view,
		memory: readMemory(shown.Ref, view.Job.Created), hand: door.NewHand(d.rdb, d.log, view.Job.ID, address, shown),
	}
	var err error
	if s.place, err = gerrit.ParsePlace(address); err != nil {
		return shown, s.drop(ctx, err.Error())
	}
	var known bool
	if s.server, known = d.servers[s.place.Server]; !known {
		return shown, s.drop(ctx, "the configuration has no Gerrit of the name "+s.place.Server)
	}
	defer s.hand.LetGo(context.WithoutCancel(ctx))
	for {
		deed := plan(see(view, s.place), s.memory)
		if deed == "" {
			return s.hand.Shown, s.finish(context.WithoutCancel(ctx))
		}
		if ctx.Err() != nil {
			return s.hand.Shown, door.LaterError{After: time.Millisecond, Reached: s.reached}
		}
		if err := s.perform(context.WithoutCancel(ctx), deed); err != nil {
			return s.hand.Shown, err
		}
	}
}

// perform does a deed, and records what became of it.
func (s *showing) perform(ctx context.Context, d deed) error {
	now, err := s.jobs.Now(ctx)
	if err != nil {
		return err
	}
	s.view.Now = now
	if err := s.hand.Take(ctx, now, hold); err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, call)
	defer cancel()
	if d == look {
		err = s.look(limited)
	} else {
		err = s.post(limited, d)
	}
	if err != nil {
		return s.trouble(ctx, d, err)
	}
	return s.record(ctx)
}

// look looks for the message that may have been posted: by its line, among our own.
func (s *showing) look(ctx context.Context) error {
	messages, err := s.server.Messages(ctx, s.change())
	if err != nil {
		return err
	}
	s.reached = true
	what := s.memory.Intent
	s.memory.Intent = ""
	for i := range messages {
		if s.ours(&messages[i], what) {
			s.memory.told(what)
		}
	}
	return nil
}

// ours reports whether a message is the one of a deed, and ours: anybody can write its line.
func (s *showing) ours(m *gerrit.Message, what deed) bool {
	if m.Tag != gerrit.Tag || (s.server.User != "" && m.Author.Username != "" && m.Author.Username != s.server.User) {
		return false
	}
	return hasLine(m.Text, line(s.view.Job.ID, what))
}

// post posts a message.
func (s *showing) post(ctx context.Context, d deed) error {
	subject := gerrit.Place{Server: s.place.Server, Change: s.place.Change}.Address()
	if err := event.Acted(ctx, s.rdb, subject, s.view.Job.ID); err != nil {
		return err
	}
	s.memory.Intent, s.memory.Since = d, s.view.Now.UnixMilli()
	if err := s.record(ctx); err != nil {
		return err
	}
	if err := s.server.Review(ctx, s.change(), s.revision(), s.review(d)); err != nil {
		return err
	}
	s.reached, s.memory.Intent = true, ""
	s.memory.told(d)
	return nil
}

// finish records that the address is up to date.
func (s *showing) finish(ctx context.Context) error {
	if !s.view.More && s.hand.Shown.Version == s.view.Job.Version {
		return nil
	}
	return s.record(ctx)
}

// record writes down what has been told, with the job's version if that is all there is.
func (s *showing) record(ctx context.Context) error {
	next := job.Shown{Version: s.hand.Shown.Version, Story: s.hand.Shown.Story, Ref: s.memory.String(), At: s.view.Now}
	if n := len(s.view.Story); n > 0 {
		next.Story = s.view.Story[n-1].ID
	}
	if !s.view.More && plan(see(s.view, s.place), s.memory) == "" {
		next.Version = s.view.Job.Version
	}
	return s.hand.Record(ctx, next)
}

// drop ends an address at which nothing can be told.
func (s *showing) drop(ctx context.Context, why string) error {
	return door.Drop(ctx, s.jobs, s.log, s.view.Job.ID, s.address, why)
}
