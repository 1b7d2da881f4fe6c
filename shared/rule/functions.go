package rule

import (
	"fmt"
	"slices"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/builtin"
)

// function is one of ours. The first argument that it is called with is the evaluation's meter.
type function struct {
	least, most int // arguments
	do          func(m *meter, args []any) (any, error)
}

// ours are the functions that we bring, or do in place of expr's: with nil as nothing, and with bounded work.
var ours = map[string]function{
	"short":      {1, 1, short},
	"first_line": {1, 1, firstLine},
	"len":        {1, 1, length},
	"string":     {1, 1, asText},
	"toJSON":     {1, 1, asJSON},
	"fromJSON":   {1, 1, ofJSON},
	"split":      {2, 2, split},
	"join":       {1, 2, join},
	"replace":    {3, 3, replace},
	"first":      {1, 1, func(_ *meter, args []any) (any, error) { return member(args[0], 0), nil }},
	"last":       {1, 1, func(_ *meter, args []any) (any, error) { return member(args[0], -1), nil }},
	"uniq":       {1, 1, uniq},
	"min":        {1, 20, func(m *meter, args []any) (any, error) { return extreme(m, args, -1) }},
	"max":        {1, 20, func(m *meter, args []any) (any, error) { return extreme(m, args, 1) }},
}

// operators are the functions that stand for operators in a rewritten expression, by the names that nobody can write.
var operators = map[string]function{
	addName:     {2, 2, add},
	matchName:   {2, 2, match},
	stepName:    {1, 1, step},
	textName:    {1, 1, orNoText},
	listName:    {1, 1, orNoList},
	mapName:     {1, 1, orNoMap},
	" same":     {2, 2, same},
	" in":       {2, 2, within},
	" less":     {2, 2, ordered(func(c int) bool { return c < 0 })},
	" more":     {2, 2, ordered(func(c int) bool { return c > 0 })},
	" atmost":   {2, 2, ordered(func(c int) bool { return c <= 0 })},
	" atleast":  {2, 2, ordered(func(c int) bool { return c >= 0 })},
	" contains": {2, 2, contains},
	" starts":   {2, 2, starts},
	" ends":     {2, 2, ends},
}

// kept are the functions of expr's own that there are. The others are left out: nobody needs them in a rule, or their work
// cannot be bounded.
var kept = []string{
	"all", "none", "any", "one", "filter", "map", "find", "findIndex", "findLast", "findLastIndex", "count", "sum",
	"sortBy", "reduce", "sort", "reverse", "take", "concat", "keys", "values", "trim", "trimPrefix", "trimSuffix", "upper",
	"lower", "indexOf", "lastIndexOf", "hasPrefix", "hasSuffix", "toBase64", "fromBase64", "abs", "ceil", "floor", "round", "int",
	"float", "type", "now", "date", "duration",
}

// functions makes expr know all that, and no more.
var functions = options()

func options() []expr.Option {
	var all []expr.Option
	for _, name := range builtin.Names {
		if !slices.Contains(kept, name) {
			all = append(all, expr.DisableBuiltin(name))
		}
	}
	for name, f := range ours {
		all = append(all, expr.Function(" "+name, f.metered(name)))
	}
	for name, f := range operators {
		all = append(all, expr.Function(name, f.metered(name)))
	}
	return append(all,
		expr.Function(fetchName, func(args ...any) (any, error) { return member(args[0], args[1]), nil }),
		expr.Function(truthName, func(args ...any) (any, error) { return asTruth(args[0]), nil }),
	)
}

// metered makes the function that expr calls.
func (f function) metered(name string) func(args ...any) (any, error) {
	return func(args ...any) (any, error) {
		m, ok := args[0].(*meter)
		if !ok {
			return nil, fmt.Errorf("%s: no meter", name)
		}
		args = args[1:]
		if len(args) < f.least || len(args) > f.most {
			return nil, fmt.Errorf("%s takes %s", name, takes(f.least, f.most))
		}
		if err := m.spend(1); err != nil {
			return nil, err
		}
		return f.do(m, args)
	}
}

func takes(least, most int) string {
	switch {
	case least == most && most == 1:
		return "one argument"
	case least == most:
		return fmt.Sprintf("%d arguments", most)
	}
	return fmt.Sprintf("%d to %d arguments", least, most)
}

// functionNames are all that can be called, for suggestions.
func functionNames() []string {
	names := slices.Clone(kept)
	for name := range ours {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
