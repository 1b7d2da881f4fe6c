package rule

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// maxPattern is the length of a pattern, in bytes.
const maxPattern = 1000

// pattern is a glob, a regular expression between slashes, or either after ! to exclude.
type pattern struct {
	written string
	not     bool
	exact   string         // the whole text, when it is one without wildcards
	prefix  string         // what a text must begin with
	form    *regexp.Regexp // nil when exact
}

// style is what patterns are about.
type style struct {
	part byte // what separates parts: * stays within one
	fold bool // case does not matter
}

func (s style) parse(text string) (pattern, error) {
	p := pattern{written: text}
	rest, not := strings.CutPrefix(text, "!")
	p.not = not
	switch {
	case rest == "":
		return p, errors.New("an empty pattern matches nothing; leave the line out")
	case len(rest) > maxPattern:
		return p, fmt.Errorf("a pattern has at most %d bytes; this has %d", maxPattern, len(rest))
	}
	var err error
	switch inner, isExpression := expression(rest); {
	case isExpression:
		if s.fold {
			inner = "(?i:" + inner + ")"
		}
		p.form, err = regexp.Compile(inner)
	case strings.ContainsAny(rest, "*?"):
		if s.fold {
			rest = strings.ToLower(rest)
		}
		p.prefix = rest[:strings.IndexAny(rest, "*?")]
		p.form, err = regexp.Compile(s.glob(rest))
	default:
		p.exact = s.folded(rest)
	}
	if err != nil {
		return p, fmt.Errorf("%s: %s", text, reason(err))
	}
	return p, nil
}

// expression is what stands between slashes.
func expression(text string) (string, bool) {
	if len(text) < len("/x/") || text[0] != '/' || text[len(text)-1] != '/' {
		return "", false
	}
	return text[1 : len(text)-1], true
}

// reason is what is wrong with a regular expression.
func reason(err error) string {
	if fault, ok := errors.AsType[*syntax.Error](err); ok {
		return string(fault.Code) + ": " + fault.Expr
	}
	return err.Error()
}

// glob is a glob as a regular expression: ** is any text, * any within a part, ? one character within a part.
func (s style) glob(text string) string {
	var b strings.Builder
	b.WriteString(`\A(?s:`)
	within := "[^" + regexp.QuoteMeta(string(s.part)) + "]"
	for i := 0; i < len(text); {
		switch {
		case strings.HasPrefix(text[i:], "**"):
			b.WriteString(".*")
			i += len("**")
		case text[i] == '*':
			b.WriteString(within + "*")
			i++
		case text[i] == '?':
			b.WriteString(within)
			i++
		default:
			end := i + 1
			for end < len(text) && text[end] != '*' && text[end] != '?' {
				end++
			}
			b.WriteString(regexp.QuoteMeta(text[i:end]))
			i = end
		}
	}
	b.WriteString(`)\z`)
	return b.String()
}

func (s style) folded(text string) string {
	if s.fold {
		return strings.ToLower(text)
	}
	return text
}

// matches compares with a text that is folded already.
func (p *pattern) matches(text string) bool {
	if p.form == nil {
		return text == p.exact
	}
	return strings.HasPrefix(text, p.prefix) && p.form.MatchString(text)
}
