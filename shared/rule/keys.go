package rule

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
)

// keys are what a rule may say, and how each is read.
var keys map[string]func(e *entry, value *yaml.Node) error = map[string]func(e *entry, value *yaml.Node) error{
	"name":     (*entry).readName,
	"on":       (*entry).readOn,
	"where":    (*entry).readWhere,
	"if":       (*entry).readIf,
	"needs":    func(e *entry, v *yaml.Node) (err error) { e.Needs, err = partiesOf(v); return err },
	"unless":   func(e *entry, v *yaml.Node) (err error) { e.Unless, err = partiesOf(v); return err },
	"once":     func(e *entry, v *yaml.Node) (err error) { e.Once, err = templateOf(v); return err },
	"most":     (*entry).readMost,
	"run":      (*entry).readRun,
	"args":     func(e *entry, v *yaml.Node) (err error) { e.Args, err = readArgs(v, 0); return err },
	"watch":    func(e *entry, v *yaml.Node) (err error) { e.Watch, err = addressesOf(v); return err },
	"outlives": func(e *entry, v *yaml.Node) (err error) { e.Outlives, err = yesOf(v); return err },
	"quiet":    func(e *entry, v *yaml.Node) (err error) { e.Quiet, err = yesOf(v); return err },
	"review":   (*entry).readReview,
	"notify":   (*entry).readNotify,
	"remember": (*entry).readRemember,
}

func keyNames() []string { return slices.Sorted(maps.Keys(keys)) }

func (e *entry) readName(value *yaml.Node) error {
	value = resolved(value)
	if value.Kind != yaml.ScalarNode || !nameForm.MatchString(value.Value) {
		e.Name = ""
		return fmt.Errorf("%q cannot be a name; use letters, digits, - and _, at most 63", value.Value)
	}
	return nil
}

func (e *entry) readOn(value *yaml.Node) error {
	topics, err := wordsOf(value)
	if err != nil {
		return err
	}
	e.On = topics
	for _, topic := range topics {
		p, err := topicStyle.parse(topic)
		if err != nil {
			return err
		}
		e.topics = append(e.topics, p)
	}
	return nil
}

func (e *entry) readWhere(value *yaml.Node) error {
	pairs, err := pairsOf(value)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		written, err := wordsOf(p.value)
		if err != nil {
			return fmt.Errorf("where.%s: %w", p.name, err)
		}
		filter, err := newFilter(p.name, written)
		if err != nil {
			return config.Misplaced(p.line, "%w", err)
		}
		if slices.ContainsFunc(e.Where, func(f Filter) bool { return f.Field == filter.Field }) {
			return config.Misplaced(p.line, "where has both repo and project, which are the same")
		}
		e.Where = append(e.Where, filter)
	}
	slices.SortStableFunc(e.Where, func(a, b Filter) int { return rank(a.Field) - rank(b.Field) })
	return nil
}

func (e *entry) readIf(value *yaml.Node) error {
	e.If = &Condition{}
	if err := e.If.UnmarshalYAML(resolved(value)); err != nil {
		e.If = nil
		return err
	}
	return nil
}

func (e *entry) readMost(value *yaml.Node) error {
	text, err := wordOf(value)
	if err != nil {
		return err
	}
	e.Most, err = parseMost(text)
	return err
}

func (e *entry) readRun(value *yaml.Node) error {
	text, err := wordOf(value)
	if err != nil {
		return err
	}
	e.Run = strings.ToLower(strings.Join(strings.Fields(text), " "))
	if strings.ContainsAny(e.Run, `{}='"`) || len(e.Run) > maxWords {
		return fmt.Errorf("run has a command's words only, such as jenkins build; what it is given stands under args")
	}
	return nil
}

// maxWords is the length of a command's words, in bytes; an envelope takes no more.
const maxWords = 200

