package rule

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/handsoff/handsoff/shared/command"
)

// leniency rewrites an expression so that what is missing is no error, and work is counted. Children are visited before
// their parents.
type leniency struct {
	fault    error
	recalled []string
}

// The names under which the rewritten expression finds what nobody can write.
const (
	meterName = " meter"
	fetchName = " fetch"
	truthName = " truth"
	textName  = " text"
	listName  = " list"
	mapName   = " map"
	stepName  = " step"
	addName   = " add"
	matchName = " match"
)

// orders are the functions behind the operators that compare sizes and texts.
var orders = map[string]string{
	"<": " less", ">": " more", "<=": " atmost", ">=": " atleast",
	"contains": " contains", "startsWith": " starts", "endsWith": " ends", "in": " in", "==": " same",
}

// first says what a built-in function takes first, where nil is to count as an empty one.
var first = map[string]string{
	"all": listName, "none": listName, "any": listName, "one": listName, "filter": listName, "map": listName, "find": listName,
	"findIndex": listName, "findLast": listName, "findLastIndex": listName, "count": listName, "sum": listName,
	"sortBy": listName, "reduce": listName,
	"sort": listName, "reverse": listName, "take": listName, "concat": listName,
	"trim": textName, "trimPrefix": textName, "trimSuffix": textName, "upper": textName, "lower": textName,
	"indexOf": textName, "lastIndexOf": textName, "hasPrefix": textName, "hasSuffix": textName, "toBase64": textName,
	"fromBase64": textName, "keys": mapName, "values": mapName,
}

// Visit rewrites one node.
func (l *leniency) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		if n.Value == "$env" {
			l.complainf("$env is not to be had; payload is the whole event")
		}
	case *ast.MemberNode:
		l.note(n)
		patch(node, fetchName, n.Node, n.Property)
	case *ast.SliceNode:
		n.Node = call(n.Node, listName, meterNode(), n.Node)
	case *ast.UnaryNode:
		if n.Operator == "!" || n.Operator == "not" {
			n.Node = truth(n.Node)
		}
	case *ast.ConditionalNode:
		n.Cond = truth(n.Cond)
	case *ast.PredicateNode:
		n.Node = call(n.Node, stepName, meterNode(), n.Node)
	case *ast.BuiltinNode:
		l.builtin(n)
		if n.Name == "count" && len(n.Arguments) == 1 {
			patch(node, " len", meterNode(), n.Arguments[0])
		}
	case *ast.CallNode:
		l.call(node, n)
	case *ast.BinaryNode:
		l.binary(node, n)
	}
}

func (l *leniency) complainf(format string, args ...any) {
	if l.fault == nil {
		l.fault = fmt.Errorf(format, args...)
	}
}

// note remembers which remembered value is asked for.
func (l *leniency) note(n *ast.MemberNode) {
	of, isName := n.Node.(*ast.IdentifierNode)
	name, isText := n.Property.(*ast.StringNode)
	if isName && isText && of.Value == "remembered" && !slices.Contains(l.recalled, name.Value) {
		l.recalled = append(l.recalled, name.Value)
	}
}

// asksForTruth are the built-in functions whose predicate says yes or no.
var asksForTruth = []string{"all", "none", "any", "one", "filter", "find", "findIndex", "findLast", "findLastIndex", "count"}

func (l *leniency) builtin(n *ast.BuiltinNode) {
	if !slices.Contains(kept, n.Name) { // expr disables no function that loops
		l.complainf("there is no function %s%s", n.Name, command.Meant(n.Name, functionNames()))
	}
	if len(n.Arguments) == 0 {
		return
	}
	if kind := first[n.Name]; kind != "" {
		n.Arguments[0] = call(n.Arguments[0], kind, meterNode(), n.Arguments[0])
	}
	if n.Name == "concat" {
		for i := 1; i < len(n.Arguments); i++ {
			n.Arguments[i] = call(n.Arguments[i], listName, meterNode(), n.Arguments[i])
		}
	}
	if len(n.Arguments) > 1 && slices.Contains(asksForTruth, n.Name) {
		if p, ok := n.Arguments[1].(*ast.PredicateNode); ok {
			p.Node = truth(p.Node)
		}
	}
}

// call finds functions that do not exist, and gives ours the meter.
func (l *leniency) call(node *ast.Node, n *ast.CallNode) {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	if !ok {
		l.complainf("only functions can be called, not what an event holds")
		return
	}
	if strings.HasPrefix(callee.Value, " ") {
		return // ours already
	}
	if _, ok := ours[callee.Value]; !ok {
		l.complainf("there is no function %s%s", callee.Value, command.Meant(callee.Value, functionNames()))
		return
	}
	patch(node, " "+callee.Value, append([]ast.Node{meterNode()}, n.Arguments...)...)
}

func (l *leniency) binary(node *ast.Node, n *ast.BinaryNode) {
	switch n.Operator {
	case "&&", "||", "and", "or":
		n.Left, n.Right = truth(n.Left), truth(n.Right)
	case "+":
		patch(node, addName, meterNode(), n.Left, n.Right)
	case "matches":
		l.matches(node, n)
	case "!=":
		patch(node, orders["=="], meterNode(), n.Left, n.Right)
		*node = &ast.UnaryNode{Operator: "!", Node: *node}
	case "-":
		l.minus(n)
	default:
		if name, ok := orders[n.Operator]; ok {
			patch(node, name, meterNode(), n.Left, n.Right)
		}
	}
}

// matches compiles the regular expression once. It must be written out: one that comes with an event is somebody else's.
func (l *leniency) matches(node *ast.Node, n *ast.BinaryNode) {
	written, ok := n.Right.(*ast.StringNode)
	if !ok {
		l.complainf("what stands after matches must be a regular expression in quotes")
		return
	}
	pattern, err := regexp.Compile(written.Value)
	if err != nil {
		l.complainf("the regular expression %q: %s", written.Value, reason(err))
		return
	}
	patch(node, matchName, meterNode(), n.Left, &ast.ConstantNode{Value: pattern})
}

// minus notices remembered.nova-main, which is a subtraction.
func (l *leniency) minus(n *ast.BinaryNode) {
	left, ok := n.Left.(*ast.CallNode)
	if !ok || len(left.Arguments) != 2 {
		return
	}
	of, isName := left.Arguments[0].(*ast.IdentifierNode)
	name, isText := left.Arguments[1].(*ast.StringNode)
	if isName && isText && of.Value == "remembered" {
		l.complainf(`remembered.%s-… is a subtraction; write remembered["%s-…"]`, name.Value, name.Value)
	}
}

func meterNode() ast.Node { return &ast.IdentifierNode{Value: meterName} }

// truth makes a node true or false.
func truth(n ast.Node) ast.Node { return call(n, truthName, n) }

// call makes a call of one of our functions, at the place of at.
func call(at ast.Node, name string, args ...ast.Node) ast.Node {
	n := &ast.CallNode{Callee: &ast.IdentifierNode{Value: name}, Arguments: args}
	n.SetLocation(at.Location())
	return n
}

func patch(node *ast.Node, name string, args ...ast.Node) {
	ast.Patch(node, call(*node, name, args...))
}
