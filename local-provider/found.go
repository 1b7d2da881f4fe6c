package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/local-provider/stack"
)

// ours begins the name of a secret that is for every function.
const ours = "handsoff-"

// found gives functions the secrets that a home has: of those that they list just these, and those that none lists but whose names say for
// whom they are, ansible-ssh-key for ansible and handsoff-otel-headers for all. So a configuration may name secrets that the stack file of
// a release does not know.
func found(functions []stack.Function, h home.Home) error {
	entries, err := os.ReadDir(h.Secrets())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read the secrets: %w", err)
	}
	there := make([]string, len(entries))
	for i, entry := range entries {
		there[i] = entry.Name()
	}
	unlisted := slices.DeleteFunc(slices.Clone(there), func(name string) bool {
		return slices.ContainsFunc(functions, func(f stack.Function) bool { return slices.Contains(f.Secrets, name) })
	})
	for i := range functions {
		f := &functions[i]
		f.Secrets = slices.DeleteFunc(f.Secrets, func(name string) bool { return !slices.Contains(there, name) })
		for _, name := range unlisted {
			if strings.HasPrefix(name, f.Name+"-") || strings.HasPrefix(name, ours) {
				f.Secrets = append(f.Secrets, name)
			}
		}
	}
	return nil
}
