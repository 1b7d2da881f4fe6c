package slack

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/slack"
)

const (
	// unsaid is how long to wait when Slack limits us and does not say for how long.
	unsaid = time.Second
	// refusalsEvery is how often the log says that Slack refuses the app.
	refusalsEvery = time.Minute
	// countLimit bounds the counting of what went wrong.
	countLimit = 3 * time.Second
)

// trouble decides what an error of a deed means. It returns nil where the plan goes on another way.
func (s *showing) trouble(ctx context.Context, d deed, err error) error {
	if errors.Is(err, errHopeless) {
		return s.skip(ctx, d, err)
	}
	fault, ok := errors.AsType[*slack.Error](err)
	if !ok || (fault.Kind != slack.RateLimited && !saysSlack(fault)) {
		return err // of Redis, of another one who shows, or of something between us and Slack, which says nothing of the place
	}
	switch fault.Kind {
	case slack.RateLimited:
		s.reached = true
		return s.limited(ctx, d, fault.RetryAfter())
	case slack.Gone:
		s.reached = true
		s.memory.intent = intent{}
		return s.gone(ctx, d, fault)
	case slack.Refused:
		s.count("slack_refused")
		if s.refusals.pass(s.view.Now) {
			s.log.ErrorContext(ctx, "Slack refuses the app: nothing can be shown there until somebody sees to its token and scopes",
				"address", s.address, "job", s.view.Job.ID, "error", err)
		}
		return errors.Join(err, s.nothingPosted(ctx, d))
	case slack.Invalid: // of a deed that posts nothing
		s.count("slack_invalid")
		return s.skip(ctx, d, err)
	case slack.None, slack.Down:
	}
	return err // what was begun may have happened: it is looked for
}

// saysSlack reports whether an error is Slack's own word, "channel_not_found", and not that of a proxy.
func saysSlack(fault *slack.Error) bool {
	return fault.Code != "" && strings.Trim(fault.Code, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// nothingPosted forgets the post that a deed was, which Slack surely did not make. What an earlier one may have posted is
// still looked for.
func (s *showing) nothingPosted(ctx context.Context, d deed) error {
	if s.memory.intent.what != d {
		return nil
	}
	s.memory.intent = intent{}
	return s.record(ctx)
}

// limited has the deed wait as long as Slack says, and all others that would do the like; what is not limited goes on.
func (s *showing) limited(ctx context.Context, d deed, wait time.Duration) error {
	if wait <= 0 {
		wait = unsaid
	}
	s.count("slack_limited")
	s.log.InfoContext(ctx, "Slack limits us", "method", s.method(d), "channel", s.memory.channel, "wait", wait)
	return errors.Join(s.stop(ctx, d, wait), s.nothingPosted(ctx, d))
}

// lostMessage are Slack's codes for a message that is not there, or takes no edit or reply, any more.
var lostMessage = []string{
	"message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found", "thread_locked", "cannot_reply_to_message",
}

// gone goes on without what is not there any more: a message, a thread, or the whole channel.
func (s *showing) gone(ctx context.Context, d deed, fault *slack.Error) error {
	code := fault.Code
	s.log.InfoContext(ctx, "a place in Slack is gone", "doing", d, "address", s.address, "job", s.view.Job.ID, "error", fault)
	if slices.Contains(lostMessage, code) {
		switch {
		case d == editCard:
			s.memory = s.memory.misses(s.facts)
			return s.record(ctx)
		case d != open && s.thread() != "":
			s.rootless()
			return s.record(ctx)
		}
	}
	if _, known := requester(s.view.Job); !known || s.memory.detour != "" || s.place.Person() {
		return s.drop(ctx, "Slack says "+code)
	}
	s.count("slack_detours")
	s.memory = s.memory.turns(code)
	return s.record(ctx)
}

// rootless goes on when the root of the thread was deleted.
func (s *showing) rootless() {
	if s.memory.inside(s.facts.inside) {
		s.memory.bare = true // the channel takes the job's message
		if s.memory.card != "" {
			s.memory = s.memory.misses(s.facts)
		}
		return
	}
	s.memory = s.memory.misses(s.facts)
}

// skip goes on after a message that Slack takes in no form; the next state is another message.
func (s *showing) skip(ctx context.Context, d deed, err error) error {
	s.log.ErrorContext(ctx, "Slack takes a message of ours in no form; it is left out", "deed", d, "job", s.view.Job.ID, "address", s.address, "error", err)
	s.memory.intent = intent{}
	switch d {
	case editCard:
		s.memory.version, s.memory.face = s.facts.version, s.facts.face
	case postWords:
		_, count := words(s.lines)
		s.story, s.lines = s.lines[count-1].ID, s.lines[count:]
	case postLast:
		s.memory.said = true
	case open, postCard, lookCard, lookWords:
		return s.drop(ctx, "Slack says "+slack.CodeOf(err))
	}
	return s.record(ctx)
}

// drop ends an address at which nothing can be shown. The job is unharmed.
func (s *showing) drop(ctx context.Context, why string) error {
	s.count("slack_dropped")
	return door.Drop(ctx, s.jobs, s.log, s.view.Job.ID, s.address, why)
}

// requester is the id of the person of Slack who asked for a job; false when it was nobody there.
func requester(j *job.Job) (string, bool) {
	kind, id, _ := strings.Cut(j.Principal, ":")
	person := kind == "slack" || strings.HasPrefix(kind, "slack-")
	return id, person && slack.Place{Channel: id}.Person()
}

func (d *Door) count(name string) {
	ctx, cancel := context.WithTimeout(context.Background(), countLimit)
	defer cancel()
	if err := d.jobs.Count(ctx, name, 1); err != nil {
		d.log.Warn("count", "counter", name, "error", err)
	}
}

// throttle lets through once in a while. The zero value has let nothing through yet.
type throttle struct {
	mu   sync.Mutex
	last time.Time
}

func (t *throttle) pass(now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.last.IsZero() && now.Sub(t.last) < refusalsEvery {
		return false
	}
	t.last = now
	return true
}
