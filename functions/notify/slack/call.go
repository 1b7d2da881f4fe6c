package slack

import (
	"context"
	"errors"
	"fmt"
	"slices"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/slack"
)

// open opens the direct messages of the person that the address is, or of the job's requester.
func (s *showing) open(ctx context.Context) error {
	person := s.place.Channel
	if s.memory.detour != "" {
		person, _ = requester(s.view.Job)
	}
	channel, _, _, err := s.app.Client.OpenConversationContext(ctx, &goslack.OpenConversationParameters{Users: []string{person}})
	if err != nil {
		return slack.Classify("open the direct messages of "+person, err)
	}
	if channel == nil || channel.ID == "" {
		return fmt.Errorf("open the direct messages of %s: Slack named no channel", person)
	}
	s.reached, s.memory.channel = true, channel.ID
	return nil
}

// thread is the root of the thread in which the job's words stand.
func (s *showing) thread() string {
	if s.memory.inside(s.facts.inside) {
		return s.place.Thread
	}
	return s.memory.card
}

// begin records that a post is about to be made.
func (s *showing) begin(ctx context.Context, what deed, upto string) error {
	s.memory.intent = intent{what: what, at: s.view.Now, upto: upto}
	return s.record(ctx)
}

// postCard posts the job's message.
func (s *showing) postCard(ctx context.Context) error {
	if err := s.begin(ctx, postCard, ""); err != nil {
		return err
	}
	m := s.card()
	if s.memory.inside(s.facts.inside) {
		m.thread = s.place.Thread
	}
	sent, err := s.post(ctx, m)
	if err != nil {
		return err
	}
	s.memory.intent = intent{}
	s.memory.card, s.memory.version, s.memory.face = sent.ts, s.facts.version, s.facts.face
	s.memory.late = s.facts.final
	if m.thread != "" && !sent.threaded {
		s.memory.bare = true
	}
	return s.remember(ctx)
}

// remember makes words in the thread mean the job.
func (s *showing) remember(ctx context.Context) error {
	place := slack.Place{Channel: s.memory.channel, Thread: s.thread()}
	own := !s.memory.inside(s.facts.inside)
	return slack.RememberThread(ctx, s.rdb, place, s.view.Job.ID, own, s.keep)
}

// editCard makes the job's message show the present state.
func (s *showing) editCard(ctx context.Context) error {
	m := s.card()
	m.edit = true
	err := s.send(m, func(options ...goslack.MsgOption) error {
		_, _, _, err := s.app.Client.UpdateMessageContext(ctx, s.memory.channel, s.memory.card, options...)
		return slack.Classify("edit "+s.memory.channel, err)
	})
	if err != nil {
		return err
	}
	s.memory.version, s.memory.face = s.facts.version, s.facts.face
	return nil
}

// postWords tells as many story lines as one message takes.
func (s *showing) postWords(ctx context.Context) error {
	m, count := words(s.lines)
	upto := s.lines[count-1].ID
	if err := s.say(ctx, m, postWords, upto); err != nil {
		return err
	}
	s.story, s.lines = upto, s.lines[count:]
	return nil
}

// postLast says how the job ended.
func (s *showing) postLast(ctx context.Context, loud bool) error {
	m := lastWord(s.view.Job, s.view.Now, loud)
	m.broadcast = loud
	if err := s.say(ctx, m, postLast, ""); err != nil {
		return err
	}
	s.memory.said = true
	return nil
}

// say posts a message in the thread.
func (s *showing) say(ctx context.Context, m message, what deed, upto string) error {
	if err := s.begin(ctx, what, upto); err != nil {
		return err
	}
	m.thread, m.mark = s.thread(), s.memory.intent.mark(s.view.Job.ID)
	sent, err := s.post(ctx, m)
	if err != nil {
		return err
	}
	s.memory.intent = intent{}
	if !sent.threaded { // Slack posts to the channel when the thread's root was deleted
		s.rootless()
	}
	return nil
}

// sent is a message as Slack took it.
type sent struct {
	ts       string
	threaded bool // it stands in a thread
}

// post posts a message.
func (s *showing) post(ctx context.Context, m message) (sent, error) {
	var done sent
	err := s.send(m, func(options ...goslack.MsgOption) error {
		_, ts, posted, err := s.app.Client.PostMessageWithResponseContext(ctx, s.memory.channel, options...)
		if err == nil {
			done = sent{ts: ts, threaded: posted.Timestamp == "" || posted.ThreadTimestamp != ""}
		}
		return slack.Classify("post to "+s.memory.channel, err)
	})
	return done, err
}

// errHopeless says that Slack takes a message in no form: a defect of ours.
var errHopeless = errors.New("notify: Slack takes this message in no form")

// send sends a message, and as bare text when Slack finds it wrong, so that people see something.
func (s *showing) send(m message, call func(options ...goslack.MsgOption) error) error {
	err := call(m.options()...)
	if wrong(err) {
		s.log.Error("Slack finds a message of ours wrong; it is sent as bare text",
			"job", s.view.Job.ID, "address", s.address, "blocks", len(m.blocks), "bytes", m.size(), "error", err)
		s.count("slack_invalid")
		if err = call(m.plain()...); wrong(err) {
			return errors.Join(errHopeless, err)
		}
	}
	if err == nil {
		s.reached = true
	}
	return err
}

// wrong reports whether Slack said that it does not take what we sent.
func wrong(err error) bool {
	fault, ok := errors.AsType[*slack.Error](err)
	return ok && fault.Kind == slack.Invalid && saysSlack(fault)
}

// findCard looks for the message that may have been posted.
func (s *showing) findCard(ctx context.Context) error {
	thread := ""
	if s.memory.inside(s.facts.inside) {
		thread = s.place.Thread
	}
	ts, err := s.seek(ctx, thread, s.cardMark())
	if err != nil {
		return err
	}
	s.memory.intent = intent{}
	if ts == "" {
		return nil
	}
	s.memory.card, s.memory.version, s.memory.face = ts, 0, "" // what it shows is not known
	return s.remember(ctx)
}

// findWords looks for the words that may have been posted.
func (s *showing) findWords(ctx context.Context) error {
	i := s.memory.intent
	ts, err := s.seek(ctx, s.thread(), i.mark(s.view.Job.ID))
	if err != nil {
		return err
	}
	s.memory.intent = intent{}
	switch {
	case ts == "":
	case i.what == postLast:
		s.memory.said = true
	default:
		s.story = i.upto
		for n, line := range slices.Backward(s.lines) {
			if line.ID == i.upto {
				s.lines = s.lines[n+1:]
				break
			}
		}
	}
	return nil
}
