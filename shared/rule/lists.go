package rule

import "fmt"

// list is any list that an expression can meet: a payload's, or one that expr made.
type list struct {
	anys  []any
	ints  []int
	texts []string
}

// elements is a value as a list.
func elements(value any) (list, bool) {
	switch l := value.(type) {
	case []any:
		return list{anys: l}, true
	case []int:
		return list{ints: l}, true
	case []string:
		return list{texts: l}, true
	}
	return list{}, false
}

func (l list) len() int { return len(l.anys) + len(l.ints) + len(l.texts) }

func (l list) at(i int) any {
	switch {
	case l.anys != nil:
		return l.anys[i]
	case l.ints != nil:
		return l.ints[i]
	}
	return l.texts[i]
}

// orNoText is a text; nothing is an empty one.
func orNoText(m *meter, args []any) (any, error) {
	switch v := args[0].(type) {
	case nil:
		return "", nil
	case string:
		return v, m.spend(anew(v))
	}
	return nil, fmt.Errorf("that needs a text, not %s", kindOf(args[0]))
}

// orNoList is a list, or a text to take a part of; nothing is an empty list.
func orNoList(m *meter, args []any) (any, error) {
	switch v := args[0].(type) {
	case nil:
		return []any{}, nil
	case string:
		return v, m.spend(plainly(v))
	}
	l, ok := elements(args[0])
	if !ok {
		return nil, fmt.Errorf("that needs a list, not %s", kindOf(args[0]))
	}
	return args[0], m.spend(l.len() / 16)
}

// orNoMap is a map; nothing is an empty one.
func orNoMap(m *meter, args []any) (any, error) {
	switch v := args[0].(type) {
	case nil:
		return map[string]any{}, nil
	case map[string]any:
		return v, m.spend(len(v))
	}
	return nil, fmt.Errorf("that needs a map, not %s", kindOf(args[0]))
}

// length counts elements, names, or the characters of a text.
func length(m *meter, args []any) (any, error) {
	switch v := args[0].(type) {
	case nil:
		return 0, nil
	case string:
		return runes(v), m.spend(plainly(v))
	case map[string]any:
		return len(v), nil
	}
	l, ok := elements(args[0])
	if !ok {
		return nil, fmt.Errorf("len counts what a list, a map or a text holds, not %s", kindOf(args[0]))
	}
	return l.len(), nil
}

// uniq leaves each element once, the first.
func uniq(m *meter, args []any) (any, error) {
	if args[0] == nil {
		return []any{}, nil
	}
	all, ok := elements(args[0])
	if !ok {
		return nil, fmt.Errorf("uniq takes a list, not %s", kindOf(args[0]))
	}
	kept := []any{}
	for i := range all.len() {
		again, err := within(m, []any{all.at(i), kept})
		if err != nil {
			return nil, err
		}
		if again == false {
			kept = append(kept, all.at(i))
		}
	}
	return kept, nil
}