func (e *entry) readReview(value *yaml.Node) error {
	r := &Review{}
	e.Review = r
	return each(value, "review", map[string]func(*yaml.Node) error{
		"label":   func(v *yaml.Node) (err error) { r.Label, err = labelOf(v); return err },
		"success": func(v *yaml.Node) (err error) { r.Success, err = countOf(v); return err },
		"failure": func(v *yaml.Node) (err error) { r.Failure, err = countOf(v); return err },
		"started": func(v *yaml.Node) (err error) { r.Started, err = yesOf(v); return err },
	})
}

func (e *entry) readNotify(value *yaml.Node) error {
	n := &Notify{}
	e.Notify = n
	err := each(value, "notify", map[string]func(*yaml.Node) error{
		"to":     func(v *yaml.Node) (err error) { n.To, err = addressesOf(v); return err },
		"text":   func(v *yaml.Node) (err error) { n.Text, err = templateOf(v); return err },
		"expand": func(v *yaml.Node) (err error) { n.Expand, err = yesOf(v); return err },
	})
	switch {
	case err != nil:
		return err
	case len(n.To) == 0:
		return fmt.Errorf("notify.to is missing: who is told? write an address such as slack:C0CI")
	case n.Text != nil && n.Text.String() == "":
		n.Text = nil
	}
	return nil
}

func (e *entry) readRemember(value *yaml.Node) error {
	r := &Remember{}
	e.Remember = r
	err := each(value, "remember", map[string]func(*yaml.Node) error{
		"name":    func(v *yaml.Node) (err error) { r.Name, err = wordOf(v); return err },
		"value":   func(v *yaml.Node) (err error) { r.Value, err = templateOf(v); return err },
		"subject": func(v *yaml.Node) (err error) { r.Subject, err = templateOf(v); return err },
		"url":     func(v *yaml.Node) (err error) { r.URL, err = templateOf(v); return err },
	})
	switch {
	case err != nil:
		return err
	case !nameForm.MatchString(r.Name):
		return fmt.Errorf("remember.name %q cannot be a name; use letters, digits, - and _, at most 63", r.Name)
	case r.Value == nil || r.Value.String() == "":
		return fmt.Errorf("remember.value is missing: what is remembered?")
	}
	return nil
}

// each reads the pairs of a map, all of which must be known.
func each(value *yaml.Node, of string, known map[string]func(*yaml.Node) error) error {
	pairs, err := pairsOf(value)
	if err != nil {
		return fmt.Errorf("%s: %w", of, err)
	}
	for _, p := range pairs {
		read, ok := known[p.name]
		if !ok {
			return config.Misplaced(p.line, "%s has no %s%s", of, p.name, command.Meant(p.name, slices.Sorted(maps.Keys(known))))
		}
		if err := read(p.value); err != nil {
			return config.Misplaced(p.line, "%s.%s: %w", of, p.name, err)
		}
	}
	return nil
}

func templateOf(value *yaml.Node) (*Template, error) {
	t := &Template{}
	err := t.UnmarshalYAML(resolved(value))
	return t, err
}

func partiesOf(value *yaml.Node) ([]Party, error) {
	words, err := wordsOf(value)
	if err != nil {
		return nil, err
	}
	parties := make([]Party, len(words))
	for i, word := range words {
		if parties[i], err = parseParty(word); err != nil {
			return nil, err
		}
	}
	return parties, nil
}

// addressesOf are addresses of people and channels: door:where.
func addressesOf(value *yaml.Node) ([]string, error) {
	words, err := wordsOf(value)
	if err != nil {
		return nil, err
	}
	if len(words) > maxWatch {
		return nil, fmt.Errorf("%d addresses; there may be %d", len(words), maxWatch)
	}
	for _, word := range words {
		if !command.IsPrincipal(word) {
			return nil, fmt.Errorf("%q is not an address; write door:where, such as slack:C123 or telnet:ann", word)
		}
	}
	return words, nil
}

// maxWatch is how many addresses an envelope takes, with two left for the function event's own.
const maxWatch = 14

// labelOf is the name of a label of Gerrit's.
func labelOf(value *yaml.Node) (string, error) {
	text, err := wordOf(value)
	if err == nil && !labelForm.MatchString(text) {
		err = fmt.Errorf("%q is not a label of Gerrit's, such as Verified", text)
	}
	return text, err
}
