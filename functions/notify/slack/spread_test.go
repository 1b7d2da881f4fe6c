package slack

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/slack"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/slack"
)

// pages has Slack list few channels at a time.
type pages struct{ next http.RoundTripper }

func (p pages) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/users.conversations") {
		if err := r.ParseForm(); err != nil {
			return nil, err
		}
		r.Form.Set("limit", "2")
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(strings.NewReader(r.Form.Encode()))
	}
	return p.next.RoundTrip(r)
}

// TestWhatIsForEverywhere is shown once in each channel in which the bot is, and in no other, whatever fails on the way.
func TestWhatIsForEverywhere(t *testing.T) {
	t.Parallel()
	y := newYard(t, jobtest.Redis(t).Client(t))
	defer y.Close()
	server := sandbox.New(sandbox.Options{Token: "xoxb-not-a-token", Frozen: true})
	defer server.Close()
	to := &inSandbox{server: server, clock: y.Clock, began: y.Clock.Now(), there: server.Now()}
	server.Break(sandbox.Fault{Kind: sandbox.FaultLimited, Method: "users.conversations", Times: 1})
	server.Break(sandbox.Fault{Kind: sandbox.FaultDrop, Method: "chat.postMessage", Times: 2})
	accepted, err := y.Jobs.Accept(context.Background(), job.Notice("ptg", "1", "NOTICE: Lunch", []string{slack.Everywhere, "slack:C0OPS"}))
	if err != nil {
		t.Fatal(err)
	}
	y.passesWith(pages{to}, 10*time.Minute)
	if y.Unshown() {
		t.Error("something is still to be shown")
	}
	var shown []string
	for _, channel := range server.Channels() {
		for _, m := range server.Messages(channel.ID) {
			if strings.Contains(m.Text, "NOTICE: Lunch") {
				shown = append(shown, channel.Name)
			}
		}
	}
	slices.Sort(shown)
	if got := strings.Join(shown, " "); got != "admins general ops shared" {
		t.Errorf("it is shown in %s", got)
	}
	if y.Follows(accepted.ID, slack.Everywhere) || !y.Follows(accepted.ID, "slack:C0OPS") {
		t.Error("who follows it is wrong")
	}
	if n := server.Counts()["users.conversations"]["ok"]; n != 2 {
		t.Errorf("%d pages were asked for", n)
	}
}
