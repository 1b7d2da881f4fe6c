package function_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// A function with a mistake in its configuration does not start, and says what is wrong, where, and what was probably meant.
func TestAMistakeInTheConfigurationIsSaidWithItsPlace(t *testing.T) {
	t.Parallel()
	redis := jobtest.Redis(t).Address
	for _, c := range []struct{ name, text, want string }{
		{"no YAML", "bot: {name: x}\ntea: [\n", "handsoff-config: line 2: this is not YAML: did not find expected node content"},
		{"a shared key", "bot:\n  nme: x\n", "handsoff-config: line 2, column 3: bot.nme: there is no such key; perhaps you meant name"},
		{"a section's key", "bot: {name: x}\ntea:\n  pto: 3\n", "set up: config: line 3, column 3: tea.pto: there is no such key; perhaps you meant pot"},
		{"a section's value", "tea:\n  pot: many\n", `set up: config: line 2, column 8: tea.pot: "many" is not a whole number`},
		{"a section's meaning", "bot: {name: x}\ntea:\n  pot: 7\n", "set up: configuration: tea.pot: 7 are too many (line 3, column 8 of the configuration)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for name, text := range map[string]string{function.KeySecret: newKey + "\n", function.ConfigSecret: c.text} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			env := map[string]string{"secret_mount_path": dir, "redis_address": redis, "bind": "127.0.0.1", "port": "0"}
			err := function.Run(t.Context(), "tea", func(name string) string { return env[name] }, slog.New(slog.DiscardHandler), tea)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("it ends with %v, and should with %q", err, c.want)
			}
		})
	}
}

// tea reads a section as functions do.
func tea(_ context.Context, p *function.Platform) (*function.Parts, error) {
	var section struct {
		Pot int `yaml:"pot"`
	}
	if _, err := p.Config.Section("tea", &section); err != nil {
		return nil, err
	}
	if section.Pot == 7 {
		return nil, errors.New("configuration: tea.pot: 7 are too many")
	}
	return nil, errors.New("it should not have come so far")
}
