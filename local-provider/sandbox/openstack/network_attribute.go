package openstack

import (
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// An attribute is what a resource of Neutron's has, and who may do what with it.
type attribute struct {
	name   string
	may    may
	usual  any // what it is when nothing is said
	reader func(name string, v any) (any, error)
}

// may is what can be done with an attribute.
type may int

const (
	atPost    may = 1 << iota // given when the resource is made
	atPut                     // changed later
	needed                    // must be given
	byAdmin                   // only by an admin, unless it is the usual value
	filtered                  // lists can be filtered by it
	sorted                    // lists can be sorted by it
	shown     = filtered | sorted
	changed   = atPost | atPut
	everywhat = changed | shown
)

// commonAttributes are what every resource has.
var commonAttributes = []attribute{
	{name: "id", may: shown},
	{name: "description", may: everywhat, usual: "", reader: text(255)},
	{name: "tenant_id", may: atPost | shown, reader: text(255)},
	{name: "project_id", may: atPost | shown, reader: text(255)},
	{name: "created_at", may: sorted},
	{name: "updated_at", may: sorted},
	{name: "revision_number", may: shown, reader: integer},
	{name: "tags"},
}

// named is the attribute that all but floating IPs and rules have.
var named = attribute{name: "name", may: everywhat, usual: "", reader: text(255)}

func unfit(name, reason string, args ...any) error {
	return refuse(http.StatusBadRequest, "Invalid input for %s. Reason: %s", name, fmt.Sprintf(reason, args...))
}

// python is a JSON value as Neutron's messages write it.
func python(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case []any:
		words := make([]string, len(v))
		for i, x := range v {
			words[i] = pythonQuoted(x)
		}
		return "[" + strings.Join(words, ", ") + "]"
	}
	return fmt.Sprint(v)
}

func pythonQuoted(v any) string {
	if text, ok := v.(string); ok {
		return "'" + text + "'"
	}
	return python(v)
}

// text reads a string of at most so many characters.
func text(most int) func(string, any) (any, error) {
	return func(name string, v any) (any, error) {
		word, ok := v.(string)
		if !ok {
			return nil, unfit(name, "'%s' is not a valid string.", python(v))
		}
		if len([]rune(word)) > most {
			return nil, unfit(name, "'%s' exceeds maximum length of %d.", word, most)
		}
		return word, nil
	}
}

// flag reads what stands for true or false.
func flag(_ string, v any) (any, error) {
	switch strings.ToLower(python(v)) {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return nil, badInput("'%s' cannot be converted to boolean.", python(v))
}

// integer reads a whole number.
func integer(_ string, v any) (any, error) {
	if n, ok := v.(float64); ok && n == math.Trunc(n) && math.Abs(n) < 1<<53 {
		return n, nil
	}
	if word, ok := v.(string); ok {
		if n, err := strconv.Atoi(word); err == nil {
			return float64(n), nil
		}
	}
	return nil, badInput("'%s' is not an integer.", python(v))
}

// orNothing lets null be given, too.
func orNothing(read func(string, any) (any, error)) func(string, any) (any, error) {
	return func(name string, v any) (any, error) {
		if v == nil {
			return nil, nil
		}
		return read(name, v)
	}
}

// uuidForm is what Neutron takes for an id.
var uuidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$`)

// uuid reads the id of a resource.
func uuid(name string, v any) (any, error) {
	if word, ok := v.(string); ok && uuidForm.MatchString(word) {
		return word, nil
	}
	return nil, unfit(name, "'%s' is not a valid UUID.", python(v))
}

// choice reads one of some values.
func choice(values ...any) func(string, any) (any, error) {
	return func(name string, v any) (any, error) {
		if word, ok := v.(string); ok {
			if n, err := strconv.Atoi(word); err == nil && slices.Contains(values, any(float64(n))) {
				return float64(n), nil
			}
		}
		if !slices.Contains(values, v) {
			return nil, unfit(name, "%s is not in valid_values.", python(v))
		}
		return v, nil
	}
}

// ip reads an IP address.
func ip(name string, v any) (any, error) {
	word, _ := v.(string)
	a, err := netip.ParseAddr(word)
	if err != nil {
		return nil, unfit(name, "'%s' is not a valid IP address.", python(v))
	}
	return a.String(), nil
}

// macForm is what Neutron takes for a MAC address.
var macForm = regexp.MustCompile(`^([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}$`)

func mac(name string, v any) (any, error) {
	word, _ := v.(string)
	if !macForm.MatchString(word) {
		return nil, unfit(name, "'%s' is not a valid MAC address.", python(v))
	}
	return strings.ToLower(strings.ReplaceAll(word, "-", ":")), nil
}

// dictionary reads an object.
func dictionary(name string, v any) (any, error) {
	if _, ok := v.(object); !ok {
		return nil, unfit(name, "'%s' is not a dictionary.", python(v))
	}
	return v, nil
}

// array reads a list, each entry of which is read by each.
func array(most int, complaint string, each func(string, any) (any, error)) func(string, any) (any, error) {
	return func(name string, v any) (any, error) {
		list, ok := v.([]any)
		if v == nil {
			list, ok = []any{}, true
		}
		if !ok || len(list) > most {
			return nil, unfit(name, complaint, python(v))
		}
		out := make([]any, len(list))
		for i, x := range list {
			one, err := each(name, x)
			if err != nil {
				return nil, err
			}
			out[i] = one
		}
		return out, nil
	}
}
