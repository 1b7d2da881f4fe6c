package openstack

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// functions are the functions of a template that are worked out.
var functions = []string{"get_param", "get_resource", "get_attr", "str_replace", "list_join"}

// called is the function that a value is a call of, and its argument; an empty name for a plain value.
func called(v any) (name string, arg any) {
	m, _ := v.(object)
	if len(m) != 1 {
		return "", nil
	}
	for key, value := range m {
		if slices.Contains(functions, key) {
			return key, value
		}
	}
	return "", nil
}

// walk visits the calls of functions in a value.
func walk(v any, visit func(name string, arg any) error) error {
	if name, arg := called(v); name != "" {
		if err := visit(name, arg); err != nil {
			return err
		}
	}
	switch v := v.(type) {
	case object:
		for _, key := range sortedKeys(v) {
			if err := walk(v[key], visit); err != nil {
				return err
			}
		}
	case []any:
		for _, x := range v {
			if err := walk(x, visit); err != nil {
				return err
			}
		}
	}
	return nil
}

// resolve works a value out. A part that is not there yet is null.
func (s *Server) resolve(c *call, st *stack, v any) (any, error) {
	name, arg := called(v)
	switch name {
	case "get_param":
		return s.getParam(c, st, arg)
	case "get_resource":
		if r := st.named(firstWord(arg)); r != nil {
			return r.reference(), nil
		}
		return nil, nil
	case "get_attr":
		return s.getAttr(c, st, arg)
	case "str_replace":
		return s.strReplace(c, st, arg)
	case "list_join":
		return s.listJoin(c, st, arg)
	}
	switch v := v.(type) {
	case object:
		out := object{}
		for key, x := range v {
			one, err := s.resolve(c, st, x)
			if err != nil {
				return nil, err
			}
			out[key] = one
		}
		return out, nil
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			one, err := s.resolve(c, st, x)
			if err != nil {
				return nil, err
			}
			out[i] = one
		}
		return out, nil
	}
	return v, nil
}

// named is a resource of a stack by its name, nil for none.
func (st *stack) named(name string) *stackResource {
	for _, r := range st.Resources {
		if r.Name == name && !r.Old {
			return r
		}
	}
	return nil
}

func (s *Server) getParam(c *call, st *stack, arg any) (any, error) {
	name := firstWord(arg)
	var v any
	switch name {
	case "OS::stack_name":
		v = st.Name
	case "OS::stack_id":
		v = st.ID
	case "OS::project_id":
		v = st.Project
	default:
		v = st.value(name)
	}
	if list, some := arg.([]any); some && len(list) > 1 {
		return s.follow(c, st, v, list[1:])
	}
	return v, nil
}

func (s *Server) getAttr(c *call, st *stack, arg any) (any, error) {
	list, _ := arg.([]any)
	r := st.named(firstWord(arg))
	if r == nil || len(list) < 2 {
		return nil, nil
	}
	return s.follow(c, st, s.attributes(c, st, r)[fmt.Sprint(list[1])], list[2:])
}

// follow goes down a path of names and places into a value.
func (s *Server) follow(c *call, st *stack, v any, path []any) (any, error) {
	for _, step := range path {
		key, err := s.resolve(c, st, step)
		if err != nil {
			return nil, err
		}
		switch at := v.(type) {
		case object:
			v = at[pythonPlain(key)]
		case []any:
			i, fails := strconv.Atoi(pythonPlain(key))
			if v = nil; fails == nil && i >= 0 && i < len(at) {
				v = at[i]
			}
		default:
			return nil, nil
		}
	}
	return v, nil
}

// pythonPlain is a value as a word.
func pythonPlain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case object, []any:
		text, err := json.Marshal(v)
		if err != nil {
			return ""
		}
		return string(text)
	}
	return python(v)
}

// strReplace puts values into a text, the longest names first, and what was put in is left alone.
func (s *Server) strReplace(c *call, st *stack, arg any) (any, error) {
	in, _ := arg.(object)
	template, err := s.resolve(c, st, in["template"])
	if err != nil {
		return nil, err
	}
	params, err := s.resolve(c, st, in["params"])
	if err != nil {
		return nil, err
	}
	text, fits := template.(string)
	values, given := params.(object)
	if !fits || !given {
		return nil, errors.New("\"str_replace\" needs a template that is a text, and params that are a map")
	}
	keys := sortedKeys(values)
	slices.SortStableFunc(keys, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, key := range keys {
		if key != "" {
			word := ""
			if values[key] != nil {
				word = pythonPlain(values[key])
			}
			pairs = append(pairs, key, word)
		}
	}
	return strings.NewReplacer(pairs...).Replace(text), nil
}

func (s *Server) listJoin(c *call, st *stack, arg any) (any, error) {
	list, _ := arg.([]any)
	if len(list) < 2 {
		return nil, errors.New("\"list_join\" needs a delimiter and a list")
	}
	delimiter, fits := list[0].(string)
	if !fits {
		return nil, errors.New("the delimiter of \"list_join\" must be a text")
	}
	var words []string
	for _, part := range list[1:] {
		v, err := s.resolve(c, st, part)
		if err != nil {
			return nil, err
		}
		if v == nil {
			continue
		}
		entries, fits := v.([]any)
		if !fits {
			return nil, refuseAs(http.StatusBadRequest, "StackValidationFailed", "Incorrect arguments to \"list_join\": a list is needed")
		}
		for _, x := range entries {
			words = append(words, pythonPlain(x))
		}
	}
	return strings.Join(words, delimiter), nil
}
