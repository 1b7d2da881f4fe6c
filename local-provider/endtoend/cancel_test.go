package endtoend

import (
	"regexp"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/job"
)

// A stop is one state of a job in which somebody stops it.
type stop struct {
	name, line string
	// until is what can be seen when the state is reached.
	until string
	// evidence is what the receipt must say, with the build's own words in Jenkins.
	evidence string
	// untold is set where nothing outside had to be told.
	untold bool
	// build is the result that Jenkins records; empty where no build was ever made.
	build string
}

// queuedJob is one of which no build begins.
const queuedJob = "demo/queue"

func stops() []stop {
	const building = `Build #\d+ of demo/\w+ has started`
	return []stop{
		{
			name: "in line for a lock", line: "kettle boil cups=3", until: "waits in line behind", untold: true,
			evidence: "it had not begun",
		},
		{name: "waiting for a sign-off", line: "jenkins restart", until: "needs 1 approval", untold: true, evidence: "it had not begun"},
		{
			name: "in Jenkins' queue", line: "jenkins build " + queuedJob, until: `in Jenkins' queue, \d+ of \d+`,
			evidence: `queue item \d+ of demo/queue is cancelled; it never became a build`,
		},
		{
			name: "building", line: "jenkins build demo/slow seconds=9000", until: building,
			evidence: `demo/slow #\d+ is ABORTED`, build: "ABORTED",
		},
		{
			name: "hanging", line: "jenkins build demo/hang", until: building,
			evidence: `demo/hang #\d+ is ABORTED`, build: "ABORTED",
		},
		{
			name: "deaf to a stop", line: "jenkins build demo/stubborn", until: building,
			evidence: `demo/stubborn #\d+ is ABORTED`, build: "ABORTED",
		},
		{
			name: "deaf to all but a kill", line: "jenkins build demo/immortal", until: building,
			evidence: `demo/immortal #\d+ is ABORTED`, build: "ABORTED",
		},
	}
}

// TestCancel stops jobs in every state, each from another door, and by somebody else, than it was started from.
func TestCancel(t *testing.T) {
	t.Parallel()
	for _, queue := range []string{"strong", "weak"} {
		t.Run(queue, func(t *testing.T) {
			t.Parallel()
			s := start(t, "-queue", queue)
			s.deployPlugin()
			holder := ""
			s.eventually("the kettle is known", func() bool { holder = jobIn(s.post("ann", "kettle boil cups=1")); return holder != "" })
			s.eventually("the kettle is taken", func() bool { return s.job(holder).State == job.Waiting })
			for _, c := range stops() {
				t.Run(c.name, func(t *testing.T) { t.Parallel(); s.in(t).stopIt(c) })
			}
		})
	}
}

func (s *system) stopIt(c stop) {
	asker, stopper := s.telnet("ops"), s.lineMode("bob")
	if c.untold {
		stopper = &cli{system: s, name: "ops", send: s.post}
	}
	asker.Say(c.line)
	var id string
	s.eventually("an answer", func() bool { id = jobIn(asker.Heard()); return id != "" })
	state := regexp.MustCompile(c.until)
	s.eventually("it is "+c.name, func() bool { return state.MatchString(s.post("bob", "job "+id)) })
	stopper.Say("cancel " + id + " enough of it")
	s.eventually("the cancel is answered", func() bool { return strings.Contains(strings.ToLower(stopper.Heard()), "cancel") })

	j := s.ended(id)
	if j.State != job.Cancelled || j.Receipt == nil {
		s.Fatalf("%s: %s", j.State, j.Error)
	}
	r := j.Receipt
	if r.By != stopper.Principal() || r.Reason != "enough of it" || r.Asked.IsZero() || r.Confirmed.Before(r.Asked) ||
		r.Signalled.IsZero() != c.untold || (!c.untold && (r.Signalled.Before(r.Asked) || r.Confirmed.Before(r.Signalled))) {
		s.Errorf("the receipt is %+v", r)
	}
	if !regexp.MustCompile(c.evidence).MatchString(r.Evidence) {
		s.Errorf("the evidence is %q", r.Evidence)
	}
	s.agrees(id, c)
	// The asker is told without asking, with the whole receipt.
	asker.see("@" + id + " was cancelled")
	for _, part := range []string{"asked:", "by " + stopper.Principal() + " (enough of it)", "confirmed:", "evidence:", "left:"} {
		asker.see(part)
	}
}

// agrees asks Jenkins itself what became of a cancelled job's build.
func (s *system) agrees(id string, c stop) {
	s.Helper()
	builds := s.jenkins.startsOf(id)
	if strings.HasSuffix(c.line, " "+queuedJob) { // nobody else builds that
		if n := s.jenkins.queued(queuedJob); n != 0 {
			s.Errorf("%d items are in Jenkins' queue", n)
		}
	}
	if c.build == "" {
		if len(builds) != 0 {
			s.Errorf("Jenkins started %+v", builds)
		}
		return
	}
	if len(builds) != 1 {
		s.Fatalf("Jenkins started %+v", builds)
	}
	if building, result := s.jenkins.result(builds[0]); building || result != c.build {
		s.Errorf("Jenkins says building %t, result %s", building, result)
	}
}

// jobIn is the id of the job that an answer accepts.
func jobIn(answer string) string {
	if found := regexp.MustCompile(`(?m)^(\w{4,}) (accepted|waits for)`).FindStringSubmatch(answer); found != nil {
		return found[1]
	}
	return ""
}

func (s *system) deployPlugin() {
	s.Helper()
	s.run("deploy", "-home", string(s.home), "-f", pluginStack)
}
