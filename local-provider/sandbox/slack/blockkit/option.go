package blockkit

import (
	"reflect"
	"slices"
)

// option is one choice of a menu: its text is plain, unless marked; a link only in overflow menus.
func option(text check, withLink bool) check {
	known := fields{
		"text": must(text), "value": must(length(1, maxOptionValue)), "description": may(plain(maxOptionText)),
	}
	if withLink {
		known["url"] = may(link)
	}
	return object(known)
}

var (
	plainOption = option(plain(maxOptionText), false)
	boxOption   = object(fields{
		"text": must(anyText(maxOptionText)), "value": must(length(1, maxOptionValue)),
		"description": may(anyText(maxOptionText)),
	})
	optionGroup = object(fields{
		"label": must(plain(maxOptionText)), "options": must(array(1, maxOptions, plainOption)),
	})
)

// OptionsProblems checks an answer to a block_suggestion: options or option_groups.
func OptionsProblems(answer []byte) []string {
	v, err := decode(answer)
	if err != nil {
		return []string{"must provide an object"}
	}
	r := newReport(Message)
	object(fields{
		"options": may(array(0, maxOptions, plainOption)), "option_groups": may(array(0, maxOptions, optionGroup)),
	}, exactlyOne("options", "option_groups"))(r, "", v)
	return r.problems
}

func exactlyOne(a, b string) func(r *report, at string, o map[string]any) {
	return func(r *report, at string, o map[string]any) {
		if (o[a] == nil) == (o[b] == nil) {
			r.addf(at, "must provide exactly one of %s, %s", a, b)
		}
	}
}

// initialAmong demands that what is chosen from the start can be chosen.
func initialAmong(r *report, at string, o map[string]any) {
	all := choices(o)
	if one := o["initial_option"]; one != nil && !among(all, one) {
		r.addf(at+"/initial_option", "must match one of the options")
	}
	several, _ := o["initial_options"].([]any)
	for _, one := range several {
		if !among(all, one) {
			r.addf(at+"/initial_options", "must match one of the options")
			return
		}
	}
	if n, ok := number(o["max_selected_items"]); ok && len(several) > n {
		r.addf(at+"/initial_options", "no more than %d items allowed", n)
	}
}

// choices are the options of a menu, also those in groups.
func choices(o map[string]any) []any {
	out, _ := o["options"].([]any)
	groups, _ := o["option_groups"].([]any)
	for _, g := range groups {
		group, _ := g.(map[string]any)
		more, _ := group["options"].([]any)
		out = append(slices.Clip(out), more...)
	}
	return out
}

func among(all []any, one any) bool {
	for _, o := range all {
		if reflect.DeepEqual(o, one) {
			return true
		}
	}
	return false
}

// distinctValues demands that no two options have one value: an app could not tell which was chosen.
func distinctValues(r *report, at string, o map[string]any) {
	seen := map[string]bool{}
	for _, c := range choices(o) {
		option, _ := c.(map[string]any)
		value, _ := option["value"].(string)
		if seen[value] {
			r.addf(at+"/options", "duplicate value: %.80s", value)
			return
		}
		seen[value] = true
	}
}
