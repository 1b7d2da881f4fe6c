// Package mask keeps secrets out of what people read: of a program's output as it streams, and of any text.
//
// A secret is found as it is, line by line, and in the forms in which programs commonly print it: escaped for JSON or a
// URL, and in base64, also where it stands in the middle of what was encoded. Whatever else a program makes of a secret
// (a hash, its first half, every second letter) is beyond any mask.
package mask

import (
	"cmp"
	"slices"
	"strings"
)

// Stars is what a reader sees instead: always the same, whatever the length was.
const Stars = "***"

// Mask knows the secrets. It never changes and may be used by several goroutines. A nil Mask masks nothing.
type Mask struct {
	// root is where a text that does not continue any form goes on from, by its next byte; next are all ways on.
	root  [256]int32
	next  map[way]int32
	nodes []node
}

// way leads from one node to another.
type way struct {
	from int32
	by   byte
}

// node is a beginning of one or several forms (Aho and Corasick's automaton).
type node struct {
	depth int32 // its length
	fail  int32 // the longest beginning of a form that it ends with
	found int32 // the length of the longest whole form that it ends with
	// only is the way on where there is just one, as there mostly is; several says that there are more. They spare looking
	// into the map for every byte.
	only    int32
	by      byte
	several bool
}

// New makes a mask of the values. Empty ones are ignored.
func New(values ...string) *Mask {
	m := &Mask{next: make(map[way]int32), nodes: make([]node, 1)}
	for _, value := range values {
		for _, form := range forms(value) {
			m.add(form)
		}
	}
	m.link()
	return m
}

func (m *Mask) add(form string) {
	at := int32(0)
	for i := range len(form) {
		on := way{at, form[i]}
		next, there := m.next[on]
		if !there {
			next = int32(len(m.nodes))
			m.nodes = append(m.nodes, node{depth: m.nodes[at].depth + 1})
			m.next[on] = next
			from := &m.nodes[at]
			from.several = from.only != 0
			from.only, from.by = next, form[i]
		}
		at = next
	}
	m.nodes[at].found = m.nodes[at].depth
}

// link finds for every node where to go on when a text turns out not to continue it, the short ones first.
func (m *Mask) link() {
	ways := make([]way, 0, len(m.next))
	for w := range m.next {
		ways = append(ways, w)
	}
	slices.SortFunc(ways, func(a, b way) int { return cmp.Compare(m.nodes[a.from].depth, m.nodes[b.from].depth) })
	for _, w := range ways {
		to := m.next[w]
		if w.from == 0 {
			m.root[w.by] = to
			continue
		}
		m.nodes[to].fail = m.step(m.nodes[w.from].fail, w.by)
		m.nodes[to].found = max(m.nodes[to].found, m.nodes[m.nodes[to].fail].found)
	}
}

// step goes on by one byte.
func (m *Mask) step(at int32, by byte) int32 {
	for at != 0 {
		on := &m.nodes[at]
		if on.only != 0 && on.by == by {
			return on.only
		}
		if on.several {
			if next, there := m.next[way{at, by}]; there {
				return next
			}
		}
		at = on.fail
	}
	return m.root[by]
}

// empty reports whether there is nothing to mask.
func (m *Mask) empty() bool { return m == nil || len(m.next) == 0 }

// Text is s with Stars in place of each secret; secrets that overlap or touch become one.
func (m *Mask) Text(s string) string {
	if m.empty() {
		return s
	}
	var p passage
	p.take(m, []byte(s))
	p.let(len(p.held))
	return string(p.out)
}

const (
	// ellipsis is where a text was shortened.
	ellipsis = "…"
	// shortHead is the length from which the beginning of a secret is told from chance.
	shortHead = 3
)

// Shortened is Text for one that was shortened before it came here, which an ellipsis shows: what stands before one, and is the beginning
// of a secret, is masked too.
func (m *Mask) Shortened(s string) string {
	if m.empty() || !strings.Contains(s, ellipsis) {
		return m.Text(s)
	}
	var p passage
	rest := s
	for {
		part, after, cut := strings.Cut(rest, ellipsis)
		p.take(m, []byte(part))
		if !cut {
			break
		}
		if begun := int(m.nodes[p.at].depth); begun >= shortHead {
			p.hide(span{from: len(p.held) - begun, to: len(p.held)})
		}
		p.take(m, []byte(ellipsis)) // a secret may have one in it
		rest = after
	}
	p.let(len(p.held))
	return string(p.out)
}
