package endtoend

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/need"
)

// TestBadDaysOfSlack: whatever happens to Slack, to Redis or to a request on its way, people get what they asked for, once,
// and see it, once.
func TestBadDaysOfSlack(t *testing.T) { // its parts share one system, in turn
	t.Parallel()
	s := start(t)
	s.jenkins.order("clock?speed=5")
	s.workspace().resends(resentSoon)
	t.Run("Redis stopped", func(t *testing.T) { s.in(t).workspace().redisEnds(unix.SIGTERM) })
	t.Run("Redis killed", func(t *testing.T) { s.in(t).workspace().redisEnds(unix.SIGKILL) })
	t.Run("Slack away", func(t *testing.T) { s.in(t).workspace().slackAway() })
	t.Run("answered too late", func(t *testing.T) { s.in(t).workspace().answeredLate() })
	t.Run("sent again", func(t *testing.T) { s.in(t).workspace().sentAgain() })
	t.Run("signed by another program", func(t *testing.T) { s.in(t).workspace().signedByNode() })
	t.Run("a new signing secret", func(t *testing.T) { s.in(t).workspace().newSigningSecret() })
	t.Run("a token taken back", func(t *testing.T) { s.in(t).workspace().tokenTakenBack() })
	t.Run("secrets", func(t *testing.T) {
		s.post("ann", "jobs") // every function has run
		s.in(t).noSecretShows(t, append(victims(), theRedis, theSlack, theSlackItself))
	})
}

// How much of the time passes after which Slack sends an event again. It gives up after four times.
const (
	resentSoon  = 0.005
	resentLater = 0.2
)

func (w *workspace) resends(scale float64) {
	w.Helper()
	w.order("retries", map[string]any{"scale": scale}, nil)
}

// running asks in a channel for something that takes long, and waits until its card says that it builds.
func (m *member) running(channel, line string) (id string) {
	m.Helper()
	m.slash(channel, line)
	id = m.oneJob("slack:"+m.id, line)
	m.eventually("the card says that it builds", func() bool {
		list := m.cards(channel, id)
		return len(list) == 1 && regexp.MustCompile(`(?m)demo/\w+ #\d+`).MatchString(list[0].text())
	})
	return id
}

// redisEnds ends Redis while a job is shown; it is started again with what its file has.
func (w *workspace) redisEnds(how unix.Signal) {
	w.Helper()
	ann := w.join("ann")
	line := "jenkins build demo/slow seconds=" + map[unix.Signal]string{unix.SIGTERM: "41", unix.SIGKILL: "42"}[how]
	id := ann.running("C0OPS", line)
	ended := w.end(theRedis, how)
	w.insist(slashMail(ann.id, "C0GENERAL", "ping")) // refused while Redis is away, and sent again
	w.back(theRedis, ended)
	if j := ann.whole("C0OPS", id); j.State != job.Succeeded {
		w.Errorf("%s: %s", j.State, j.Error)
	}
}

// slackAway lets nobody reach Slack's API while jobs run, begin and end. Slack itself goes on sending what people do.
func (w *workspace) slackAway() {
	w.Helper()
	ann := w.join("ann")
	const later = "jenkins build demo/typed"
	before := ann.running("C0OPS", "jenkins build demo/slow seconds=600")
	w.order("fault", map[string]any{"kind": "down"}, nil)
	defer w.order("mend", map[string]any{}, nil) // also when this fails: others come after it
	asked := ann.say("C0GENERAL", "", "@handsoff version")
	ann.slash("C0SHARED", later) // who ann is was asked a moment ago, and is remembered for some minutes
	during := w.oneJob("slack:"+ann.id, later)
	by := &cli{system: w.system, name: "ann", send: w.post}
	by.Say("jenkins build demo/results")
	if j := w.ended(jobIn(by.Heard())); j.State != job.Succeeded {
		w.Errorf("by the command line: %s: %s", j.State, j.Error)
	}
	by.Say("cancel " + before)
	w.ended(before)
	w.ended(during)
	w.eventually("Slack is asked in vain", func() bool {
		return slices.ContainsFunc(w.calls(), func(c called) bool { return c.Method == "chat.update" && c.Outcome == "down" })
	})
	if n := len(ann.cards("C0SHARED", during)); n != 0 {
		w.Fatalf("%d cards came through", n)
	}
	since := len(w.calls())
	w.order("mend", map[string]any{}, nil)
	if j := ann.whole("C0OPS", before); j.State != job.Cancelled {
		w.Errorf("%s: %s", j.State, j.Error)
	}
	ann.whole("C0SHARED", during)
	answers := func() []seen {
		return slices.DeleteFunc(ann.see("C0GENERAL", asked), func(m seen) bool { return !m.Bot })
	}
	w.eventually("the question is answered", func() bool { return len(answers()) > 0 })
	if list := answers(); len(list) != 1 {
		w.Errorf("the question was answered %d times:\n%s", len(list), texts(list))
	}
	w.changedOnce(since, "C0OPS", ann.cards("C0OPS", before)[0].TS, 1)
	w.changedOnce(since, "C0SHARED", ann.cards("C0SHARED", during)[0].TS, 0)
}

