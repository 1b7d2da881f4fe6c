package rule

import (
	"maps"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/event"
)

// Rule is one rule. It never changes.
type Rule struct {
	Name string
	Line int    // in the configuration file
	Text string // the entry as YAML; it may have a secret in it, Shown has not

	On     []string   // topics, or globs of them, as written
	Where  []Filter   // all must hold; what is asked outside (files) comes last
	If     *Condition // nil for none
	Needs  []Party    // one of which whoever made it happen must be; see NeedsFor
	Unless []Party    // whose events are let alone
	Once   *Template  // at most once for each of its values; nil for no such bound
	Most   Most       // how often it acts for one subject

	Run      string // a command's words; empty when nothing is run
	Args     Args   // of that command
	Watch    []string
	Outlives bool      // what it started goes on when its change moves on or is closed
	Quiet    bool      // no check run of its own on a pull request
	Review   *Review   // nil for none
	Notify   *Notify   // nil for none
	Remember *Remember // nil for none

	topics []pattern
}

// Review says how a run's outcome becomes a vote on a Gerrit change.
type Review struct {
	Label   string // empty for a comment without a vote
	Success int
	Failure int
	Started bool // a comment when it starts, too
}

// Notify says who is told what.
type Notify struct {
	To     []string  // addresses
	Text   *Template // nil for the topic's built-in one
	Expand bool      // the built-in one with the commit's message
}

// Remember says what is kept under which name.
type Remember struct {
	Name    string
	Value   *Template
	Subject *Template // nil for the event's own, Facts.Subject
	URL     *Template // nil for the event's own, Facts.URL
}

// Hears reports whether the rule is for a topic.
func (r *Rule) Hears(topic string) bool {
	heard := false
	for i := range r.topics {
		if r.topics[i].matches(topic) {
			if r.topics[i].not {
				return false
			}
			heard = true
		}
	}
	return heard
}

// NeedsFor is what the rule needs of whoever made an event happen, any one of them; none for nothing. Who asks for a
// command in so many words needs write where the rule does not say otherwise.
func (r *Rule) NeedsFor(e *event.Event) []Party {
	if len(r.Needs) == 0 && (e.Asked || e.Topic == event.Comment) {
		return []Party{{Permission: "write"}}
	}
	return r.Needs
}

// Files reports whether the rule looks at the changed files.
func (r *Rule) Files() bool {
	return slices.ContainsFunc(r.Where, func(f Filter) bool { return f.Field == filesField })
}

// Recalls lists the remembered values that the rule names anywhere.
func (r *Rule) Recalls() []string {
	var names []string
	if r.If != nil {
		names = append(names, r.If.Recalls()...)
	}
	templates := []*Template{r.Once}
	if r.Notify != nil {
		templates = append(templates, r.Notify.Text)
	}
	if r.Remember != nil {
		templates = append(templates, r.Remember.Value, r.Remember.Subject, r.Remember.URL)
	}
	for _, t := range templates {
		if t != nil {
			names = append(names, t.Recalls()...)
		}
	}
	return distinct(append(names, r.Args.Recalls()...))
}

// Shown is the rule as it is written, as people may see it: the values of keys whose name says that they are secret are masked, and
// those of arguments that its command declares secret.
func (r *Rule) Shown(catalogue *command.Catalogue) string {
	var secret []string
	if r.Run != "" {
		secret = catalogue.Secrets(r.Run, slices.Collect(maps.Keys(r.Args)))
	}
	return config.MaskedText(r.Text, secret...)
}

// Acts says in a few words what the rule does: "runs jenkins build, tells slack:C0CI".
func (r *Rule) Acts() string {
	var acts []string
	if r.Run != "" {
		acts = append(acts, "runs "+r.Run)
	}
	if r.Notify != nil {
		acts = append(acts, "tells "+strings.Join(r.Notify.To, ", "))
	}
	if r.Remember != nil {
		acts = append(acts, "remembers "+r.Remember.Name)
	}
	if r.Review != nil {
		acts = append(acts, "votes on the change")
	}
	return strings.Join(acts, ", ")
}
