package stack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
)

// Only returns the functions of the names in a list with commas, in their own order. An empty list stands for all of them; a name
// that none has is an error.
func Only(functions []Function, list string) ([]Function, error) {
	if strings.TrimSpace(list) == "" {
		return functions, nil
	}
	var chosen []Function
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		i := slices.IndexFunc(functions, func(f Function) bool { return f.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no function %q in the stack file; there %s %s", name, chat.Are(len(functions)), names(functions))
		}
		if !slices.ContainsFunc(chosen, func(f Function) bool { return f.Name == name }) {
			chosen = append(chosen, functions[i])
		}
	}
	slices.SortFunc(chosen, func(a, b Function) int { return strings.Compare(a.Name, b.Name) })
	return chosen, nil
}

func names(functions []Function) string {
	all := make([]string, len(functions))
	for i, f := range functions {
		all[i] = f.Name
	}
	return strings.Join(all, ", ")
}