// changedOnce checks how often a message was changed since a number of calls.
func (w *workspace) changedOnce(since int, channel, ts string, want int) {
	w.Helper()
	n := 0
	for _, c := range w.calls()[since:] {
		if c.Method == "chat.update" && c.Outcome == "ok" && c.Channel == channel && c.TS == ts {
			n++
		}
	}
	if n != want {
		w.Errorf("the message in %s was changed %d times when Slack was back, not %d", channel, n, want)
	}
}

// answeredLate lets the function take so long that Slack gives up waiting and sends again. Then all of it arrives.
func (w *workspace) answeredLate() {
	w.Helper()
	ann := w.join("ann")
	const line = "jenkins build demo/results"
	w.forget("slack:"+ann.id, line)
	w.insist(slashMail(ann.id, "C0OPS", "ping")) // so that the function runs
	w.waits(3 * time.Second)
	w.resends(resentLater) // and for longer than it takes us to see that it does
	defer func() { w.waits(slackWaits); w.resends(resentSoon) }()
	ref, alive := w.find(theSlack)
	if !alive {
		w.Fatal("the function slack does not run")
	}
	w.must(ref.Signal(unix.SIGSTOP))
	defer func() { _ = ref.Signal(unix.SIGCONT) }() // also when this fails: others come after it
	w.eventually("it has stopped", func() bool { return stopped(w, ref.PID) })
	ann.say("C0OPS", "", "@handsoff "+line)
	w.eventually("Slack sends again", func() bool { return w.attempts("event app_mention") > 1 })
	if err := ref.Signal(unix.SIGCONT); err != nil {
		w.Logf("another took its place: %v", err)
	}
	ann.whole("C0OPS", w.oneJob("slack:"+ann.id, line))
	w.eventually("Slack is content", func() bool { return w.lastSent("event app_mention").State == "taken" })
	w.oneJob("slack:"+ann.id, line)
}

// stopped reports whether all threads of a process stand still: on a busy machine that takes a moment.
func stopped(w *workspace, pid int) bool {
	w.Helper()
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	w.must(err)
	for _, thread := range threads {
		text, err := os.ReadFile(thread)
		if gone(err) {
			continue
		}
		w.must(err)
		if !strings.Contains(string(text), "State:\tT") {
			return false
		}
	}
	return len(threads) > 0
}

// forget fails the test when there is such a job already: the tests share a system.
func (w *workspace) forget(principal, line string) {
	w.Helper()
	if n := len(w.jobsLike(principal, line)); n != 0 {
		w.Fatalf("there are %d jobs of %s already", n, line)
	}
}

// sent is what Slack has sent to the app, and how that was taken.
type sent struct {
	What, State string
	Attempts    []struct{ Reason string }
}

// lastSent is the last delivery of a kind.
func (w *workspace) lastSent(what string) (last sent) {
	w.Helper()
	var all []sent
	w.order("sent", nil, &all)
	for _, d := range all {
		if d.What == what {
			last = d
		}
	}
	return last
}

func (w *workspace) attempts(what string) int { return len(w.lastSent(what).Attempts) }

