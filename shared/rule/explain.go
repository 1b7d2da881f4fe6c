package rule

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/event"
)

// Verdict is how a check went.
type Verdict string

// The verdicts.
const (
	Held    Verdict = "yes"
	Failed  Verdict = "no"
	Unclear Verdict = "unclear" // it could not be worked out; the rule does not act
	Skipped Verdict = "not asked"
)

// Check is one question that a rule asks of an event.
type Check struct {
	What    string // "topic", "where.project", "if"
	Want    string // as the rule writes it
	Saw     string // what the event says, shortened; what if looked at
	Verdict Verdict
}

// Explanation is a rule's every check against an event, in the order in which they are asked.
type Explanation struct {
	Rule    *Rule
	Checks  []Check
	Matches bool // all held
	Env     *Env // for Rule's methods; nil when the payload cannot be read
}

// maxSaw is how much of what was seen is shown, in bytes.
const maxSaw = 160

// Explain asks everything that Decide asks of one rule and says what it saw, without stopping at the first no. Outside is
// asked only when all else held; what cannot be asked is unclear.
func (s *Set) Explain(ctx context.Context, r *Rule, e *event.Event, ask Asker, more map[string]any) Explanation {
	x := Explanation{Rule: r}
	x.add("topic", strings.Join(r.On, ", "), e.Topic, verdict(r.Hears(e.Topic)))
	if len(e.Only) > 0 {
		x.add("only", strings.Join(e.Only, ", "), r.Name, verdict(slices.Contains(e.Only, r.Name)))
	}
	env, err := ForEvent(e, more)
	if err != nil {
		x.add("payload", "a JSON object", err.Error(), Unclear)
		return x
	}
	x.ask(ctx, r, env, &asking{ask: ask, event: e})
	return x
}

// Notes say what the rule saw, as [Explanation.Notes] does. Nobody outside is asked again.
func (d *Decision) Notes(ctx context.Context) []string {
	x := Explanation{Rule: d.Rule}
	x.add("topic", strings.Join(d.Rule.On, ", "), d.Env.Event.Topic, Held)
	x.ask(ctx, d.Rule, d.Env, d.asked)
	return x.Notes()
}

// ask asks what follows the topic.
func (x *Explanation) ask(ctx context.Context, r *Rule, env *Env, asked *asking) {
	x.Env = env
	for i := range r.Where {
		if f := &r.Where[i]; f.Field != filesField {
			x.add("where."+f.name, strings.Join(f.Written, ", "), f.saw(&env.Facts), verdict(f.holds(&env.Facts)))
		}
	}
	x.condition(r, env)
	x.files(ctx, r, asked)
	x.Matches = !slices.ContainsFunc(x.Checks, func(c Check) bool { return c.Verdict != Held })
}

func verdict(held bool) Verdict {
	if held {
		return Held
	}
	return Failed
}

func (x *Explanation) add(what, want, saw string, v Verdict) {
	x.Checks = append(x.Checks, Check{what, brief(want, maxSaw), brief(saw, maxSaw), v})
}

func (x *Explanation) condition(r *Rule, env *Env) {
	if r.If == nil {
		return
	}
	held, err := r.If.Holds(env)
	if err != nil {
		x.add("if", r.If.String(), err.Error(), Unclear)
		return
	}
	x.add("if", r.If.String(), r.If.program.looked(env), verdict(held))
}

func (x *Explanation) files(ctx context.Context, r *Rule, asked *asking) {
	at := slices.IndexFunc(r.Where, func(f Filter) bool { return f.Field == filesField })
	if at < 0 {
		return
	}
	f, want := &r.Where[at], strings.Join(r.Where[at].Written, ", ")
	if slices.ContainsFunc(x.Checks, func(c Check) bool { return c.Verdict != Held }) {
		x.add("where.files", want, "", Skipped)
		return
	}
	files, err := asked.files(ctx)
	if err != nil {
		x.add("where.files", want, err.Error(), Unclear)
		return
	}
	x.add("where.files", want, strings.Join(files, ", "), verdict(f.holdsTexts(files)))
}

// String is the check as a sentence: "where.project: openstack/* — saw openstack/nova: yes".
func (c Check) String() string {
	saw := ""
	if c.Saw != "" {
		saw = " — saw " + c.Saw
	}
	return fmt.Sprintf("%s: %s%s: %s", c.What, c.Want, saw, c.Verdict)
}

// Limits of an envelope's notes.
const (
	maxNotes = 14 // of the sixteen: two are the caller's own
	maxNote  = 512
)

// Notes are the checks as lines for an envelope: each printable, on one line, at most 512 bytes.
func (x *Explanation) Notes() []string {
	var notes []string
	for _, c := range x.Checks {
		if len(notes) == maxNotes {
			break
		}
		notes = append(notes, brief(c.String(), maxNote))
	}
	return notes
}

// brief makes text one printable line of at most that many bytes.
func brief(text string, most int) string { return chat.Shorten(chat.OneLine(text), most) }
