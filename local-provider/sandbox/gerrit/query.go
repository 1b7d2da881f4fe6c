package gerrit

import (
	"slices"
	"strings"
)

// A predicate says whether a change is one of those that a query asks for.
type predicate func(c *Change) bool

// A query is a parsed search (gerrit-review.googlesource.com/Documentation/user-search.html).
type query struct {
	matches predicate
	limit   int // of "limit:"; 0 for none
}

// A parser reads a query for somebody.
type parser struct {
	s     *Server
	who   *Account
	words []string
	limit int
}

// parseQuery reads a query: operators side by side must all hold, "OR" stands between those of which one must, "-" or "NOT"
// before what must not, and there are parentheses.
func (s *Server) parseQuery(who *Account, text string) (query, error) {
	p := &parser{s: s, who: who, words: queryWords(text)}
	if len(p.words) == 0 {
		return query{matches: func(*Change) bool { return true }}, nil
	}
	matches, err := p.either()
	if err == nil && len(p.words) > 0 {
		err = badRequest("line 1:0 no viable alternative at input '%s'", p.words[0])
	}
	return query{matches: matches, limit: p.limit}, err
}

// either is "a OR b".
func (p *parser) either() (predicate, error) {
	left, err := p.all()
	for err == nil && p.next("OR") {
		var right predicate
		if right, err = p.all(); err == nil {
			a := left
			left = func(c *Change) bool { return a(c) || right(c) }
		}
	}
	return left, err
}

// all is "a b" or "a AND b".
func (p *parser) all() (predicate, error) {
	left, err := p.one()
	for err == nil && len(p.words) > 0 && !slices.Contains([]string{"OR", ")"}, p.words[0]) {
		p.next("AND")
		var right predicate
		if right, err = p.one(); err == nil {
			a := left
			left = func(c *Change) bool { return a(c) && right(c) }
		}
	}
	return left, err
}

func (p *parser) one() (predicate, error) {
	if p.next("NOT") || p.next("-") {
		inner, err := p.one()
		return func(c *Change) bool { return !inner(c) }, err
	}
	if p.next("(") {
		inner, err := p.either()
		if err == nil && !p.next(")") {
			err = badRequest("line 1:0 mismatched input '<EOF>' expecting ')'")
		}
		return inner, err
	}
	if len(p.words) == 0 {
		return nil, badRequest("line 1:0 no viable alternative at input '<EOF>'")
	}
	word := p.words[0]
	p.words = p.words[1:]
	return p.operator(word)
}

// next takes a word when it is the one expected.
func (p *parser) next(word string) bool {
	if len(p.words) == 0 || p.words[0] != word {
		return false
	}
	p.words = p.words[1:]
	return true
}

// queryWords takes a query apart: what stands in double quotes or braces is one word with what is before it.
func queryWords(text string) []string {
	var out []string
	var word strings.Builder
	end := func() {
		if word.Len() > 0 {
			out = append(out, word.String())
			word.Reset()
		}
	}
	closing := rune(0)
	for _, c := range text {
		switch {
		case closing != 0 && c == closing:
			closing = 0
		case closing != 0:
			word.WriteRune(c)
		case c == '"':
			closing = '"'
		case c == '{':
			closing = '}'
		case c == ' ' || c == '+' && word.Len() == 0:
			end()
		case c == '(' || c == ')', c == '-' && word.Len() == 0:
			end()
			out = append(out, string(c))
		default:
			word.WriteRune(c)
		}
	}
	end()
	return out
}
