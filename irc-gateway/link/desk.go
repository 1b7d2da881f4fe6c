package link

import (
	"context"
	"slices"
	"time"

	"github.com/handsoff/handsoff/irc-gateway/delivery"
	"github.com/handsoff/handsoff/irc-gateway/session"
	"github.com/handsoff/handsoff/shared/irc"
)

var _ session.Desk = (*talk)(nil)

// Heard takes a line for the bot.
func (t *talk) Heard(line session.Line) {
	t.link.clerk.open.Add(1)
	select {
	case t.link.heard <- line:
	default:
		t.link.clerk.open.Add(-1)
		t.link.Log.Error("too many lines wait to be kept; one is lost", "who", line.Principal)
	}
}

// Ready says who we are there.
func (t *talk) Ready(nick string) {
	now := time.Now()
	t.link.clerk.do("take down who we are", func(ctx context.Context) error { return t.link.state.Connected(ctx, nick, now) }, nil)
	t.link.Log.Info("connected", "nick", nick)
}

// Joined says that we are in a channel.
func (t *talk) Joined(channel string) {
	t.link.ours = append(slices.Clone(t.link.ours), channel)
	t.link.clerk.do("take down a channel", func(ctx context.Context) error { return t.link.state.Joined(ctx, channel) }, nil)
	signal(t.changed)
}

// Left says that we are not in it any more.
func (t *talk) Left(channel string) {
	t.link.ours = slices.DeleteFunc(slices.Clone(t.link.ours), func(name string) bool { return name == channel })
	t.link.clerk.do("take down a channel", func(ctx context.Context) error { return t.link.state.Left(ctx, channel) }, nil)
}

// CaughtUp closes the gap.
func (t *talk) CaughtUp(lines int, whole bool) { t.link.caughtUp(lines, whole) }

// KeepTopic keeps a topic.
func (t *talk) KeepTopic(channel, topic string, replace bool, then func()) {
	t.link.clerk.do("keep a topic", func(ctx context.Context) error {
		return t.link.state.KeepTopic(ctx, channel, topic, replace)
	}, t.post(then))
}

// Topics brings the kept ones.
func (t *talk) Topics(then func(map[string]string)) {
	var topics map[string]string
	t.link.clerk.do("read the kept topics", func(ctx context.Context) (err error) {
		topics, err = t.link.state.Topics(ctx)
		return err
	}, t.post(func() { then(topics) }))
}

// DropTopic forgets one.
func (t *talk) DropTopic(channel string) {
	t.link.clerk.do("forget a topic", func(ctx context.Context) error { return t.link.state.DropTopic(ctx, channel) }, nil)
}

// Tell tells those who run the bot.
func (t *talk) Tell(key, text string) { t.link.tell(key, text) }

// Changed says that somebody may be there who was not.
func (t *talk) Changed() { signal(t.changed) }

// Over is closed when nothing more may be said.
func (t *talk) Over() <-chan struct{} { return t.silent }

// Say waits until a line may be said, and says it.
func (t *talk) Say(ctx context.Context, place irc.Place, target, line string) error {
	s := say{place: place, target: target, line: line, done: make(chan error, 1)}
	select {
	case t.says <- s:
		return <-s.done
	case <-t.silent:
		return delivery.ErrOver
	case <-ctx.Done():
		return ctx.Err() // only says that it is over
	}
}

// Fence waits until the server has read what was said.
func (t *talk) Fence(ctx context.Context) (map[string]string, error) {
	passed := make(chan map[string]string, 1)
	t.post(func() { t.session.Fence(func(missing map[string]string) { passed <- missing }) })()
	select {
	case missing := <-passed:
		return missing, nil
	case <-t.over:
		return nil, delivery.ErrOver
	case <-ctx.Done():
		return nil, ctx.Err() // only says that it is over
	}
}
