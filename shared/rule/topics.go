package rule

import (
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/event"
)

// topicStyle is how topics are matched: * stays between two dots.
var topicStyle = style{part: '.'}

// Topics are the topics that are known, sorted: those of GitHub's webhooks and of a current Gerrit. Others may come: both
// add some every year.
func Topics() []string {
	topics := []string{event.Comment}
	for name, actions := range githubEvents {
		if githubTopic+name == dispatch {
			continue // what its sender names follows
		}
		if actions == "" {
			topics = append(topics, githubTopic+name)
			continue
		}
		for action := range strings.FieldsSeq(actions) {
			topics = append(topics, githubTopic+name+"."+action)
		}
	}
	for name := range strings.FieldsSeq(gerritEvents) {
		topics = append(topics, gerritTopic+name)
	}
	slices.Sort(topics)
	return topics
}

// checkTopics tells of topics that are probably meant otherwise. A topic that is like no known one is left alone: it may be
// newer than this program.
func (e *entry) checkTopics() {
	positive := false
	for i, written := range e.On {
		positive = positive || !strings.HasPrefix(written, "!")
		topic := strings.TrimPrefix(written, "!")
		switch {
		case i >= len(e.topics) || strings.HasPrefix(topic, "/"):
		case strings.ContainsAny(topic, "*?"):
			e.checkTopicGlob(i, topic)
		default:
			e.checkTopic(topic)
		}
	}
	if e.has("on") && len(e.On) > 0 && !positive {
		e.Complainf(e.line("on"), "on only excludes; write which topics there are, such as github.**")
	}
}

// dispatch is the topic of what comes with whatever action its sender thinks of.
const dispatch = githubTopic + "repository_dispatch"

func (e *entry) checkTopic(topic string) {
	if topic == dispatch {
		e.Complainf(e.line("on"), "%s always comes with an action, which its sender names; write %s.** for all of them, or one such as %s.deploy",
			topic, topic, topic)
		return
	}
	if strings.HasPrefix(topic, dispatch+".") {
		return
	}
	if slices.Contains(known, topic) {
		return
	}
	name := strings.TrimPrefix(topic, githubTopic)
	if actions := githubEvents[name]; actions != "" && name != topic {
		some := strings.Fields(actions)
		e.Complainf(e.line("on"), "%s always comes with an action; write %s.* for all of them, or one such as %s.%s", topic, topic, topic, some[0])
		return
	}
	if !strings.HasPrefix(topic, githubTopic) && !strings.HasPrefix(topic, gerritTopic) {
		e.Complainf(e.line("on"), "there is no topic %s: topics begin with github. or gerrit.%s", topic, command.Meant(topic, known))
		return
	}
	if near := command.Meant(topic, known); near != "" {
		e.warnf(e.line("on"), "no event is known as %s%s", topic, near)
	}
}

func (e *entry) checkTopicGlob(i int, topic string) {
	p := e.topics[i]
	if slices.ContainsFunc(known, p.matches) || strings.HasPrefix(topic, dispatch+".") {
		return
	}
	hint := ""
	if !strings.Contains(topic, "**") {
		hint = "; * stays between two dots, and ** does not"
	}
	e.warnf(e.line("on"), "no known event matches %s%s", topic, hint)
}

// known are the known topics, made once.
var known = Topics()
