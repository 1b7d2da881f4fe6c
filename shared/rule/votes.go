package rule

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Vote is a vote on a label of Gerrit's.
type Vote struct {
	Label string
	Value int
}

// String is the vote as people write it: Code-Review+2.
func (v Vote) String() string { return fmt.Sprintf("%s%+d", v.Label, v.Value) }

// votePattern is a vote as where has it: Code-Review+2, Verified-1, Code-Review>=1, Code-Review<0, or Code-Review for any.
type votePattern struct {
	written string
	not     bool
	label   string
	order   string // = >= <= > <; empty for any value
	value   int
}

var voteForm = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9-]*?)(?:(>=|<=|==|=|>|<)([+-]?\d{1,3})|([+-]\d{1,3}))?$`)

func parseVote(text string) (votePattern, error) {
	rest, not := strings.CutPrefix(text, "!")
	parts := voteForm.FindStringSubmatch(strings.ReplaceAll(rest, " ", ""))
	if parts == nil {
		return votePattern{}, fmt.Errorf("%q is not a vote; write Code-Review+2, Verified-1 or Code-Review>=1", text)
	}
	p := votePattern{written: text, not: not, label: parts[1], order: strings.TrimPrefix(parts[2], "=")}
	number := parts[3]
	if parts[2] != "" && p.order == "" || parts[4] != "" {
		p.order = "="
		number += parts[4]
	}
	p.value, _ = strconv.Atoi(number) // the form has digits only
	return p, nil
}

func (p votePattern) matches(v Vote) bool {
	if !strings.EqualFold(p.label, v.Label) {
		return false
	}
	switch p.order {
	case "=":
		return v.Value == p.value
	case ">=":
		return v.Value >= p.value
	case "<=":
		return v.Value <= p.value
	case ">":
		return v.Value > p.value
	case "<":
		return v.Value < p.value
	}
	return true
}
