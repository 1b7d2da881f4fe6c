package jenkins

import (
	"slices"
	"strings"
)

// The Java classes of the parameter types that Jenkins itself has, and (as the example of a
// type that no client knows) one of the extended-choice-parameter plugin.
const (
	stringParam   = "hudson.model.StringParameterDefinition"
	booleanParam  = "hudson.model.BooleanParameterDefinition"
	choiceParam   = "hudson.model.ChoiceParameterDefinition"
	passwordParam = "hudson.model.PasswordParameterDefinition"
	runParam      = "hudson.model.RunParameterDefinition"
	fileParam     = "hudson.model.FileParameterDefinition"
	extendedParam = "com.cwctravel.hudson.plugins.extended__choice__parameter.ExtendedChoiceParameterDefinition"
)

// A definition is one parameter that a job declares.
type definition struct {
	class       string // as in config.xml, where an underscore of the class is doubled
	name        string
	description string
	fallback    string   // the default value, as text
	choices     []string // of a choice, and of an extended one
	kind        string   // of an extended choice: PT_CHECKBOX and others
	delimiter   string   // of an extended choice: what stands between several values
	trim        bool     // of a string
	project     string   // of a run: whose builds
	filter      string   // of a run: which builds
}

// parameterDefinitions reads the definitions of a job from its config.xml.
func parameterDefinitions(root *element) []definition {
	list := root.path("properties", "hudson.model.ParametersDefinitionProperty", "parameterDefinitions")
	if list == nil {
		return nil
	}
	defs := make([]definition, 0, len(list.Nodes))
	for i := range list.Nodes {
		defs = append(defs, newDefinition(&list.Nodes[i]))
	}
	return defs
}

func newDefinition(e *element) definition {
	d := definition{
		class:       e.XMLName.Local,
		name:        e.text("name"),
		description: e.text("description"),
		fallback:    e.text("defaultValue"),
		trim:        e.text("trim") == "true",
		project:     e.text("projectName"),
		filter:      e.text("filter"),
	}
	switch d.class {
	case choiceParam:
		d.choices = choices(e.path("choices"))
	case extendedParam:
		d.kind, d.delimiter = e.text("type"), e.text("multiSelectDelimiter")
		for choice := range strings.SplitSeq(e.text("value"), ",") {
			d.choices = append(d.choices, strings.TrimSpace(choice))
		}
	}
	return d
}

// choices reads both ways in which Jenkins has stored them: <choices class="…"><a><string/>…</a></choices> and
// <choices><string/>…</choices>.
func choices(e *element) []string {
	var out []string
	for e != nil {
		var inner *element
		for i := range e.Nodes {
			if e.Nodes[i].XMLName.Local == "string" {
				out = append(out, e.Nodes[i].Text)
				continue
			}
			inner = &e.Nodes[i]
		}
		e = inner
	}
	return out
}

// javaClass is the class as the API shows it.
func (d definition) javaClass() string { return strings.ReplaceAll(d.class, "__", "_") }

// typeName is the API's `type`: the class without its package, except that the extended choice has a notion of its own.
func (d definition) typeName() string {
	if d.class == extendedParam {
		return d.kind
	}
	class := d.javaClass()
	return class[strings.LastIndexByte(class, '.')+1:]
}

// valueClass is the class of the definition's values.
func (d definition) valueClass() string {
	if d.class == choiceParam {
		return "hudson.model.StringParameterValue"
	}
	return strings.TrimSuffix(d.javaClass(), "Definition") + "Value"
}

func (d definition) allows(choice string) bool { return slices.Contains(d.choices, choice) }
