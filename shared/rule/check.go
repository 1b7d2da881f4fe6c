package rule

import (
	"regexp"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/event"
)

// labelForm is what Gerrit's labels look like.
var labelForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,63}$`)

// check finds what is wrong with a rule as a whole.
func (e *entry) check() {
	if e.Name == "" && !e.has("name") {
		e.Complainf(e.Line, "the rule has no name")
	}
	if !e.has("on") {
		e.Complainf(e.Line, "the rule has no topic: write on: and the events that it is for, such as gerrit.patchset-created")
	}
	if e.Run == "" && e.Notify == nil && e.Remember == nil && !e.has("run") && !e.has("notify") && !e.has("remember") {
		e.Complainf(e.Line, "the rule does nothing: write run, notify or remember")
	}
	e.checkTopics()
	e.checkRun()
	e.checkWhere()
	e.checkReview()
	e.checkParties("needs", e.Needs)
	e.checkParties("unless", e.Unless)
}

// checkParties: only GitHub has permissions that can be asked for.
func (e *entry) checkParties(key string, parties []Party) {
	if slices.ContainsFunc(parties, func(p Party) bool { return p.Permission != "" }) {
		e.only(key, "a permission such as write", "github.…", func(topic string) bool { return !strings.HasPrefix(topic, gerritTopic) })
	}
}

// checkRun: what only a run has needs one.
func (e *entry) checkRun() {
	for _, key := range []string{"args", "watch", "outlives", "quiet"} {
		if e.has(key) && !e.has("run") {
			e.Complainf(e.line(key), "%s belongs to run, which is missing", key)
		}
	}
}

func (e *entry) checkWhere() {
	for _, f := range e.Where {
		switch f.Field {
		case "say":
			e.only("where", "say", event.Comment, func(topic string) bool { return topic == event.Comment })
		case "votes", "hashtags", "topic":
			e.only("where", f.Field, "gerrit.…", func(topic string) bool { return strings.HasPrefix(topic, gerritTopic) })
		case "labels":
			e.only("where", f.Field, "github.…", func(topic string) bool { return strings.HasPrefix(topic, githubTopic) })
		}
	}
}

func (e *entry) checkReview() {
	if e.Review == nil {
		return
	}
	if !e.has("run") {
		e.Complainf(e.line("review"), "review tells Gerrit how a run ended, and there is no run")
	}
	e.only("review", "review", "gerrit.…", func(topic string) bool { return strings.HasPrefix(topic, gerritTopic) })
	if v := e.Review; v.Label == "" && (v.Success != 0 || v.Failure != 0) {
		e.Complainf(e.line("review"), "review has values and no label to vote on, such as label: Verified")
	}
}

// only complains of what makes sense for some topics alone. A glob is what it begins with.
func (e *entry) only(key, what, topics string, fits func(topic string) bool) {
	other := slices.IndexFunc(e.On, func(topic string) bool { return !strings.HasPrefix(topic, "!") && !fits(topic) })
	if other >= 0 {
		e.Complainf(e.line(key), "%s is for %s only, and this rule is also for %s", what, topics, e.On[other])
	}
}
