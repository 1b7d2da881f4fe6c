package endtoend

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOpsConversations holds the conversations in testdata/ops, with the real Ansible, ARA and git. The doors come in turn: ARA is
// slow when many playbooks tell it at once what they do.
func TestOpsConversations(t *testing.T) {
	t.Parallel()
	s := start(t, "-ara")
	t.Run("doors", func(t *testing.T) {
		t.Parallel()
		for name, open := range doors() {
			if name != "line-mode" && name != "faas-cli" && name != "irc" { // they differ from others in what is not looked at here
				t.Run(name, func(t *testing.T) { s.converse(t, "testdata/ops/talks", name, open) })
			}
		}
	})
	t.Run("channels", func(t *testing.T) {
		t.Parallel()
		s.in(t).bootstrapWaits()
		s.slackTalks(t, "testdata/ops/slack")
	})
}

// bootstrapWaits has the stage bootstrap of the sandbox's deployment last until it is stopped, once.
func (s *system) bootstrapWaits() {
	s.Helper()
	playbook, err := os.ReadFile(filepath.Join("testdata", "ops", "playbooks", "bootstrap-servers.yml"))
	s.must(err)
	text := strings.Replace(string(playbook), "BEGUN", filepath.Join(string(s.home), "begun"), 1)
	s.repositories().commits("ops/playbooks", "main", "", map[string]string{"kolla/bootstrap-servers.yml": text})
}
