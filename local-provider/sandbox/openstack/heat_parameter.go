package openstack

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// parameterKinds are the types of parameters, as a template names them and as a validation shows them.
var parameterKinds = map[string]string{
	"string": "String", "number": "Number", "boolean": "Boolean", "comma_delimited_list": "CommaDelimitedList", "json": "Json",
}

// truths are what a boolean parameter can be.
var truths = []string{
	"0", "1", "f", "false", "n", "no", "off", "on", "t", "true", "y", "yes",
}

// checkParameters refuses parameters whose declarations make no sense.
func checkParameters(t object, strict bool) error {
	parameters, err := section(t, "parameters")
	if err != nil {
		return err
	}
	for _, name := range sortedKeys(parameters) {
		p, _ := parameters[name].(object)
		kind, _ := p["type"].(string)
		if parameterKinds[kind] == "" {
			return refuseAs(http.StatusBadRequest, "InvalidSchemaError", "Invalid type (%s)", kind)
		}
		v, given := p["default"]
		if !given {
			continue
		}
		if err := fitsKind(kind, v); err != nil && strict {
			return badTemplate("Parameter '%s' is invalid: %v", name, err)
		}
		if err := constrained(p, v); err != nil {
			return refuseAs(http.StatusBadRequest, "InvalidSchemaError", "Parameter '%s' is invalid: Invalid default %s (%v)", name,
				pythonPlain(v), err)
		}
	}
	return nil
}

// checkKnown refuses values for parameters that there are not.
func checkKnown(t, given object) error {
	parameters, _ := t["parameters"].(object)
	for _, name := range sortedKeys(given) {
		if parameters[name] == nil {
			return refuseAs(http.StatusBadRequest, "UnknownUserParameter", "The Parameter (%s) was not defined in template.", name)
		}
	}
	return nil
}

// checkGiven refuses values for parameters that there are not, that do not fit, or that are missing.
func checkGiven(t, given object) error {
	if err := checkKnown(t, given); err != nil {
		return err
	}
	parameters, _ := t["parameters"].(object)
	for _, name := range sortedKeys(parameters) {
		p, _ := parameters[name].(object)
		v, said := given[name]
		if !said {
			if _, usual := p["default"]; !usual {
				return refuseAs(http.StatusBadRequest, "UserParameterMissing", "The Parameter (%s) was not provided.", name)
			}
			continue
		}
		kind, _ := p["type"].(string)
		err := fitsKind(kind, v)
		if err == nil {
			err = constrained(p, v)
		}
		if err != nil {
			return badTemplate("Parameter '%s' is invalid: %v", name, err)
		}
	}
	return nil
}

func fitsKind(kind string, v any) error {
	switch text := pythonPlain(v); kind {
	case "number":
		if _, err := strconv.ParseFloat(text, 64); err != nil {
			return fmt.Errorf("could not convert string to float: '%s'", text)
		}
	case "boolean":
		if !slices.Contains(truths, strings.ToLower(text)) {
			return fmt.Errorf("Unrecognized value '%s', acceptable values are: '%s'", text, strings.Join(truths, "', '")) //nolint:staticcheck // Heat's words
		}
	case "json":
		if _, word := v.(string); word && !json.Valid([]byte(text)) {
			return fmt.Errorf("Value must be valid JSON: %s", text) //nolint:staticcheck // Heat's words
		}
	}
	return nil
}

// constrained refuses a value that one of the parameter's constraints does not let be.
func constrained(p object, v any) error {
	list, _ := p["constraints"].([]any)
	for _, x := range list {
		one, _ := x.(object)
		if err := constrainedBy(one, v); err != nil {
			return err
		}
	}
	return nil
}

func constrainedBy(one object, v any) error {
	text := pythonPlain(v)
	if values, given := one["allowed_values"].([]any); given {
		var words []string
		for _, x := range values {
			if pythonPlain(x) == text {
				return nil
			}
			words = append(words, pythonPlain(x))
		}
		return fmt.Errorf("%q is not an allowed value [\"%s\"]", text, strings.Join(words, "\", \""))
	}
	if pattern, given := one["allowed_pattern"].(string); given {
		if form, err := regexp.Compile("^(?:" + pattern + ")$"); err == nil && !form.MatchString(text) {
			return fmt.Errorf("%q does not match pattern %q", text, pattern)
		}
	}
	if span, given := one["range"].(object); given {
		n, _ := strconv.ParseFloat(text, 64)
		if outside(n, span) {
			return fmt.Errorf("%s is out of range (min: %s, max: %s)", text, python(span["min"]), python(span["max"]))
		}
	}
	if span, given := one["length"].(object); given && outside(float64(len([]rune(text))), span) {
		return fmt.Errorf("length (%d) is out of range (min: %s, max: %s)", len([]rune(text)), python(span["min"]), python(span["max"]))
	}
	return nil
}

