package command

import (
	"time"
)

// Values reads parsed arguments, fresh from the grammar or back from JSON. A value that is absent, or of another type, is
// the zero value.
type Values map[string]any

// Has reports whether the argument was given or has a default.
func (v Values) Has(name string) bool { return v[name] != nil }

// String is a string, choice or rest argument; other single values as text.
func (v Values) String(name string) string {
	text, _ := scalar(v[name])
	return text
}

// Int is an int argument.
func (v Values) Int(name string) int64 {
	n, err := (&Arg{Name: name, Type: TypeInt}).adopt(v[name])
	if err != nil {
		return 0
	}
	i, _ := n.(int64)
	return i
}

// Bool is a bool argument.
func (v Values) Bool(name string) bool {
	yes, _ := v[name].(bool)
	return yes
}

// Duration is a duration argument.
func (v Values) Duration(name string) time.Duration {
	text, _ := scalar(v[name])
	d, err := ParseDuration(text)
	if err != nil {
		return 0
	}
	return d
}

// List is a list argument.
func (v Values) List(name string) []string {
	list, _ := texts(v[name])
	return list
}

// Extra are the name=value pairs that are not declared.
func (v Values) Extra() map[string]string {
	switch extra := v[ExtraArg].(type) {
	case map[string]string:
		return extra
	case map[string]any:
		pairs := make(map[string]string, len(extra))
		for name, value := range extra {
			pairs[name], _ = scalar(value)
		}
		return pairs
	}
	return nil
}
