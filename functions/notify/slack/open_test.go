package slack

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/function"
)

// TestSlackIsADoorWhereItIsSetUp: with its section and its token. A mistake in either is said, without the token.
func TestSlackIsADoorWhereItIsSetUp(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config, token string
		open          bool
		says          string // of what keeps it shut; empty where it is not set up
	}{
		"set up":             {"slack: {end_after: 5m}\njobs: {keep_for: 1h}\ndashboard: {url: https://example.com/, more: 1}\n", "xoxb-1-2-3\n", true, ""},
		"not set up":         {"bot: {name: hal}\n", "", false, ""},
		"not set up, token":  {"bot: {name: hal}\n", "xoxb-1-2-3\n", false, ""},
		"no token":           {"slack: {}\n", "", false, "slack-token"},
		"an empty token":     {"slack: {}\n", "\n", false, "slack-token"},
		"an unknown setting": {"slack: {colour: blue}\n", "xoxb-1-2-3\n", false, "colour"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, err := config.Parse([]byte(test.config))
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			if test.token != "" {
				if err := os.WriteFile(filepath.Join(dir, tokenSecret), []byte(test.token), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			p := &function.Platform{Config: file, Environment: function.Environment{SecretDir: dir}, Log: slog.New(slog.DiscardHandler)}
			d, err := Open(p)
			if !test.open {
				if err == nil || errors.Is(err, door.ErrNotSetUp) != (test.says == "") || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "xoxb-1") {
					t.Errorf("%+v, %v", d, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			s, ok := d.Renderer.(*Door)
			if !ok || !d.Apart || s.dashboard != "https://example.com" || s.endAfter != 5*time.Minute || s.keep != time.Hour || s.bot != "handsoff" {
				t.Errorf("%+v", s)
			}
		})
	}
}
