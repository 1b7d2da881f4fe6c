package endtoend

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/handsoff/handsoff/shared/gap"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	theGitHub   = "github" // the function
	theEvent    = "event"
	theListener = "gerrit-listener"
)

// TestEventKill kills who takes events in and who acts on them, at moments that lie ever further behind the event, with both
// kinds of queue, upgrades them, and takes Redis away while they come. Each event is acted on once, and its outcome is shown once.
func TestEventKill(t *testing.T) {
	t.Parallel()
	queues := []string{"weak"}
	if soak {
		queues = append(queues, "strong")
	}
	for _, queue := range queues {
		t.Run(queue, func(t *testing.T) {
			t.Parallel()
			s := start(t, "-queue", queue)
			s.jenkins.order("clock?speed=10")
			e := newEvents(s)
			for i, victim := range []string{theGitHub, theEvent, theListener, theNotify, theEvent, theGitHub} {
				e.makes()
				time.Sleep(time.Duration(i*i*8) * time.Millisecond) // not to be right: anywhere must be
				killed := e.kill(victim)
				e.makes()
				e.back(victim, killed)
			}
			e.makes()
			e.replace(theGitHub, theEvent, theNotify)
			e.makes()
			for _, how := range []unix.Signal{unix.SIGTERM, unix.SIGKILL} {
				e.makes()
				before := e.github.refused()
				giveBack := e.away(how)
				e.makes() // GitHub's are refused, and sent again by the loop that looks after them
				e.eventually("GitHub is refused", func() bool {
					for what := range e.github.refused() { // of what it keeps, which is bounded
						if !before[what] {
							return true
						}
					}
					return false
				})
				giveBack()
			}
			e.repaired()
			e.whole()
		})
	}
}

// TestStreamCuts cuts Gerrit's stream after any number of bytes, and politely or not, while changes are made, with its events log
// and without it. Each change is built once and has one vote; `gaps` shows what was missed, and that it was had again.
func TestStreamCuts(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.jenkins.order("clock?speed=10")
	e := newEvents(s)
	rounds := 6
	if soak {
		rounds = 60
	}
	for round := range rounds {
		e.gerrit.order("log", map[string]any{"on": round%2 == 0}, nil)
		e.eventually("the stream is up", func() bool { return e.gerrit.streams() > 0 })
		switch round % 3 {
		case 0:
			e.gerrit.order("cut", map[string]any{"after": rand.IntN(4000)}, nil)
		case 1:
			e.gerrit.order("cut", map[string]any{"hard": true}, nil)
		case 2:
			e.gerrit.order("cut", map[string]any{"hard": false}, nil)
		}
		for range 3 {
			e.changes(fmt.Sprintf("Cut in round %d", round))
		}
	}
	e.whole()
	e.gapsClose()
}

// gapsClose waits until there is no window any more in which we were deaf to Gerrit.
func (e *events) gapsClose() {
	e.Helper()
	e.eventually("all gaps are closed", func() bool {
		gaps := e.post("ops", "gaps gerrit:review")
		return strings.Contains(gaps, " closed ") && !strings.Contains(gaps, " open ")
	})
}

// TestLostWebhooks has GitHub's webhooks fail for a while. What they told is acted on later, once.
func TestLostWebhooks(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.jenkins.order("clock?speed=10")
	e := newEvents(s)
	e.makes()
	e.whole()
	e.github.lose(true)
	e.comments()
	e.comments()
	e.github.lose(false)
	e.repaired()
	e.whole()
	if gaps := e.post("ops", "gaps github"); !strings.Contains(gaps, "GitHub could not deliver here") || !strings.Contains(gaps, "GitHub sent it again") {
		t.Errorf("the gaps are:\n%s", gaps)
	}
}

// events is what was made at GitHub and Gerrit, each with one rule that builds for it.
type events struct {
	*system

	github *github
	gerrit *gerrit
	pulls  map[string]*pulled // by number
	marks  map[string]string  // change, with its subject line
}

// A pulled is a pull request on which a build is asked for.
type pulled struct {
	head  string
	again int // how often the bot had it asked for once more
}

const theirs = "acme/kettle"

func newEvents(s *system) *events {
	e := &events{system: s, github: s.github(), gerrit: s.gerrit(), pulls: map[string]*pulled{}, marks: map[string]string{}}
	e.github.member("ivy", theirs, "write")
	e.listens()
	return e
}

// listens waits until Gerrit is heard: who hears it for the first time has missed nothing.
func (s *system) listens() {
	s.Helper()
	s.eventually("Gerrit is heard", func() bool { return strings.Contains(s.post("ops", "status"), "review is heard since") })
}

