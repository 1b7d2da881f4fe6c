package template

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config/field"
)

// Parameter is something that whoever asks for an environment may choose.
type Parameter struct {
	Name    string
	Type    string // string, int, bool, choice
	Help    string
	Choices []string
	Default any  // nil makes it needed
	Min     *int // of an int
	Max     *int
	Secret  bool // its value is the name of a secret, one of Choices; what that holds is put in only as the cloud is asked
	pattern *regexp.Regexp
	line    int
}

var parameterForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)

// taken are the names that mean something else on the command line.
var taken = []string{"name", "template", "cloud", "ttl", "owner", "server", "members"}

// parameters reads them.
func (r *reader) parameters(into *[]Parameter) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		r.Pairs(node, func(name, entry *yaml.Node) {
			p := Parameter{Name: name.Value, Type: "string", line: name.Line}
			switch {
			case !parameterForm.MatchString(p.Name):
				r.Complainf(p.line, "%.40q cannot be a parameter's name; use small letters, digits and _, at most 32", p.Name)
			case slices.Contains(taken, p.Name):
				r.Complainf(p.line, "a parameter cannot be called %s: that means something else when an environment is asked for", p.Name)
			}
			var pattern string
			typed := false
			r.Each(entry, "a parameter", field.Map{
				"type": func(n *yaml.Node) error { typed = true; return field.Text(&p.Type)(n) }, "help": field.Text(&p.Help),
				"choices": func(n *yaml.Node) error {
					for _, item := range field.Items(n) {
						p.Choices = append(p.Choices, item.Value)
					}
					return nil
				},
				"default": func(n *yaml.Node) error { return n.Decode(&p.Default) },
				"pattern": field.Text(&pattern), "secret": field.Yes(&p.Secret),
				"min": func(n *yaml.Node) error { p.Min = new(int); return field.Count(p.Min, -1<<31, 1<<31-1)(n) },
				"max": func(n *yaml.Node) error { p.Max = new(int); return field.Count(p.Max, -1<<31, 1<<31-1)(n) },
			})
			if !typed && p.Choices != nil {
				p.Type = "choice"
			}
			if err := p.settle(pattern); err != nil {
				r.Complainf(p.line, "parameter %s: %s", p.Name, err)
			}
			*into = append(*into, p)
		})
		return nil
	}
}

// settle checks that the parts of a declaration agree.
func (p *Parameter) settle(pattern string) error {
	if p.Secret {
		if err := p.settleSecret(pattern); err != nil {
			return err
		}
	}
	types := []string{"string", "int", "bool", "choice"}
	switch {
	case !slices.Contains(types, p.Type):
		return fmt.Errorf("type is %s; it may be %s%s", p.Type, strings.Join(types, ", "), command.Meant(p.Type, types))
	case p.Type == "choice" && len(p.Choices) == 0:
		return fmt.Errorf("a choice needs choices")
	case p.Type != "choice" && len(p.Choices) > 0:
		return fmt.Errorf("choices are for the type choice")
	case p.Type != "int" && (p.Min != nil || p.Max != nil):
		return fmt.Errorf("min and max are for the type int")
	case p.Type != "string" && pattern != "":
		return fmt.Errorf("a pattern is for the type string")
	}
	if pattern != "" {
		compiled, err := regexp.Compile(`^(?:` + pattern + `)$`)
		if err != nil {
			return fmt.Errorf("pattern: %w", err)
		}
		p.pattern = compiled
	}
	if p.Default == nil {
		return nil
	}
	typed, err := p.convert(fmt.Sprint(p.Default))
	if err != nil {
		return fmt.Errorf("its default %w", err)
	}
	p.Default = typed
	return nil
}

// maxParameter bounds a text that somebody gives, in bytes.
const maxParameter = 4096

// convert makes a typed value of what somebody wrote. The error begins with a verb.
func (p *Parameter) convert(text string) (any, error) {
	if p.Secret {
		return p.convertSecret(text)
	}
	switch p.Type {
	case "int":
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("is to be a whole number, not %.40q", text)
		}
		if p.Min != nil && n < *p.Min || p.Max != nil && n > *p.Max {
			return nil, fmt.Errorf("is to be %s, not %d", p.bounds(), n)
		}
		return n, nil
	case "bool":
		switch strings.ToLower(strings.TrimSpace(text)) {
		case "true", "yes", "on", "1":
			return true, nil
		case "false", "no", "off", "0":
			return false, nil
		}
		return nil, fmt.Errorf("is to be true or false, not %.40q", text)
	case "choice":
		if !slices.Contains(p.Choices, text) {
			return nil, fmt.Errorf("is to be one of %s, not %.40q%s", strings.Join(p.Choices, ", "), text, command.Meant(text, p.Choices))
		}
		return text, nil
	}
	switch {
	case len(text) > maxParameter:
		return nil, fmt.Errorf("has %d bytes; it may have %d", len(text), maxParameter)
	case p.pattern != nil && !p.pattern.MatchString(text):
		return nil, fmt.Errorf("is to match %s; %.40q does not", p.pattern, text)
	}
	return text, nil
}

// fits refuses a text of several lines where nothing says that it may have them: in user data or a Heat template, what stands on a line of its own is not a value any more.
func (p *Parameter) fits(text string) error {
	if p.Type != "string" || p.pattern != nil || p.Default == any(text) || !strings.ContainsFunc(text, breaks) {
		return nil
	}
	return errors.New("is to be one line, unless the template has a pattern for it")
}

// breaks reports whether a letter ends a line, in YAML too, or is none that can be seen.
func breaks(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }

func (p *Parameter) bounds() string {
	switch {
	case p.Max == nil:
		return fmt.Sprintf("at least %d", *p.Min)
	case p.Min == nil:
		return fmt.Sprintf("at most %d", *p.Max)
	}
	return fmt.Sprintf("from %d to %d", *p.Min, *p.Max)
}

// Choose types what somebody chose, with the defaults for the rest. It gives every mistake, a sentence each.
func (t *Template) Choose(given map[string]string) (map[string]any, []string) {
	chosen, names := make(map[string]any, len(t.Parameters)), make([]string, 0, len(t.Parameters))
	var wrong []string
	for _, p := range t.Parameters {
		names = append(names, p.Name)
		text, is := given[p.Name]
		switch {
		case is:
			typed, err := p.convert(text)
			if err == nil {
				err = p.fits(text)
			}
			if err != nil {
				wrong = append(wrong, fmt.Sprintf("%s %s.", p.Name, err))
			}
			chosen[p.Name] = typed
		case p.Default == nil:
			wrong = append(wrong, fmt.Sprintf("%s is needed%s.", p.Name, p.explained()))
		default:
			chosen[p.Name] = p.Default
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.Contains(names, name) {
			wrong = append(wrong, fmt.Sprintf("The template %s has no parameter %.40s%s", t.Name, name, cmp.Or(command.Meant(name, names), ".")))
		}
	}
	return chosen, wrong
}

// explained is what there is to choose: " (m1.nano or m1.small: the flavor)".
func (p *Parameter) explained() string {
	text := strings.Join(p.Choices, ", ")
	if p.Help != "" && text != "" {
		text += ": "
	}
	if text += p.Help; text == "" {
		return ""
	}
	return " (" + text + ")"
}
