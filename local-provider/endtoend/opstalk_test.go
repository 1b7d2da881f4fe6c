package endtoend

import "testing"

// TestOpsConversations holds the conversations in testdata/ops, with the real Ansible, ARA and git.
func TestOpsConversations(t *testing.T) {
	t.Parallel()
	s := start(t, "-ara")
	for name, open := range doors() {
		if name != "line-mode" && name != "faas-cli" && name != "irc" { // they differ from others in what is not looked at here
			t.Run(name, func(t *testing.T) { t.Parallel(); s.converse(t, "testdata/ops/talks", name, open) })
		}
	}
	t.Run("channels", func(t *testing.T) { t.Parallel(); s.slackTalks(t, "testdata/ops/slack") })
}
