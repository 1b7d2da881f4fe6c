package slack_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/slack"
	"github.com/handsoff/handsoff/shared/need"
)

// TestNodeClient drives this Slack by the client that Slack itself makes, which comes with bolt.
func TestNodeClient(t *testing.T) {
	t.Parallel()
	modules := need.Node(t, "@slack/web-api")
	r := newRig(t)
	limited := newRig(t, func(o *slack.Options) { o.Unlimited, o.Frozen = false, false })
	ctx, cancel := context.WithTimeout(t.Context(), boltTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "testdata/client.js")
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules, "SLACK_URL="+r.url, "SLACK_TOKEN="+appToken, "SLACK_LIMITED="+limited.url)
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "all is well") {
		t.Errorf("%v\n%s", err, out)
	}
	if n := limited.slack.Called("chat.postMessage", "ratelimited"); n == 0 {
		t.Error("it was never limited")
	}
}
