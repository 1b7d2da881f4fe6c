package gerrit

import (
	"regexp"
	"slices"
	"strconv"
)

var labelForm = regexp.MustCompile(`^([A-Za-z-]+?)(>=|<=|>|<|=|)([+-]?\d+|MAX|MIN|ANY)?(?:,(?:user=)?(.+))?$`)

// label is "Verified+1", "Code-Review>=1", "Verified=-1,user=jenkins".
func (p *parser) label(value string) (predicate, error) {
	m := labelForm.FindStringSubmatch(value)
	if len(m) == 0 {
		return nil, badRequest("Invalid label: %s", value)
	}
	l := labelNamed(m[1])
	if l == nil {
		return nil, badRequest("Invalid label: %s", value)
	}
	fits, err := l.comparison(m[2], m[3])
	if err != nil {
		return nil, err
	}
	only := 0
	if m[4] != "" {
		a, err := p.person(m[4])
		if err != nil {
			return nil, err
		}
		only = a.ID
	}
	return func(c *Change) bool {
		if slices.ContainsFunc(c.Votes, func(v Vote) bool {
			return v.Label == l.name && (only == 0 || only == v.Account) && fits(v.Value)
		}) {
			return true
		}
		voted := slices.ContainsFunc(c.Votes, func(v Vote) bool { return v.Label == l.name })
		return !voted && only == 0 && fits(0)
	}, nil
}

func (l *label) comparison(sign, text string) (func(int) bool, error) {
	n := 1
	switch text {
	case "", "ANY":
		return func(v int) bool { return v != 0 || text == "" }, nil
	case "MAX":
		n = l.highest()
	case "MIN":
		n = l.lowest()
	default:
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			return nil, badRequest("Invalid label value: %s", text)
		}
	}
	switch sign {
	case ">=":
		return func(v int) bool { return v >= n }, nil
	case "<=":
		return func(v int) bool { return v <= n }, nil
	case ">":
		return func(v int) bool { return v > n }, nil
	case "<":
		return func(v int) bool { return v < n }, nil
	}
	return func(v int) bool { return v == n }, nil
}
