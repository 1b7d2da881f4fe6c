package endtoend

import "testing"

// TestOpenStackConversations holds the conversations in testdata/openstack, with the sandbox's cloud.
func TestOpenStackConversations(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.cloud().hurry(4)
	for name, open := range doors() {
		if name != "line-mode" && name != "faas-cli" && name != "irc" { // they differ from others in what is not looked at here
			t.Run(name, func(t *testing.T) { t.Parallel(); s.converse(t, "testdata/openstack/talks", name, open) })
		}
	}
	t.Run("channels", func(t *testing.T) { t.Parallel(); s.slackTalks(t, "testdata/openstack/slack") })
}
