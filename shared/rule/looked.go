package rule

import (
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
)

// maxLooked is how many names of a condition are shown with what they hold.
const maxLooked = 6

// look is a name in an expression, and how to find what it holds.
type look struct {
	name string
	held *program
}

// lookAt finds the names in an expression, once.
func (p *program) lookAt() {
	tree, err := parser.Parse(p.source)
	if err != nil {
		return // it was compiled; its names are not worth a failure
	}
	named := &names{}
	ast.Walk(&tree.Node, named)
	for _, name := range named.longest() {
		if held, err := compile(name); err == nil && len(p.looks) < maxLooked {
			p.looks = append(p.looks, look{name, held})
		}
	}
}

// looked says what the names in an expression hold: "change.wip = true, change.subject = Fix the build".
func (p *program) looked(env *Env) string {
	p.looking.Do(p.lookAt)
	var parts []string
	for _, l := range p.looks {
		value, err := l.held.run(env)
		if err != nil {
			continue
		}
		w := &made{meter: &meter{left: maxWork}}
		w.value(value, 0)
		text, err := w.done()
		switch {
		case err != nil:
			text = "…"
		case value == nil:
			text = "nothing"
		}
		parts = append(parts, l.name+" = "+brief(text, maxSaw/2))
	}
	return strings.Join(parts, ", ")
}

// names collects the names and members in an expression, outside loops.
type names struct{ all []string }

// Visit collects one.
func (n *names) Visit(node *ast.Node) {
	if isPath(*node) {
		if text := (*node).String(); !slices.Contains(n.all, text) {
			n.all = append(n.all, text)
		}
	}
}

func isPath(node ast.Node) bool {
	switch n := node.(type) {
	case *ast.IdentifierNode:
		return true
	case *ast.ChainNode:
		return isPath(n.Node)
	case *ast.MemberNode:
		switch n.Property.(type) {
		case *ast.StringNode, *ast.IntegerNode:
			return isPath(n.Node)
		}
	}
	return false
}

// longest leaves out names that only lead to others: change of change.wip.
func (n *names) longest() []string {
	return slices.DeleteFunc(slices.Clone(n.all), func(name string) bool {
		return slices.ContainsFunc(n.all, func(other string) bool {
			return other != name && strings.HasPrefix(other, name) && strings.ContainsAny(other[len(name):len(name)+1], ".[?")
		})
	})
}
