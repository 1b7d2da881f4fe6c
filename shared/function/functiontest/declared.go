package functiontest

import (
	"maps"
	"slices"
	"testing"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/command/commandtest"
	"github.com/handsoff/handsoff/shared/function"
)

// Declared makes sure that stack.yml and a function's parts have the same commands: what is declared to answer at once is a call, and all else is a step. It
// gives the catalogue of what is declared.
func Declared(tb testing.TB, name string, parts *function.Parts) *command.Catalogue {
	tb.Helper()
	catalogue := command.NewCatalogue(map[string]string{name: command.Declaration(commandtest.Of(tb, name))})
	for _, fault := range catalogue.Faults() {
		tb.Error(fault)
	}
	declared := map[string]bool{}
	for _, c := range catalogue.Commands() {
		declared[c.Words] = true
		_, isCall := parts.Calls[c.Words]
		_, isStep := parts.Steps[c.Words]
		if isCall != c.Now || isStep == c.Now {
			tb.Errorf("%s: call %v, step %v", c.Words, isCall, isStep)
		}
	}
	if len(declared) == 0 {
		tb.Errorf("%s declares no command", name)
	}
	for _, words := range slices.Concat(slices.Collect(maps.Keys(parts.Calls)), slices.Collect(maps.Keys(parts.Steps))) {
		if !declared[words] {
			tb.Errorf("%s is not declared", words)
		}
	}
	return catalogue
}
