package rule

import (
	"slices"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
)

// Paths lists what the template reads: {"steps", "build", "result"} for steps.build.result, and each beginning of that. What a
// name holds that is computed, a[b], is left out from there on.
func (t *Template) Paths() [][]string {
	var all [][]string
	for _, p := range t.pieces {
		if p.hole != nil {
			all = append(all, p.hole.paths()...)
		}
	}
	return all
}

// Paths lists what the condition reads; see [Template.Paths].
func (c *Condition) Paths() [][]string { return c.program.paths() }

// Paths lists what the arguments read; see [Template.Paths].
func (a Args) Paths() [][]string {
	var all [][]string
	for _, value := range a {
		all = append(all, value.paths()...)
	}
	return all
}

func (a argument) paths() [][]string {
	all := a.named.Paths()
	if a.template != nil {
		all = append(all, a.template.Paths()...)
	}
	for _, item := range a.list {
		all = append(all, item.paths()...)
	}
	return all
}

// Fixed is the value of an argument that reads nothing; false for one that does, or that is not there.
func (a Args) Fixed(name string) (any, bool) {
	value, ok := a[name]
	if !ok || len(value.paths()) > 0 {
		return nil, false
	}
	fixed, err := value.value(NewEnv(nil))
	return fixed, err == nil
}

func (p *program) paths() [][]string {
	tree, err := parser.Parse(p.source)
	if err != nil {
		return nil // it was compiled; its names are not worth a failure
	}
	found := &paths{}
	ast.Walk(&tree.Node, found)
	return slices.DeleteFunc(found.all, func(path []string) bool { return slices.Contains(found.own, path[0]) })
}

// paths collects the names and members in an expression.
type paths struct {
	all [][]string
	own []string // functions, and what the expression itself declares
}

// Visit collects one.
func (p *paths) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.CallNode:
		if name, ok := n.Callee.(*ast.IdentifierNode); ok {
			p.own = append(p.own, name.Value)
		}
	case *ast.VariableDeclaratorNode:
		p.own = append(p.own, n.Name)
	}
	if path := pathOf(*node); path != nil {
		p.all = append(p.all, path)
	}
}

// pathOf is a name with its members; nil for anything else.
func pathOf(node ast.Node) []string {
	switch n := node.(type) {
	case *ast.IdentifierNode:
		return []string{n.Value}
	case *ast.ChainNode:
		return pathOf(n.Node)
	case *ast.MemberNode:
		name, ok := n.Property.(*ast.StringNode)
		if before := pathOf(n.Node); ok && before != nil {
			return append(slices.Clone(before), name.Value)
		}
	}
	return nil
}
