package rule

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser/lexer"
	"github.com/expr-lang/expr/vm"
)

// program is a compiled expression.
type program struct {
	code     *vm.Program
	source   string
	recalled []string // the remembered values that it names

	looking sync.Once
	looks   []look
}

// machines are idle virtual machines: their stacks are worth keeping.
var machines = sync.Pool{New: func() any { return &vm.VM{MemoryBudget: maxElements} }}

// maxElvis bounds x ?: y. Expr reads it as x ? x : y with one x at both places, so that a chain of them takes twice as long
// with each.
const maxElvis = 8

// elvises counts ?: in an expression.
func elvises(source string) int {
	tokens, err := lexer.Lex(file.NewSource(source))
	if err != nil {
		return 0 // compiling it says what is wrong
	}
	count := 0
	for i := 1; i < len(tokens); i++ {
		if tokens[i-1].Is(lexer.Operator, "?") && tokens[i].Is(lexer.Operator, ":") {
			count++
		}
	}
	return count
}

// compile reads an expression. Errors are sentences for people.
func compile(source string) (*program, error) {
	if len(source) > maxSource {
		return nil, fmt.Errorf("an expression has at most %d bytes; this has %d", maxSource, len(source))
	}
	if strings.TrimSpace(source) == "" {
		return nil, errors.New("the expression is empty")
	}
	if elvises(source) > maxElvis {
		return nil, fmt.Errorf("more than %d times ?: in one expression; ?? does not have that bound", maxElvis)
	}
	lenient := &leniency{}
	options := append([]expr.Option{
		expr.Env(map[string]any{}), expr.AllowUndefinedVariables(), expr.AsAny(),
		expr.MaxNodes(maxNodes), expr.Optimize(false), expr.Patch(lenient),
	}, functions...)
	code, err := expr.Compile(source, options...)
	if lenient.fault != nil {
		return nil, lenient.fault
	}
	if err != nil {
		return nil, errors.New(oneLine(err))
	}
	return &program{code: code, source: source, recalled: lenient.recalled}, nil
}

// run evaluates it. An error is a sentence for people; it may quote the payload.
func (p *program) run(env *Env) (any, error) {
	machine, _ := machines.Get().(*vm.VM)
	env.meter.left = maxWork
	value, err := machine.Run(p.code, env.names)
	if err != nil {
		return nil, errors.New(oneLine(err)) // the machine's state is unknown: it is not used again
	}
	clear(machine.Stack[:cap(machine.Stack)])
	clear(machine.Variables)
	machines.Put(machine)
	return value, nil
}

// oneLine is the first line of an error of expr: what is wrong and where; the lines below draw an arrow.
func oneLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	if strings.Contains(line, `Operator("=")`) {
		line += "; two values are compared with =="
	}
	return line
}
