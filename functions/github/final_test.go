package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/github"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// dead are the deliveries that were given up.
func (h *hall) dead() []inbox.GivenUp {
	h.Helper()
	list, err := inbox.ListDead(context.Background(), h.client, "github", 99)
	h.must(err)
	return list
}

// notices are what those who run the bot are told.
func (h *hall) notices() []string {
	h.Helper()
	list, err := jobtest.List(context.Background(), h.Jobs, job.Browse{Open: true, Notices: true})
	h.must(err)
	texts := make([]string, len(list))
	for i, j := range list {
		texts[i] = j.Text
	}
	return texts
}

// TestWhatIsTooLargeForTheRules is with the dead, those who run the bot are told once, and who asked is told.
func TestWhatIsTooLargeForTheRules(t *testing.T) {
	t.Parallel()
	jobtest.Each(t, func(t *testing.T, rdb *redis.Client) {
		h := idleHall(t, rdb)
		h.door.events = inbox.Open(rdb, "event", inbox.Options{MaxBody: 1000})
		h.starts()
		h.push()
		h.says("bob", 1, "/build\n/help")
		h.says("bob", 1, "words")
		h.settles()
		var why []string
		for _, one := range h.dead() {
			if one.Kind == "issue_comment" {
				why = append(why, one.Why)
			}
		}
		if len(why) != 3 || !strings.Contains(why[0], "too large") || !strings.Contains(why[0], "of 1000") {
			t.Errorf("dead: %q", why)
		}
		told := 0
		for _, text := range h.notices() {
			if strings.Contains(text, "github.issue_comment.created about "+app1) && strings.Contains(text, "too large for the rules") && strings.Contains(text, "events dead") {
				told++
			}
		}
		if told != 1 {
			t.Errorf("told %d times: %q", told, h.notices())
		}
		if said := strings.Join(h.comments(1), "\n"); !strings.Contains(said, "too large for my rules") || !strings.Contains(said, "/help") {
			t.Errorf("said %q", said)
		}
	})
}

// TestWhatGitHubDoesNotHaveIsNotAskedForADay: it is seen among the dead; what passes is waited out.
func TestWhatGitHubDoesNotHaveIsNotAskedForADay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault sandbox.Fault
		dead  string // why; empty for what is tried again
	}{
		"the repository is gone": {sandbox.Fault{Kind: sandbox.FaultGone, Path: "/repos/acme/app"}, ""}, // so is the comment, then
		"a pull request is gone": {sandbox.Fault{Kind: sandbox.FaultGone, Path: "/pulls/1"}, "404"},
		"down":                   {sandbox.Fault{Kind: sandbox.FaultError, Path: "/permission"}, "-"},
		"limited":                {sandbox.Fault{Kind: sandbox.FaultSecondary, Path: "/permission"}, "-"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHall(t, jobtest.Embedded(t))
			h.push()
			h.settles()
			h.github.Break(c.fault)
			h.says("bob", 1, "/build")
			if c.dead != "-" {
				h.settles()
			} else {
				jobtest.Eventually(t, "a try", func() bool { return strings.Contains(h.logs.String(), "a delivery failed") })
			}
			dead := h.dead()
			switch {
			case c.dead == "" || c.dead == "-":
				if len(dead) != 0 {
					t.Errorf("dead: %+v", dead)
				}
			case len(dead) != 1 || !strings.Contains(dead[0].Why, c.dead) || dead[0].Attempts != 1:
				t.Errorf("dead: %+v", dead)
			case len(h.notices()) != 1 || !strings.Contains(h.notices()[0], "events revive "+dead[0].ID):
				t.Errorf("told %q", h.notices())
			}
			if list := h.eventsOf(event.Comment); len(list) != 0 {
				t.Errorf("%d commands", len(list))
			}
		})
	}
}

