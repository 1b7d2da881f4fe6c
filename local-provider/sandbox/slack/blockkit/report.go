package blockkit

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// A Surface is where blocks are shown.
type Surface string

// The surfaces.
const (
	Message Surface = "message"
	Modal   Surface = "modal"
	Home    Surface = "home"
)

// maxProblems is how many problems are told. Slack stops early, too.
const maxProblems = 20

// A report is what was found wrong, and what must be known about all blocks together.
type report struct {
	surface  Surface
	problems []string
	blockIDs map[string]bool
	actions  map[string]bool // of the block that is looked at
	markdown int
	tables   int
	text     int // characters of all texts
	focused  int
	inputs   bool
}

func (r *report) addf(at, format string, args ...any) {
	if len(r.problems) < maxProblems {
		r.problems = append(r.problems, fmt.Sprintf(format, args...)+" [json-pointer:"+at+"]")
	}
}

// A check looks at a value and reports what is wrong with it.
type check func(r *report, at string, v any)

// A field is one of an object's.
type field struct {
	check
	must bool
}

func must(c check) field { return field{c, true} }
func may(c check) field  { return field{c, false} }

type fields map[string]field

// object is a JSON object with exactly these fields; also are checks of the whole.
func object(known fields, also ...func(r *report, at string, o map[string]any)) check {
	return func(r *report, at string, v any) {
		o, ok := v.(map[string]any)
		if !ok {
			r.addf(at, "must provide an object")
			return
		}
		for _, name := range sortedKeys(known) {
			if _, there := o[name]; !there && known[name].must {
				r.addf(at, "missing required field: %s", name)
			}
		}
		for _, name := range sortedKeys(o) {
			f, ok := known[name]
			if !ok {
				r.addf(at, "invalid additional property: %s", name)
				continue
			}
			if f.check != nil {
				f.check(r, at+"/"+name, o[name])
			}
		}
		for _, c := range also {
			c(r, at, o)
		}
	}
}

// length is a string of a number of characters.
func length(least, most int) check {
	return func(r *report, at string, v any) {
		s, ok := v.(string)
		if !ok {
			r.addf(at, "must provide a string")
			return
		}
		n := utf8.RuneCountInString(s)
		if n < least {
			r.addf(at, "must be more than %d characters", least-1)
		}
		if n > most {
			r.addf(at, "must be less than %d characters", most+1)
		}
	}
}

func oneOf(words ...string) check {
	return func(r *report, at string, v any) {
		if s, ok := v.(string); ok && slices.Contains(words, s) {
			return
		}
		r.addf(at, "must be a valid enum value")
	}
}

func boolean(r *report, at string, v any) {
	if _, ok := v.(bool); !ok {
		r.addf(at, "must provide a boolean")
	}
}

// array is a list of a number of items.
func array(least, most int, item check) check {
	return func(r *report, at string, v any) {
		list, ok := v.([]any)
		if !ok {
			r.addf(at, "must provide an array")
			return
		}
		if len(list) < least {
			r.addf(at, "no less than %d items allowed", least)
		}
		if len(list) > most {
			r.addf(at, "no more than %d items allowed", most)
			return
		}
		for i, v := range list {
			item(r, fmt.Sprintf("%s/%d", at, i), v)
		}
	}
}

// typed is an object whose type decides what it must look like.
func typed(kinds map[string]check, allowed ...string) check {
	return func(r *report, at string, v any) {
		o, ok := v.(map[string]any)
		if !ok {
			r.addf(at, "must provide an object")
			return
		}
		kind, ok := o["type"].(string)
		if !ok {
			r.addf(at, "missing required field: type")
			return
		}
		c := kinds[kind]
		if c == nil || (len(allowed) > 0 && !slices.Contains(allowed, kind)) {
			r.addf(at+"/type", "unsupported type: %s", kind)
			return
		}
		c(r, at, v)
	}
}
