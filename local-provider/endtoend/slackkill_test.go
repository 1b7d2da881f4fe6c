package endtoend

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/job"
)

const (
	theSlack       = "slack" // the function
	theNotify      = "notify"
	theSlackItself = "sandbox-slack"
)

// TestSlackKill kills the function slack as soon as Slack has its 200, at moments that lie ever further behind it, and then
// notify between what it posts, with both kinds of queue. Each request is done once, and all of it is shown once.
func TestSlackKill(t *testing.T) {
	t.Parallel()
	for _, queue := range []string{"strong", "weak"} {
		t.Run(queue, func(t *testing.T) {
			t.Parallel()
			s := start(t, "-queue", queue)
			s.jenkins.order("clock?speed=5")
			w := s.workspace()
			lines := w.killAfterTaking()
			w.killBetweenPosts(lines)
			ann := w.join("ann")
			for line, channel := range lines {
				id := w.oneJob("slack:"+ann.id, line)
				if j := ann.whole(channel, id); j.State != job.Succeeded || len(s.jenkins.startsOf(id)) != 1 {
					t.Errorf("%s: %s, %s; %d builds", line, j.State, j.Error, len(s.jenkins.startsOf(id)))
				}
				w.oneJob("slack:"+ann.id, line) // still
			}
		})
	}
}

// killAfterTaking asks for builds, by slash commands and by mentions in turn, and kills who took it. It gives the channels
// by what was asked for there.
func (w *workspace) killAfterTaking() map[string]string {
	w.Helper()
	channels := []string{"C0OPS", "C0GENERAL", "C0SHARED"} // the bot is in all of them: elsewhere it cannot look for what it posted
	lines := map[string]string{}
	for i, milliseconds := range []int{0, 2, 5, 10, 20, 50, 100} {
		line, channel := fmt.Sprintf("jenkins build demo/slow seconds=%d", 10+i), channels[i%len(channels)]
		lines[line] = channel
		m := slashMail("U0ANN", channel, line)
		if i%2 == 1 {
			m = w.mentionMail("U0ANN", channel, line)
		}
		w.insist(m)
		time.Sleep(time.Duration(milliseconds) * time.Millisecond) // not to be right: anywhere must be
		killed := w.kill(theSlack)
		if status, text := w.send(m, w.signingSecret(), 1); status != http.StatusOK && status < http.StatusInternalServerError {
			w.Errorf("the same again: %d %s", status, text)
		}
		w.back(theSlack, killed)
	}
	return lines
}

// killBetweenPosts kills notify each time when Slack was told something new, and then replaces both as an upgrade does. It asks for more builds, so that there is something
// to tell however early the others were over.
func (w *workspace) killBetweenPosts(lines map[string]string) {
	w.Helper()
	for i := range 5 {
		before, line := len(w.calls()), fmt.Sprintf("jenkins build demo/slow seconds=%d", 20+i)
		lines[line] = "C0OPS"
		w.insist(slashMail("U0ANN", lines[line], line))
		w.eventually("something is posted", func() bool { return len(w.calls()) > before })
		w.kill(theNotify)
	}
	w.replace(theSlack, theNotify)
}
