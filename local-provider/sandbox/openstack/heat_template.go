package openstack

import (
	"fmt"
	"net/http"
	"slices"
	"sort"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// mostDeep is how deep a template may be nested.
const mostDeep = 64

// templateVersions are those of HOT.
var templateVersions = []string{
	"2013-05-23", "2014-10-16", "2015-04-30", "2015-10-15", "2016-04-08", "2016-10-14", "2017-02-24", "2017-09-01", "2018-03-02",
	"2018-08-31", "2021-04-16", "newton", "ocata", "pike", "queens", "rocky", "wallaby",
}

// templateSections are what a template can hold.
var templateSections = []string{
	"heat_template_version", "description", "parameters", "parameter_groups", "resources", "outputs", "conditions",
}

// badStack is Heat's refusal of what is wrong with a request as a whole.
func badStack(message string, args ...any) error {
	return refuse(http.StatusBadRequest, message, args...)
}

// badTemplate is Heat's refusal of a template.
func badTemplate(message string, args ...any) error {
	return refuseAs(http.StatusBadRequest, "StackValidationFailed", message, args...)
}

// readTemplate reads a template: an object, or its text in YAML or JSON.
func readTemplate(v any) (object, error) {
	switch v := v.(type) {
	case object:
		return v, nil
	case string:
		parsed, err := readYAML(v)
		if err != nil {
			return nil, badStack("Template not in valid format: Error parsing template [root stack] %v", err)
		}
		t, fits := parsed.(object)
		if !fits {
			return nil, badStack("Template not in valid format: The template is not a JSON object or YAML mapping.")
		}
		return t, nil
	case nil:
		return nil, badStack("No template specified")
	}
	return nil, badStack("Template not in valid format: The template is not a JSON object or YAML mapping.")
}

// readYAML reads YAML into what JSON can say.
func readYAML(text string) (any, error) {
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		return nil, err
	}
	return plain(v, 0)
}

// plain turns what the YAML reader has made into what the JSON reader would have.
func plain(v any, depth int) (any, error) {
	if depth > mostDeep {
		return nil, fmt.Errorf("nested deeper than %d", mostDeep)
	}
	switch v := v.(type) {
	case map[string]any:
		out := object{}
		for key, x := range v {
			one, err := plain(x, depth+1)
			if err != nil {
				return nil, err
			}
			out[key] = one
		}
		return out, nil
	case map[any]any:
		out := object{}
		for key, x := range v {
			one, err := plain(x, depth+1)
			if err != nil {
				return nil, err
			}
			out[fmt.Sprint(key)] = one
		}
		return out, nil
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			one, err := plain(x, depth+1)
			if err != nil {
				return nil, err
			}
			out[i] = one
		}
		return out, nil
	case int:
		return float64(v), nil
	case int64:
		return float64(v), nil
	case uint64:
		return float64(v), nil
	case time.Time: // a version is a date
		return v.Format(time.DateOnly), nil
	case nil, bool, float64, string:
		return v, nil
	}
	return nil, fmt.Errorf("a value of type %T", v)
}

// checkTemplate refuses a template that no stack can be made of. A validation does not look at values: strict is for what a stack is to be made of.
func checkTemplate(t object, strict bool) error {
	version, given := t["heat_template_version"]
	if !given {
		return refuseAs(http.StatusBadRequest, "InvalidTemplateVersion", "The template version is invalid: Template version was not provided")
	}
	if word := fmt.Sprint(version); !slices.Contains(templateVersions, word) {
		return refuseAs(http.StatusBadRequest, "InvalidTemplateVersion", "The template version is invalid: \"heat_template_version: %s\". "+
			"\"heat_template_version\" should be one of: %s", word, strings.Join(templateVersions, ", "))
	}
	for _, name := range sortedKeys(t) {
		if !slices.Contains(templateSections, name) {
			return badTemplate("The template section is invalid: %s", name)
		}
	}
	if err := checkParameters(t, strict); err != nil {
		return err
	}
	return checkResources(t, strict)
}

func sortedKeys(m object) []string {
	out := make([]string, 0, len(m))
	for key := range m {
		out = append(out, key)
	}
	sort.Strings(out)
	return out
}

// section is a part of a template; as with Heat's own, an empty list is as good as nothing.
func section(t object, name string) (object, error) {
	switch v := t[name].(type) {
	case nil:
		return object{}, nil
	case object:
		return v, nil
	case []any:
		if len(v) == 0 {
			return object{}, nil
		}
	}
	return nil, badTemplate("The \"%s\" section must contain a map of %[1]s.", name)
}

// checkResources refuses resources of which none can be made.
func checkResources(t object, strict bool) error {
	resources, err := section(t, "resources")
	if err != nil {
		return err
	}
	for _, name := range sortedKeys(resources) {
		r, fits := resources[name].(object)
		if !fits {
			return badTemplate("\"resources\" must contain a map of resource maps. Found a [%s] instead", pythonType(resources[name]))
		}
		kind, _ := r["type"].(string)
		if kind == "" {
			return badTemplate("Each resource must contain a type key.")
		}
		if resourceKinds[kind] == nil {
			return badTemplate("The Resource Type (%s) could not be found.", kind)
		}
		if err := checkResource(t, resources, name, r, strict); err != nil {
			return err
		}
	}
	if loop := circle(resources); loop != nil {
		return refuseAs(http.StatusBadRequest, "CircularDependencyException", "Circular Dependency Found: %s", strings.Join(loop, ", "))
	}
	return checkOutputs(t, resources, strict)
}

func pythonType(v any) string {
	switch v.(type) {
	case string:
		return "<class 'str'>"
	case []any:
		return "<class 'list'>"
	case bool:
		return "<class 'bool'>"
	case float64:
		return "<class 'float'>"
	}
	return "<class 'NoneType'>"
}
