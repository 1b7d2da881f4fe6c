package rule

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// ordered compares sizes. Nothing is neither smaller nor larger than anything.
func ordered(holds func(int) bool) func(m *meter, args []any) (any, error) {
	return func(_ *meter, args []any) (any, error) {
		a, b := args[0], args[1]
		if a == nil || b == nil {
			return false, nil
		}
		c, err := compare(a, b)
		return err == nil && holds(c), err
	}
}

// compare orders numbers, texts, times and durations.
func compare(a, b any) (int, error) {
	if x, ok := number(a); ok {
		if y, ok := number(b); ok {
			return cmp.Compare(x, y), nil
		}
	}
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return strings.Compare(x, y), nil
		}
	case time.Time:
		if y, ok := b.(time.Time); ok {
			return x.Compare(y), nil
		}
	case time.Duration:
		if y, ok := b.(time.Duration); ok {
			return cmp.Compare(x, y), nil
		}
	}
	return 0, fmt.Errorf("%s and %s cannot be compared", kindOf(a), kindOf(b))
}

// extreme is the smallest or largest of values, or of one list; nothing does not count.
func extreme(m *meter, args []any, sign int) (any, error) {
	all := list{anys: args}
	if given, ok := elements(args[0]); ok && len(args) == 1 {
		all = given
	}
	if err := m.spend(all.len()); err != nil {
		return nil, err
	}
	var best any
	for i := range all.len() {
		value := all.at(i)
		if value == nil {
			continue
		}
		if best == nil {
			best = value
			continue
		}
		c, err := compare(value, best)
		if err != nil {
			return nil, err
		}
		if c*sign > 0 {
			best = value
		}
	}
	return best, nil
}

// same says whether two values are the same. Two numbers are by what they count.
func same(m *meter, args []any) (any, error) { return equal(m, args[0], args[1], 0) }

func equal(m *meter, a, b any, depth int) (bool, error) {
	if depth > maxDepth {
		return false, errWork
	}
	switch x := a.(type) {
	case nil:
		return b == nil, nil
	case string:
		y, ok := b.(string)
		return ok && x == y, nil
	case bool:
		y, ok := b.(bool)
		return ok && x == y, nil
	case time.Time:
		y, ok := b.(time.Time)
		return ok && x.Equal(y), nil
	case time.Duration:
		y, ok := b.(time.Duration)
		return ok && x == y, nil
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false, nil
		}
		return equalMaps(m, x, y, depth)
	}
	if x, ok := number(a); ok {
		y, ok := number(b)
		return ok && x == y, nil
	}
	x, isList := elements(a)
	y, also := elements(b)
	if !isList || !also || x.len() != y.len() {
		return false, nil
	}
	for i := range x.len() {
		if err := m.spend(1); err != nil {
			return false, err
		}
		if is, err := equal(m, x.at(i), y.at(i), depth+1); !is || err != nil {
			return false, err
		}
	}
	return true, nil
}

func equalMaps(m *meter, x, y map[string]any, depth int) (bool, error) {
	for name, value := range x {
		if err := m.spend(1); err != nil {
			return false, err
		}
		other, has := y[name]
		if !has {
			return false, nil
		}
		if is, err := equal(m, value, other, depth+1); !is || err != nil {
			return false, err
		}
	}
	return true, nil
}
