package template

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/config/field"
)

// Where the templates and the people's public keys stand in the configuration.
const (
	Section = "openstack"
	below   = "templates"
	Keys    = "keys"
)

// Set is the templates of a configuration.
type Set struct {
	Templates []*Template       // those that are right, by their names
	Faults    []config.Fault    // what is wrong with the others
	Keys      map[string]string // person or principal → public key, as in authorized_keys
}

// Named finds a template; nil when there is none.
func (s *Set) Named(name string) *Template {
	i := slices.IndexFunc(s.Templates, func(t *Template) bool { return t.Name == name })
	if i < 0 {
		return nil
	}
	return s.Templates[i]
}

// Names lists them.
func (s *Set) Names() []string {
	names := make([]string, len(s.Templates))
	for i, t := range s.Templates {
		names[i] = t.Name
	}
	return names
}

// Read reads the templates of a configuration. One with a mistake is left out, with a fault for each mistake in it, and the
// others work.
func Read(f *config.File) *Set {
	set := &Set{Keys: map[string]string{}}
	section, ok := f.Sections[Section]
	if !ok {
		return set
	}
	whole, err := config.Plain(&section)
	if err != nil {
		set.Faults = []config.Fault{config.FaultOf(section.Line, err)}
		return set
	}
	set.readKeys(config.Child(whole, Keys))
	node := config.Child(whole, below)
	if node == nil || node.ShortTag() == "!!null" {
		return set
	}
	if node.Kind != yaml.MappingNode {
		set.Faults = append(set.Faults, config.Fault{Line: node.Line, Text: "templates is a map: each entry begins with its name and a colon"})
		return set
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		set.add(node.Content[i], node.Content[i+1])
	}
	slices.SortFunc(set.Templates, func(a, b *Template) int { return strings.Compare(a.Name, b.Name) })
	return set
}

func (s *Set) add(name, entry *yaml.Node) {
	t, faults := readEntry(name, entry)
	switch {
	case s.Named(t.Name) != nil:
		faults = append(faults, config.Fault{Line: name.Line, Text: "there is a template of this name already"})
	case len(s.Templates) == maxTemplates:
		faults = append(faults, config.Fault{Line: name.Line, Text: fmt.Sprintf("there may be %d templates", maxTemplates)})
	}
	for i := range faults {
		faults[i].Kind, faults[i].Name = "template", t.Name
	}
	s.Faults = append(s.Faults, faults...)
	if len(faults) == 0 {
		s.Templates = append(s.Templates, t)
	}
}

// readKeys reads the people's public keys.
func (s *Set) readKeys(node *yaml.Node) {
	if node == nil || node.ShortTag() == "!!null" {
		return
	}
	r := &reader{}
	r.Pairs(node, func(name, value *yaml.Node) {
		key := strings.TrimSpace(value.Value)
		if value.Kind != yaml.ScalarNode || !publicForm(key) {
			r.Complainf(value.Line, "keys.%.60s: a public key is expected, as in authorized_keys", name.Value)
			return
		}
		s.Keys[name.Value] = key
	})
	s.Faults = append(s.Faults, r.Faults...)
}

// readEntry reads one entry. The template is whole only when there are no faults.
func readEntry(name, entry *yaml.Node) (*Template, []config.Fault) {
	t := &Template{Name: name.Value, Line: name.Line}
	r := &reader{}
	if !nameForm.MatchString(t.Name) {
		r.Complainf(t.Line, "%.40q cannot be a template's name; use small letters, digits and _ . -, at most 32", t.Name)
	}
	r.Each(entry, "a template", field.Map{
		"summary": field.Text(&t.Summary), "cloud": field.Text(&t.Cloud), "role": field.Text(&t.Role), "signoff": r.signoff(&t.Signoff),
		"parameters": r.parameters(&t.Parameters), "ttl": duration(&t.TTL), "max_ttl": duration(&t.MaxTTL),
		"on_expiry": r.policy(&t.Policy), "keep_on_failure": field.Yes(&t.Keep), "project": r.project(&t.project),
		"networks": r.networks(t), "security_groups": r.secgroups(t), "keypair": r.held(&t.key), "volumes": r.volumes(t),
		"server_groups": r.spreads(t), "servers": r.servers(t), "heat": r.heat(&t.stack),
	})
	t.usual(config.Child(entry, "on_expiry") != nil)
	if len(r.Faults) == 0 {
		t.check(r)
	}
	return t, r.Faults
}

// usual fills in what is not said.
func (t *Template) usual(policy bool) {
	const day = 24 * time.Hour
	if t.TTL == 0 {
		t.TTL = min(8*time.Hour, max(t.MaxTTL, time.Hour))
		if t.MaxTTL > 0 {
			t.TTL = min(t.TTL, t.MaxTTL)
		}
	}
	if t.MaxTTL == 0 {
		t.MaxTTL = max(7*day, t.TTL)
	}
	if !policy {
		t.Policy = Policy{Warn: []time.Duration{time.Hour}, Stop: true, StopFor: day, Delete: true}
	}
	if t.Summary == "" {
		t.Summary = "An environment as the template " + t.Name + " says"
	}
}

// signoff reads whose word it takes to make one.
func (r *reader) signoff(into **command.SignoffSpec) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		spec := &command.SignoffSpec{Need: 1}
		*into = spec
		within := new(time.Duration)
		r.Each(node, "signoff", field.Map{
			"need": field.Count(&spec.Need, 1, 10), "role": field.Text(&spec.Role), "self": field.Yes(&spec.Self), "within": duration(within),
		})
		spec.Within = *within
		return nil
	}
}

func (r *reader) policy(into *Policy) func(*yaml.Node) error {
	return func(node *yaml.Node) error {
		into.Delete = true
		r.Each(node, "on_expiry", field.Map{
			"warn": func(n *yaml.Node) error {
				for _, item := range field.Items(n) {
					var d time.Duration
					if err := duration(&d)(item); err != nil {
						return err
					}
					into.Warn = append(into.Warn, d)
				}
				slices.Sort(into.Warn)
				slices.Reverse(into.Warn)
				into.Warn = slices.Compact(into.Warn)
				return nil
			},
			"stop": field.Yes(&into.Stop), "stop_for": duration(&into.StopFor), "delete": field.Yes(&into.Delete),
		})
		return nil
	}
}
