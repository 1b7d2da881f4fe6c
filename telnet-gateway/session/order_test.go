package session

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/outbox"
)

// A job that ends at once is heard of before the answer that names it. People read the answer first.
func TestAnswerComesBeforeTheJobsStory(t *testing.T) {
	t.Parallel()
	p := open(t, func(s *Settings) { s.Slow = time.Minute })
	c, other := p.enter(t, "ann", dumb), p.enter(t, "ann", dumb)
	p.bot.on("tea", func(ctx context.Context) (command.Answer, error) {
		err := outbox.Add(ctx, p.rdb, "telnet:ann", outbox.Entry{Job: "k3f7", Kind: outbox.End, State: job.Failed, Percent: -1, Text: "failed: no tea"})
		jobtest.Eventually(t, "the other session has heard of it", func() bool { return strings.Contains(other.Text(), "@k3f7 failed: no tea") })
		return command.Answer{Text: "k3f7 accepted: tea", Job: "k3f7", State: job.Queued}, err
	})
	c.Type(t, "tea")
	if early := c.Expect(t, "k3f7 accepted: tea"); strings.Contains(early, "no tea") {
		t.Errorf("the end came first: %q", early)
	}
	c.Expect(t, "@k3f7 failed: no tea")
}
