package rule

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/config/field"
)

// keys are what a rule may say, and how each is read.
func (e *entry) keys() field.Map {
	return field.Map{
		"name": e.readName, "on": e.readOn, "where": e.readWhere, "if": e.readIf,
		"needs": parties(&e.Needs), "unless": parties(&e.Unless),
		"once": template(&e.Once), "most": e.readMost,
		"run": e.readRun, "args": func(v *yaml.Node) (err error) { e.Args, err = readArgs(v, 0); return err },
		"watch": addresses(&e.Watch), "outlives": field.Yes(&e.Outlives), "quiet": field.Yes(&e.Quiet),
		"review": e.readReview, "notify": e.readNotify, "remember": e.readRemember,
	}
}

func (e *entry) readName(value *yaml.Node) error {
	if value.Kind != yaml.ScalarNode || !nameForm.MatchString(value.Value) {
		return fmt.Errorf("%q cannot be a name; use letters, digits, - and _, at most 63", value.Value)
	}
	e.Name = value.Value
	return nil
}

func (e *entry) readOn(value *yaml.Node) error {
	if err := words(&e.On)(value); err != nil {
		e.On = nil
		return err
	}
	for _, topic := range e.On {
		p, err := topicStyle.parse(topic)
		if err != nil {
			return err
		}
		e.topics = append(e.topics, p)
	}
	return nil
}

func (e *entry) readWhere(value *yaml.Node) error {
	err := field.Pairs(value, func(name, value *yaml.Node) error {
		var written []string
		if err := words(&written)(value); err != nil {
			return fmt.Errorf("where.%s: %w", name.Value, err)
		}
		filter, err := newFilter(name.Value, written)
		if err != nil {
			return config.Misplaced(name.Line, "%w", err)
		}
		if slices.ContainsFunc(e.Where, func(f Filter) bool { return f.Field == filter.Field }) {
			return config.Misplaced(name.Line, "where has both repo and project, which are the same")
		}
		e.Where = append(e.Where, filter)
		return nil
	})
	slices.SortStableFunc(e.Where, func(a, b Filter) int { return rank(a.Field) - rank(b.Field) })
	return err
}

func (e *entry) readIf(value *yaml.Node) error {
	e.If = &Condition{}
	if err := e.If.UnmarshalYAML(value); err != nil {
		e.If = nil
		return err
	}
	return nil
}

func (e *entry) readMost(value *yaml.Node) error {
	var text string
	err := field.Text(&text)(value)
	if err != nil {
		return err
	}
	e.Most, err = parseMost(text)
	return err
}

func (e *entry) readRun(value *yaml.Node) error {
	var text string
	if err := field.Text(&text)(value); err != nil {
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
	return nested("review", field.Map{
		"label": label(&r.Label), "success": vote(&r.Success), "failure": vote(&r.Failure), "started": field.Yes(&r.Started),
	})(value)
}

func (e *entry) readNotify(value *yaml.Node) error {
	n := &Notify{}
	e.Notify = n
	err := nested("notify", field.Map{"to": addresses(&n.To), "text": template(&n.Text), "expand": field.Yes(&n.Expand)})(value)
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
	err := nested("remember", field.Map{
		"name": field.Text(&r.Name), "value": template(&r.Value), "subject": template(&r.Subject), "url": template(&r.URL),
	})(value)
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

func template(into **Template) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		*into = &Template{}
		return (*into).UnmarshalYAML(node)
	}
}

func parties(into *[]Party) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		var named []string
		if err := words(&named)(node); err != nil {
			return err
		}
		read := make([]Party, len(named))
		for i, name := range named {
			var err error
			if read[i], err = parseParty(name); err != nil {
				return err
			}
		}
		*into = read
		return nil
	}
}

// addresses reads addresses of people and channels: door:where.
func addresses(into *[]string) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		if err := words(into)(node); err != nil {
			return err
		}
		if len(*into) > maxWatch {
			return fmt.Errorf("%d addresses; there may be %d", len(*into), maxWatch)
		}
		for _, address := range *into {
			if !command.IsPrincipal(address) {
				return fmt.Errorf("%q is not an address; write door:where, such as slack:C123 or telnet:ann", address)
			}
		}
		return nil
	}
}

// maxWatch is how many addresses an envelope takes, with two left for the function event's own.
const maxWatch = 14

// label reads the name of a label of Gerrit's.
func label(into *string) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		if err := field.Text(into)(node); err != nil {
			return err
		}
		if !labelForm.MatchString(*into) {
			return fmt.Errorf("%q is not a label of Gerrit's, such as Verified", *into)
		}
		return nil
	}
}
