package session

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/ergochat/irc-go/ircmsg"
)

const (
	// topicEvery is how often a channel's topic is set at most: whoever sets it otherwise is not fought.
	topicEvery = time.Minute
	// topicTries is how often a topic is set in vain.
	topicTries = 3
	// usualTopic is how long a topic may be where the server does not say, in bytes.
	usualTopic = 300
)

// topics is what the topics shall say.
type topics struct {
	known  bool   // whether there is an alert was told
	alert  string // empty for none
	before map[string]string
}

// restore has channels that are left say what they said before the alert, and then calls then for those in which we are.
func (s *Session) restore(gone []*room, then func(r *room)) {
	if len(gone) == 0 {
		return
	}
	s.restoring++
	s.Desk.Topics(func(before map[string]string) {
		s.restoring--
		for _, r := range gone {
			text, kept := before[r.name]
			if kept {
				s.Desk.DropTopic(r.name)
			}
			if !r.in {
				continue
			}
			if kept && (r.topic.wanted != "" || s.Roster.Topic(r.name) != text) {
				s.request("TOPIC", r.name, text)
			}
			r.in = false // nothing else is set
			then(r)
		}
	})
}

// Farewell has all topics say what they said before the alert: the network is left for good. Busy reports whether that is under way.
func (s *Session) Farewell() {
	s.topics = topics{}
	s.restore(slices.Collect(maps.Values(s.rooms)), func(*room) {})
}

// Busy reports whether there is something to write yet.
func (s *Session) Busy() bool { return s.restoring > 0 || len(s.requests) > 0 }

// topicState is how a channel's topic stands.
type topicState struct {
	next   time.Time // when it may be set again
	tries  int
	wanted string // what it was set to last
}

// SetAlert says what all topics shall say; empty for what they said before.
func (s *Session) SetAlert(text string) {
	if s.topics.known && s.topics.alert == text {
		return
	}
	s.topics = topics{known: true, alert: text}
	for _, r := range s.rooms {
		r.topic = topicState{}
	}
	if text == "" {
		s.Desk.Topics(func(before map[string]string) {
			if s.topics.alert == "" {
				s.topics.before = before
			}
		})
	}
}

// wantedTopic is what a channel's topic shall be; ok is false when that is nobody's wish.
func (s *Session) wantedTopic(r *room) (text string, ok bool) {
	if s.topics.alert == "" {
		text, ok = s.topics.before[r.name]
		return text, ok
	}
	most, err := strconv.Atoi(s.support["TOPICLEN"])
	if err != nil || most <= 0 {
		most = usualTopic
	}
	most = min(most, s.Roster.Room("TOPIC", r.name))
	return ircmsg.TruncateUTF8Safe(s.topics.alert, most), true
}

// checkTopics sets those that are not as they shall be.
func (s *Session) checkTopics() {
	if !s.topics.known || s.stage != settled {
		return
	}
	for _, r := range s.rooms {
		want, ok := s.wantedTopic(r)
		if !ok || !r.in || !r.ready {
			continue
		}
		if s.Roster.Topic(r.name) == want {
			s.topicStands(r)
			continue
		}
		if s.now.Before(r.topic.next) || r.topic.tries >= topicTries {
			continue
		}
		r.topic.next, r.topic.wanted = s.now.Add(topicEvery), want
		r.topic.tries++
		s.setTopic(r, want)
	}
}

// setTopic sets it. An alert's takes the place of one that is kept first.
func (s *Session) setTopic(r *room, want string) {
	if s.topics.alert == "" {
		s.request("TOPIC", r.name, want)
		return
	}
	s.Desk.KeepTopic(r.name, s.Roster.Topic(r.name), false, func() {
		if now, ok := s.wantedTopic(r); ok && now == want && r.in {
			s.request("TOPIC", r.name, want)
		}
	})
}

// topicStands is when a topic is as it shall be.
func (s *Session) topicStands(r *room) {
	r.topic.tries = 0
	if s.topics.alert == "" {
		delete(s.topics.before, r.name)
		s.Desk.DropTopic(r.name)
	}
}

// topicChanged is when somebody has set a topic. During an alert it is what the topic shall be afterwards.
func (s *Session) topicChanged(m *ircmsg.Message) {
	r := s.room(param(m, 0))
	if m.Command != "TOPIC" || r == nil || s.Roster.IsMe(m.Nick()) || s.Roster.Same(m.Nick(), chanServ) {
		return
	}
	want, ok := s.wantedTopic(r)
	switch {
	case !ok || param(m, 1) == want:
	case s.topics.alert != "":
		s.Desk.KeepTopic(r.name, param(m, 1), true, func() {})
	default: // restored by somebody as they like it
		delete(s.topics.before, r.name)
		s.Desk.DropTopic(r.name)
	}
}

// notOperator is that we may not set a topic; the services may, where they know us.
func (s *Session) notOperator(m *ircmsg.Message) {
	r := s.room(param(m, 1))
	if r == nil || r.topic.wanted == "" && s.topics.alert != "" {
		return
	}
	if s.login.account != "" && r.topic.tries == 1 {
		s.request("PRIVMSG", chanServ, "TOPIC "+r.name+" "+r.topic.wanted)
		return
	}
	s.Log.Warn("we may not set a topic", "channel", r.name)
	s.Desk.Tell("topic "+r.name, "I may not set the topic of "+r.name+" of the IRC network "+s.Network.Name+
		", which should tell what is wrong just now. Make me an operator there, or take +t off.")
}
