package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/function"
)

// TestDoorsOpenWhereTheyAreSetUp: with their sections and accounts. A mistake in one is said, and shuts no other.
func TestDoorsOpenWhereTheyAreSetUp(t *testing.T) {
	t.Parallel()
	const reviews = "gerrit: {servers: [{name: review, url: 'https://review.example.org', user: bot}]}\n"
	for name, test := range map[string]struct {
		config, token string
		doors         string
		says          string
	}{
		"nothing":              {"bot: {name: hal}\n", "", "telnet", ""},
		"GitHub and Gerrit":    {"github: {}\n" + reviews, "ghp_x", "telnet github gerrit", ""},
		"GitHub, no account":   {"github: {}\n" + reviews, "", "telnet gerrit", "neither an App"},
		"an App without a key": {"github: {app: {id: 3}}\n", "ghp_x", "telnet", "github-app-key"},
		"GitHub, mistaken":     {"github: {colour: blue}\n" + reviews, "ghp_x", "telnet gerrit", "colour"},
		"Gerrit, mistaken":     {"github: {}\ngerrit: {servers: []}\n", "ghp_x", "telnet github", "servers"},
		"Slack":                {"slack: {}\n", "xoxb-1", "telnet slack", ""},
		"Slack, no token":      {"slack: {}\n" + reviews, "", "telnet gerrit", "slack-token"},
		"Slack, mistaken":      {"slack: {colour: blue}\n" + reviews, "xoxb-1", "telnet gerrit", "colour"},
		"IRC":                  {"irc: {networks: [{name: oftc, server: irc.oftc.net}]}\n", "", "telnet irc", ""},
		"IRC, mistaken":        {"irc: {networks: [{name: OFTC, server: irc.oftc.net}]}\n", "", "telnet", "OFTC"},
		"no such dashboard":    {"github: {}\ndashboard: {url: [1]}\n", "ghp_x", "telnet github", "dashboard"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, err := config.Parse([]byte(test.config))
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			for _, secret := range []string{"github-token", "slack-token"} {
				if test.token == "" {
					continue
				}
				if err := os.WriteFile(filepath.Join(dir, secret), []byte(test.token), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var log bytes.Buffer
			p := &function.Platform{Config: file, Environment: function.Environment{SecretDir: dir}, Log: slog.New(slog.NewTextHandler(&log, nil))}
			doors := openDoors(p)
			want := strings.Fields(test.doors)
			for _, kind := range want {
				if d, open := doors[kind]; !open || d.Apart != (kind != "telnet" && kind != "irc") {
					t.Errorf("%s: %+v", kind, d)
				}
			}
			if len(doors) != len(want) {
				t.Errorf("doors: %v", doors)
			}
			if said := strings.Contains(log.String(), "level=ERROR"); said != (test.says != "") || !strings.Contains(log.String(), test.says) {
				t.Errorf("the log says %q", &log)
			}
		})
	}
}
