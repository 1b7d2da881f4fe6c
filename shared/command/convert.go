package command

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
)

// The types of an argument, and what a parsed value is in Args.
const (
	TypeString   = "string"   // string
	TypeInt      = "int"      // int64, at most MaxInt either way
	TypeBool     = "bool"     // bool
	TypeDuration = "duration" // string, as FormatDuration writes it
	TypeChoice   = "choice"   // string, one of the choices, spelled as they are
	TypeList     = "list"     // []string
	TypeRest     = "rest"     // string: everything left, as it stands
)

// ExtraArg is the name under which name=value pairs that are not declared arrive, as map[string]string.
const ExtraArg = "extra"

// MaxInt is the largest int argument: JSON keeps whole numbers exactly up to there.
const MaxInt = 1 << 53

const (
	maxItems = 200      // items of a list, or extra pairs
	maxValue = 64 << 10 // bytes of one value that comes from a rule or a button
)

// kind is the argument's type.
func (a *Arg) kind() string {
	if a.Type == "" {
		return TypeString
	}
	return a.Type
}

// required reports whether the argument must be given.
func (a *Arg) required() bool { return a.Default == nil && !a.Optional }

// convert makes the argument's value of typed text; the error is a [Mistake].
func (a *Arg) convert(text string) (any, error) {
	switch a.kind() {
	case TypeInt:
		n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		if err != nil || n > MaxInt || n < -MaxInt {
			return nil, a.wrong("a whole number", text)
		}
		return n, nil
	case TypeBool:
		return a.truth(text)
	case TypeDuration:
		d, err := ParseDuration(text)
		if err != nil {
			return nil, a.wrong("a time such as 90s, 1h30m or 2d", text)
		}
		return FormatDuration(d), nil
	case TypeChoice:
		return a.choice(text)
	case TypeList:
		return a.items(strings.Split(text, ","))
	}
	return text, nil
}

func (a *Arg) truth(text string) (any, error) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "1", "t", "true", "on", "y", "yes":
		return true, nil
	case "0", "f", "false", "off", "n", "no":
		return false, nil
	}
	return nil, a.wrong("yes or no", text)
}

func (a *Arg) choice(text string) (any, error) {
	for _, c := range a.Choices {
		if strings.EqualFold(c, strings.TrimSpace(text)) {
			return c, nil
		}
	}
	return nil, a.wrong(chat.Series(a.Choices, "or"), text)
}

func (a *Arg) items(texts []string) (any, error) {
	list := make([]string, 0, len(texts))
	for _, t := range texts {
		if t = strings.TrimFunc(t, isSpace); t != "" {
			list = append(list, t)
		}
	}
	if len(list) > maxItems {
		return nil, mistake(fmt.Sprintf("%s has %d items; it may have %d.", a.Name, len(list), maxItems))
	}
	return list, nil
}

func (a *Arg) wrong(want, text string) error {
	if a.Secret {
		return mistake(fmt.Sprintf("%s must be %s.", a.Name, want))
	}
	return mistake(fmt.Sprintf("%s must be %s, not %s.", a.Name, want, shown(text)))
}

// adopt makes the argument's value of one that came as JSON or YAML, or in a Go map; the error is a [Mistake]. A text is
// one value and is never read as words.
func (a *Arg) adopt(value any) (any, error) {
	if a.kind() == TypeList {
		if list, ok := texts(value); ok {
			return a.each(list)
		}
	}
	text, ok := scalar(value)
	if !ok {
		return nil, mistake(fmt.Sprintf("%s must be a single value.", a.Name))
	}
	if a.kind() == TypeList { // a comma in it splits nothing: who wants more items gives a list
		return a.each([]string{text})
	}
	if err := fits(a.Name, text); err != nil {
		return nil, err
	}
	return a.convert(text)
}

// each checks the items of a list that came as one: an item may hold a comma.
func (a *Arg) each(list []string) (any, error) {
	for _, item := range list {
		if err := fits(a.Name, item); err != nil {
			return nil, err
		}
	}
	return a.items(list)
}

func fits(name, text string) error {
	if len(text) > maxValue {
		return mistake(fmt.Sprintf("%s has %d bytes; it may have %d.", name, len(text), maxValue))
	}
	return readable(text)
}

// scalar is the text of a single value.
func scalar(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case int:
		return strconv.Itoa(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case uint64:
		return strconv.FormatUint(v, 10), true
	case float64:
		if v == math.Trunc(v) && math.Abs(v) <= MaxInt {
			return strconv.FormatInt(int64(v), 10), true
		}
		return strconv.FormatFloat(v, 'f', -1, 64), !math.IsNaN(v) && !math.IsInf(v, 0)
	case json.Number:
		return v.String(), true
	case time.Duration:
		return FormatDuration(v), v >= 0
	}
	return "", false
}

// texts are the items of a list value.
func texts(value any) ([]string, bool) {
	switch list := value.(type) {
	case []string:
		return slices.Clone(list), true
	case []any:
		items := make([]string, len(list))
		for i, v := range list {
			var ok bool
			if items[i], ok = scalar(v); !ok {
				return nil, false
			}
		}
		return items, true
	}
	return nil, false
}