func (e *events) makes() {
	e.Helper()
	e.comments()
	e.changes("Kill me")
}

// comments opens a pull request and asks for a build there.
func (e *events) comments() {
	e.Helper()
	number := e.github.does("ivy", "pull", map[string]any{"repo": theirs, "title": "Boil"})
	var pull struct{ Head struct{ SHA string } }
	e.github.rest(theirs+"/pulls/"+number, &pull)
	e.pulls[number] = &pulled{head: pull.Head.SHA}
	e.asks(number)
}

func (e *events) asks(number string) {
	e.Helper()
	n, err := strconv.Atoi(number)
	e.must(err)
	e.github.does("ivy", "comment", map[string]any{"repo": theirs, "number": n, "body": "/build 10"})
}

func (e *events) changes(subject string) {
	e.Helper()
	e.marks[e.gerrit.push("bob", "acme/app", subject)] = subject
}

// repaired waits until every webhook that failed was had again, and every pull request has its job.
func (e *events) repaired() {
	e.Helper()
	const looks = 2 * patience // what fails twice is tried again after half a minute, then after a whole one
	missing := ""
	if !within(looks, func() bool { missing = e.missing(); return missing == "" }) {
		e.Fatalf("after %s %s; the gaps are:\n%s", looks, missing, e.post("ops", "gaps github"))
	}
}

// missing is what was not had again yet; empty for nothing.
func (e *events) missing() string {
	e.Helper()
	for number, p := range e.pulls {
		if len(e.made("github:"+theirs+"#"+number)) == 0 {
			return number + " has no job, and the bot said there: " + e.heeds(number, p)
		}
	}
	list, err := gap.List(e.Context(), e.redis, "github", 1000)
	if err != nil {
		return err.Error()
	}
	missed, recovered := 0, 0
	for _, g := range list {
		if g.Closed.IsZero() || g.Lost != "" {
			return "a gap is open, or something is lost"
		}
		missed, recovered = missed+g.Missed, recovered+g.Recovered
	}
	if refused := len(e.github.refused()); missed < refused || recovered != missed {
		return fmt.Sprintf("of %d webhooks that failed %d were seen to be missing and %d had again", refused, missed, recovered)
	}
	return ""
}

// heeds asks for the build once more where the bot says so: it was told of the comment before it was told of the pull request, and
// builds nothing that may not be what somebody saw. It gives what the bot said.
func (e *events) heeds(number string, p *pulled) string {
	e.Helper()
	said := e.github.said(theirs, number)
	if len(said) == p.again+1 && strings.Contains(said[p.again].Body, "comment again") {
		p.again++
		e.asks(number)
	}
	return fmt.Sprint(said)
}

// shows waits until something stands at GitHub. The bot writes there once a second, for all pull requests together: reactions,
// comments, check runs, and what changes of them.
func (e *events) shows(what string, there func() bool) {
	e.Helper()
	const writes = 15 * time.Second // for a pull request, on a busy machine
	limit := patience + time.Duration(len(e.pulls))*writes
	if !within(limit, there) {
		e.Fatalf("after %s still not: %s", limit, what)
	}
}

// whole checks that all that was made was acted on once, and all that was done is shown once.
func (e *events) whole() {
	e.Helper()
	for number, p := range maps.All(e.pulls) {
		id := e.onlyOne("github:"+theirs+"#"+number, job.Succeeded)
		e.shows("the check run of "+id+" is over", func() bool {
			list := e.github.checksOf(theirs, []string{p.head}, id)
			return len(list) > 0 && list[0].Conclusion == "success"
		})
		e.shows("the reply of "+id+" says so", func() bool {
			list := e.github.about(theirs, number, id)
			return len(list) > 0 && strings.Contains(list[0].Body, "succeeded")
		})
		checks, about, said := e.github.checksOf(theirs, []string{p.head}, id), e.github.about(theirs, number, id), e.github.said(theirs, number)
		if len(checks) != 1 || len(about) != 1 || len(said) != 1+p.again {
			e.Errorf("%s has %d check runs and %d comments of %d: %v", id, len(checks), len(about), len(said), said)
		}
		if p.again > 0 && e.knew(number) {
			e.Errorf("the bot was told of the pull request %s before anybody asked there, and had them ask again: %v", number, said)
		}
	}
	for number := range e.marks {
		id := e.onlyOne("gerrit:review/"+number, job.Succeeded)
		e.eventually("the change "+number+" has a vote", func() bool { now := e.gerrit.change(number); return now.verified() == 1 })
		now := e.gerrit.change(number)
		if said := now.said(id); len(said) != 1 {
			e.Errorf("the change %s has %d messages: %q", number, len(said), said)
		}
	}
}
