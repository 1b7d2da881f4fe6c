package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/handsoff/handsoff/shared/config/check"
	"github.com/handsoff/handsoff/shared/function"
)

// mostMistakes are told in one answer.
const mostMistakes = 20

// configCheck says what is wrong in the configuration as this function's secret has it now, which may be newer than the one it
// runs with.
func (d *dispatcher) configCheck(ctx context.Context, a *asked) (string, error) {
	text, err := os.ReadFile(filepath.Join(d.SecretDir, function.ConfigSecret))
	if errors.Is(err, fs.ErrNotExist) {
		return "There is no configuration: the secret " + function.ConfigSecret + " is not there.", nil
	}
	if err != nil {
		return "", fmt.Errorf("read the configuration: %w", err)
	}
	found := check.File(text, check.Known{Catalogue: a.catalogue})
	d.Log.InfoContext(ctx, "the configuration was checked", "who", a.from.Principal, "found", len(found))
	if len(found) == 0 {
		return "The configuration is right.", nil
	}
	lines := []string{"The configuration has mistakes; a function whose section has one does not start with it."}
	if !check.Wrong(found) {
		lines[0] = "The configuration is right. What may not be meant so:"
	}
	for i, m := range found {
		if i == mostMistakes {
			lines = append(lines, fmt.Sprintf("  and %d more", len(found)-i))
			break
		}
		lines = append(lines, "  "+check.Told(m))
	}
	return strings.Join(lines, "\n"), nil
}
