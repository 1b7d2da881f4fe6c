package rule

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// add adds numbers, times, and texts; nothing adds nothing. A text and a number make a text.
func add(m *meter, args []any) (any, error) {
	a, b := args[0], args[1]
	switch {
	case a == nil:
		return b, nil
	case b == nil:
		return a, nil
	}
	if x, ok := a.(int); ok {
		if y, ok := b.(int); ok {
			return x + y, nil
		}
	}
	if x, ok := number(a); ok {
		if y, ok := number(b); ok {
			return x + y, nil
		}
	}
	if sum, ok := later(a, b); ok {
		return sum, nil
	}
	_, left := a.(string)
	_, right := b.(string)
	if !left && !right {
		return nil, fmt.Errorf("%s and %s cannot be added", kindOf(a), kindOf(b))
	}
	made := &made{meter: m}
	made.value(a, 0)
	made.value(b, 0)
	return made.done()
}

// later adds durations, to times too.
func later(a, b any) (any, bool) {
	if d, ok := a.(time.Duration); ok {
		a, b = b, any(d)
	}
	d, ok := b.(time.Duration)
	if !ok {
		return nil, false
	}
	switch x := a.(type) {
	case time.Time:
		return x.Add(d), true
	case time.Duration:
		return x + d, true
	}
	return nil, false
}

// match finds a regular expression.
func match(m *meter, args []any) (any, error) {
	pattern, ok := args[1].(*regexp.Regexp)
	text, isText := args[0].(string)
	switch {
	case args[0] == nil:
		return false, nil
	case !ok || !isText:
		return nil, fmt.Errorf("matches looks at a text, not at %s", kindOf(args[0]))
	}
	if err := m.spend(closely(text)); err != nil {
		return nil, err
	}
	return pattern.MatchString(text), nil
}

// step counts a round of a loop.
func step(m *meter, args []any) (any, error) { return args[0], m.spend(1) }

// contains looks for a text in a text, or for an element in a list: both are what people mean by the word.
func contains(m *meter, args []any) (any, error) {
	if _, ok := elements(args[0]); ok {
		return within(m, []any{args[1], args[0]})
	}
	return texts(strings.Contains)(m, args)
}

func starts(m *meter, args []any) (any, error) { return texts(strings.HasPrefix)(m, args) }

func ends(m *meter, args []any) (any, error) { return texts(strings.HasSuffix)(m, args) }

// texts makes a question about two texts; nothing has no part and is none.
func texts(holds func(text, part string) bool) func(m *meter, args []any) (any, error) {
	return func(m *meter, args []any) (any, error) {
		if args[0] == nil || args[1] == nil {
			return false, nil
		}
		text, ok := args[0].(string)
		part, also := args[1].(string)
		if !ok || !also {
			return nil, fmt.Errorf("that compares texts, not %s with %s", kindOf(args[0]), kindOf(args[1]))
		}
		if err := m.spend(plainly(text)); err != nil {
			return nil, err
		}
		return holds(text, part), nil
	}
}

// within looks for an element in a list, a name in a map, or a part in a text.
func within(m *meter, args []any) (any, error) {
	switch held := args[1].(type) {
	case nil:
		return false, nil
	case map[string]any:
		name, ok := args[0].(string)
		_, has := held[name]
		return ok && has, nil
	case string:
		return texts(strings.Contains)(m, []any{held, args[0]})
	}
	all, ok := elements(args[1])
	if !ok {
		return nil, fmt.Errorf("in looks into a list or a map, not into %s", kindOf(args[1]))
	}
	for i := range all.len() {
		if err := m.spend(1); err != nil {
			return nil, err
		}
		if is, err := equal(m, all.at(i), args[0], 0); is || err != nil {
			return is, err
		}
	}
	return false, nil
}