// TestARefusalOfOurAccountIsWaitedOut: a token that was rotated, or a permission that nobody granted yet, is told once to
// those who run the bot and to whoever asked, and what they asked for is done when that is mended.
func TestARefusalOfOurAccountIsWaitedOut(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault sandbox.Fault
		says  string
	}{
		"the token is rotated":       {sandbox.Fault{Kind: sandbox.FaultToken, Path: "/permission"}, "401"},
		"no permission to ask":       {sandbox.Fault{Kind: sandbox.FaultRefused, Path: "/permission"}, "403"},
		"no permission to read":      {sandbox.Fault{Kind: sandbox.FaultRefused, Path: "/issues/comments"}, "403"},
		"no permission to see pulls": {sandbox.Fault{Kind: sandbox.FaultRefused, Path: "/pulls/1"}, "403"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHall(t, jobtest.Embedded(t))
			h.push()
			h.settles()
			h.github.Break(c.fault)
			h.says("bob", 1, "/build")
			jobtest.Eventually(t, "two tries", func() bool { return strings.Count(h.logs.String(), "a delivery failed") >= 2 })
			alerts, asker := 0, 0
			for _, text := range h.notices() {
				switch {
				case strings.Contains(text, "GitHub does not answer our account") && strings.Contains(text, c.says):
					alerts++
				case text == "bob: "+waits:
					asker++
				default:
					t.Errorf("told %q", text)
				}
			}
			if dead := h.dead(); len(dead) != 0 || alerts != 1 || asker != 1 {
				t.Errorf("dead: %+v; told those who run it %d times, who asked %d times", dead, alerts, asker)
			}
			h.github.Mend()
			h.settles()
			if list := h.eventsOf(event.Comment); len(list) != 1 {
				t.Errorf("%d commands after it was mended", len(list))
			}
			if n := len(h.notices()); n != 2 {
				t.Errorf("%d notices in the end", n)
			}
		})
	}
}

// TestAnAnswerThatIsRefusedIsLeftToNotify, once, which says it when our account is mended; what is asked there meanwhile does not
// wait for it.
func TestAnAnswerThatIsRefusedIsLeftToNotify(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]sandbox.FaultKind{"the token is rotated": sandbox.FaultToken, "no permission to write": sandbox.FaultRefused} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHall(t, jobtest.Embedded(t))
			h.push()
			h.settles()
			h.github.Break(sandbox.Fault{Kind: kind, Method: http.MethodPost, Path: "/issues/1/comments"})
			h.says("bob", 1, "/help")
			h.says("bob", 1, "/build")
			h.settles()
			if n := len(h.eventsOf(event.Comment)); n != 1 {
				t.Errorf("%d commands were heard", n)
			}
			list, err := jobtest.List(t.Context(), h.Jobs, job.Browse{Open: true, Notices: true})
			h.must(err)
			if len(list) != 1 || !strings.HasPrefix(list[0].Text, "/help\n") || !strings.Contains(list[0].Text, "/retest") {
				t.Fatalf("%d notices: %q", len(list), h.notices())
			}
			watchers, err := h.Jobs.Watchers(t.Context(), list[0].ID)
			h.must(err)
			if _, there := watchers[app1]; !there || len(watchers) != 1 {
				t.Errorf("it is told to %v", watchers)
			}
			if n := h.counts("github_unanswered"); n != 0 {
				t.Errorf("%d are counted as unanswered", n)
			}
		})
	}
}

// asBots is a way to GitHub on which those who comment are bots there.
type asBots struct{}

func (asBots) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || !strings.Contains(r.URL.Path, "/comments/") {
		return res, err
	}
	text, err := io.ReadAll(res.Body)
	text = bytes.ReplaceAll(text, []byte(`"type":"User"`), []byte(`"type":"Bot"`))
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	return res, err
}

// TestABotIsNoPersonWhateverADeliverySays: what signs it may be a repository's own secret.
func TestABotIsNoPersonWhateverADeliverySays(t *testing.T) {
	t.Parallel()
	rdb := jobtest.Embedded(t)
	h := idleHall(t, rdb)
	h.door = h.makes(rdb, asBots{})
	h.starts()
	h.push()
	h.says("bob", 1, "/build\n/help")
	h.settles()
	if list, said := h.eventsOf(event.Comment), h.comments(1); len(list) != 0 || len(said) != 0 {
		t.Errorf("%d commands, said %q", len(list), said)
	}
	if n := h.counts("github_withdrawn"); n != 1 {
		t.Errorf("%d are counted", n)
	}
}