// sentAgain sends one event many times: at the same time, and when it is long done.
func (w *workspace) sentAgain() {
	w.Helper()
	ann := w.join("ann")
	const line = "jenkins build demo/slow seconds=3"
	mention := w.mentionMail(ann.id, "C0OPS", line)
	secret := w.signingSecret()
	var all sync.WaitGroup
	for n := range 6 {
		all.Go(func() {
			if status, text := w.send(mention, secret, n); status != http.StatusOK {
				w.Errorf("sent for the %d. time: %d %s", n+1, status, text)
			}
		})
	}
	all.Wait()
	ann.whole("C0OPS", w.oneJob("slack:"+ann.id, line))
	w.insist(mention)
	ann.slash("C0OPS", "jobs") // what comes later is done
	ann.finds("C0OPS", "", "demo/slow")
	w.oneJob("slack:"+ann.id, line)
}

// signedByNode has a program that is not ours sign as Slack documents it.
func (w *workspace) signedByNode() {
	w.Helper()
	node := need.Program(w, "node")
	const line = "jenkins build demo/slow seconds=4"
	m := slashMail("U0BOB", "C0OPS", line)
	url := w.ports.GatewayURL() + "/function/slack"
	secret := w.home.Secret(home.SecretSlackSigns)
	for _, c := range []struct {
		name, want string
		args       []string
	}{
		{"with the secret", "200", []string{url, secret, "0"}},
		{"ten minutes ago", "401", []string{url, secret, "-600"}},
		{"with another secret", "401", []string{url, w.home.Secret(home.SecretSlack), "0"}},
	} {
		cmd := exec.CommandContext(w.Context(), node, append([]string{"testdata/sign.js"}, c.args...)...)
		cmd.Stdin = strings.NewReader(string(m.body))
		out, err := cmd.CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != c.want {
			w.Errorf("signed %s: %v: %s, not %s", c.name, err, got, c.want)
		}
	}
	w.join("bob").whole("C0OPS", w.oneJob("slack:U0BOB", line))
}

// newSigningSecret puts a new secret beside the old one, and then takes the old one away. The tests' Slack goes on signing
// with the old one.
func (w *workspace) newSigningSecret() {
	w.Helper()
	old := w.signingSecret()
	const fresh = "0123456789abcdef0123456789abcdef"
	path := w.home.Secret(home.SecretSlackSigns)
	for _, c := range []struct {
		lines string
		want  map[string]int // by what is signed with
	}{
		{old, map[string]int{old: http.StatusOK, fresh: http.StatusUnauthorized}},
		{fresh + "\n" + old, map[string]int{old: http.StatusOK, fresh: http.StatusOK}},
		{fresh, map[string]int{old: http.StatusUnauthorized, fresh: http.StatusOK}},
		{old, map[string]int{old: http.StatusOK, fresh: http.StatusUnauthorized}},
	} {
		w.must(os.WriteFile(path, []byte(c.lines+"\n"), 0o600))
		w.run("deploy", "-home", string(w.home), "-force")
		for secret, want := range c.want {
			status := 0
			w.eventually("the function answers", func() bool {
				status, _ = w.send(slashMail("U0EVE", "C0OPS", "ping"), secret, 0)
				return status != 0 && status < http.StatusInternalServerError
			})
			if status != want {
				w.Errorf("of %d lines one that was signed with the %s secret got %d, not %d", strings.Count(c.lines, "\n")+1,
					map[bool]string{true: "old", false: "new"}[secret == old], status, want)
			}
		}
	}
}

// tokenTakenBack lets Slack refuse the token for a while: what is to be said waits, and the logs say what an operator must do.
func (w *workspace) tokenTakenBack() {
	w.Helper()
	ann := w.join("ann")
	const line = "jenkins build demo/slow seconds=5"
	w.order("token", map[string]any{"revoke": "token_revoked"}, nil)
	ann.slash("C0OPS", line)
	id := w.oneJob("slack:"+ann.id, line)
	w.ended(id)
	w.eventually("Slack refuses the token", func() bool {
		return slices.ContainsFunc(w.calls(), func(c called) bool { return c.Outcome == "token_revoked" })
	})
	w.order("token", map[string]any{"revoke": ""}, nil)
	ann.whole("C0OPS", id)
}