func outside(n float64, span object) bool {
	least, low := span["min"].(float64)
	most, high := span["max"].(float64)
	return low && n < least || high && n > most
}

// value is what a parameter stands for: what was given, or its default.
func (st *stack) value(name string) any {
	parameters, _ := st.Template["parameters"].(object)
	p, _ := parameters[name].(object)
	v, given := st.Parameters[name]
	if !given {
		v = p["default"]
	}
	text, word := v.(string)
	switch p["type"] {
	case "comma_delimited_list":
		if word {
			var out []any
			for one := range strings.SplitSeq(text, ",") {
				out = append(out, strings.TrimSpace(one))
			}
			return out
		}
	case "json":
		var out any
		if word && json.Unmarshal([]byte(text), &out) == nil {
			return out
		}
	case "number":
		if n, err := strconv.ParseFloat(text, 64); word && err == nil {
			return n
		}
	case "boolean":
		yes := strings.ToLower(pythonPlain(v))
		return slices.Contains([]string{"1", "t", "true", "y", "yes", "on"}, yes)
	}
	return v
}

// shownParameters are a stack's parameters as it shows them: words, and no hidden ones.
func (st *stack) shownParameters() object {
	out := object{"OS::stack_id": st.ID, "OS::stack_name": st.Name, "OS::project_id": st.Project}
	parameters, _ := st.Template["parameters"].(object)
	for name, x := range parameters {
		p, _ := x.(object)
		if hidden, _ := flag("", p["hidden"]); hidden == true {
			out[name] = "******"
			continue
		}
		v := st.value(name)
		if list, some := v.([]any); some && p["type"] == "comma_delimited_list" {
			words := make([]string, len(list))
			for i, x := range list {
				words[i] = pythonPlain(x)
			}
			v = strings.Join(words, ",")
		}
		out[name] = pythonPlain(v)
	}
	return out
}

// validateTemplate says what a template is. What is wrong with it is refused by the validation, whatever it is called elsewhere.
func (s *Server) validateTemplate(c *call) (answer, error) {
	in, err := c.stackWish()
	if err != nil {
		return answer{}, err
	}
	if err := checkTemplate(in.template, false); err != nil {
		return answer{}, validation(err)
	}
	if err := checkKnown(in.template, in.parameters); err != nil {
		return answer{}, err
	}
	shown := object{}
	parameters, _ := in.template["parameters"].(object)
	for name, x := range parameters {
		p, _ := x.(object)
		kind, _ := p["type"].(string)
		about, _ := p["description"].(string)
		label, _ := p["label"].(string)
		hidden, _ := flag("", p["hidden"])
		one := object{
			"Type": parameterKinds[kind], "Description": about, "NoEcho": pythonLower(hidden == true), "Label": cmp.Or(label, name),
		}
		if v, given := p["default"]; given {
			one["Default"] = v
		}
		if v, given := in.parameters[name]; given {
			one["Value"] = v
		}
		showConstraints(one, p)
		shown[name] = one
	}
	about := "No description"
	if text, given := in.template["description"].(string); given {
		about = text
	}
	return ok(object{"Description": about, "Parameters": shown, "Environment": object{
		"resource_registry": object{"resources": object{}}, "parameters": in.parameters, "parameter_defaults": object{}, "event_sinks": []any{},
	}})
}

// validation is what Heat's validation makes of a refusal of a template.
func validation(err error) error {
	if r, ok := errors.AsType[*refusal](err); ok && r.kind == "StackValidationFailed" {
		return badStack("%s", strings.ReplaceAll(r.message, ": : ", ": ")) // it puts where it is otherwise
	}
	return err
}

// showConstraints says what a parameter may be.
func showConstraints(shown, p object) {
	list, _ := p["constraints"].([]any)
	for _, x := range list {
		one, _ := x.(object)
		for from, to := range map[string]string{"allowed_values": "AllowedValues", "allowed_pattern": "AllowedPattern", "description": "ConstraintDescription"} {
			if v, given := one[from]; given {
				shown[to] = v
			}
		}
		for span, of := range map[string]string{"range": "Value", "length": "Length"} {
			ends, _ := one[span].(object)
			for from, to := range map[string]string{"min": "Min", "max": "Max"} {
				if v, given := ends[from]; given {
					shown[to+of] = v
				}
			}
		}
	}
}
