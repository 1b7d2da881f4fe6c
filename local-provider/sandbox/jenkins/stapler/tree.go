package stapler

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

const (
	// maxTreeLength bounds the expression. Jenkins itself is bounded by the length of a request line.
	maxTreeLength = 64 << 10
	// maxTreeDepth bounds the nesting, so that an expression cannot use up the stack.
	maxTreeDepth = 200
)

// ErrTree is wrapped by every complaint about a `tree=` expression.
var ErrTree = errors.New("malformed tree expression")

// A Tree is a parsed `tree=` expression: the names to show and what to show below each.
type Tree struct {
	children map[string]*Tree
	span     span
}

// A span is the part of an array to show: `{5}`, `{2,5}`, `{2,}` or `{,5}`.
type span struct{ from, to int }

func newTree() *Tree {
	return &Tree{children: map[string]*Tree{}, span: span{to: math.MaxInt}}
}

// ParseTree reads an expression such as `jobs[name,lastBuild[number]]{0,5}`. A name given twice counts once, the last time.
// The grammar is Stapler's: no spaces are skipped, and a name may hold anything but `,[]{}`.
func ParseTree(text string) (*Tree, error) {
	if len(text) > maxTreeLength {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrTree, maxTreeLength)
	}
	p := &treeParser{text: text}
	root := newTree()
	if err := p.list(root, 0); err != nil {
		return nil, err
	}
	if p.pos != len(text) {
		return nil, p.expected("EOF")
	}
	return root, nil
}

type treeParser struct {
	text string
	pos  int
}

func (p *treeParser) expected(what string) error {
	return fmt.Errorf("%w: expected %s at %d", ErrTree, what, p.pos)
}

// accept moves past one punctuation character if it is next.
func (p *treeParser) accept(c byte) bool {
	if p.pos < len(p.text) && p.text[p.pos] == c {
		p.pos++
		return true
	}
	return false
}

// word reads up to the next punctuation character.
func (p *treeParser) word() string {
	rest := p.text[p.pos:]
	if end := strings.IndexAny(rest, ",[]{}"); end >= 0 {
		rest = rest[:end]
	}
	p.pos += len(rest)
	return rest
}

func (p *treeParser) list(into *Tree, depth int) error {
	if depth > maxTreeDepth {
		return fmt.Errorf("%w: nested deeper than %d", ErrTree, maxTreeDepth)
	}
	for {
		if err := p.node(into, depth); err != nil {
			return err
		}
		if !p.accept(',') {
			return nil
		}
	}
}

func (p *treeParser) node(into *Tree, depth int) error {
	name := p.word()
	if name == "" {
		return p.expected("name")
	}
	child := newTree()
	into.children[name] = child
	if p.accept('[') {
		if err := p.list(child, depth+1); err != nil {
			return err
		}
		if !p.accept(']') {
			return p.expected("RBRACE")
		}
	}
	if p.accept('{') {
		var err error
		if child.span, err = p.span(); err != nil {
			return err
		}
		if !p.accept('}') {
			return p.expected("QRBRACE")
		}
	}
	return nil
}

func (p *treeParser) span() (span, error) {
	if p.accept(',') {
		to, err := p.number()
		return span{to: to}, err
	}
	from, err := p.number()
	if err != nil {
		return span{}, err
	}
	if !p.accept(',') {
		return span{from: from, to: from + 1}, nil
	}
	if p.pos < len(p.text) && p.text[p.pos] == '}' {
		return span{from: from, to: math.MaxInt}, nil
	}
	to, err := p.number()
	return span{from: from, to: to}, err
}

// number reads digits; Java's int is the limit, as in Stapler.
func (p *treeParser) number() (int, error) {
	at := p.pos
	word := p.word()
	n, err := strconv.ParseUint(word, 10, 31)
	if err != nil {
		p.pos = at
		return 0, p.expected("number")
	}
	return int(n), nil
}

// cut applies the span to a list.
func (s span) cut(list List) List {
	to := min(s.to, len(list))
	if s.from >= to {
		return List{}
	}
	return list[s.from:to]
}
