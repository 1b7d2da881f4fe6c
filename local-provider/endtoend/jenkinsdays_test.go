package endtoend

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/local-provider/home/hometest"
	"github.com/handsoff/handsoff/shared/job"
)

// TestBadDaysOfJenkins: while Jenkins is not itself, a build waits and says for what, or fails and says what to do.
func TestBadDaysOfJenkins(t *testing.T) { // its parts share one system, in turn
	t.Parallel()
	s := start(t)
	s.jenkins.order("clock?speed=5")
	for _, day := range []struct {
		name, order string
		says        string
		end         job.State
		because     string
	}{
		{"down", "fault?kind=down", "Jenkins cannot be reached", job.Succeeded, ""},
		{"a page of somebody else", "fault?kind=html", "Jenkins gave an answer that is not from its API", job.Succeeded, ""},
		{"an internal error", "fault?kind=error", "Jenkins had an internal error (500)", job.Succeeded, ""},
		{"a proxy's error", "fault?kind=gateway", "(502)", job.Succeeded, ""},
		{"slow", "fault?kind=slow&delay=3s&times=1", "", job.Succeeded, ""},
		{"an answer lost", "fault?kind=drop&method=POST&times=1", "", job.Succeeded, ""},
		{"token revoked", "fault?kind=token", "", job.Failed, "put a new one into the secret jenkins-token, then retry"},
		{"job gone", "fault?kind=gone&path=/job/results/api", "", job.Failed, "Jenkins has no job demo/results"},
	} {
		t.Run(day.name, func(t *testing.T) {
			s := s.in(t)
			ann := s.telnet("ann")
			s.jenkins.order(day.order)
			ann.Say("jenkins build demo/results")
			var id string
			s.eventually("it is accepted", func() bool { id = jobIn(ann.Heard()); return id != "" })
			if day.says != "" {
				ann.see(day.says)
				ann.see("trying again in")
			}
			if day.end == job.Succeeded && day.says != "" {
				s.jenkins.order("mend")
			}
			if j := s.ended(id); j.State != day.end {
				t.Errorf("%s: %s", j.State, j.Error)
			}
			s.jenkins.order("mend")
			ann.see(day.because)
			if n := len(s.jenkins.startsOf(id)); (n != 1) == (day.end == job.Succeeded) {
				t.Errorf("%d builds were started", n)
			}
		})
	}
}

// TestBuildsSurviveJenkinsBeingAway stops Jenkins for a while in the middle of a build. The build goes on afterwards, as
// a pipeline does, and so does the job.
func TestBuildsSurviveJenkinsBeingAway(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.jenkins.order("clock?speed=5")
	ann := s.telnet("ann")
	ann.Say("jenkins build demo/stubborn")
	var id string
	s.eventually("it builds", func() bool { id = jobIn(ann.Heard()); return id != "" && s.told(id, " has started: ") })
	done := hometest.Alone(t)           // Jenkins' port is free meanwhile
	supervisor := s.kill(theSupervisor) // which would start it again at once
	s.end(theJenkins, unix.SIGTERM)
	ann.see("Jenkins cannot be reached")
	ann.Say("cancel " + id)
	ann.see("Cancelling " + id)
	s.upAlone()
	done()
	s.back(theSupervisor, supervisor)
	if j := s.ended(id); j.State != job.Cancelled || len(s.jenkins.startsOf(id)) != 1 {
		t.Errorf("%s: %s; %d builds", j.State, j.Error, len(s.jenkins.startsOf(id)))
	}
	ann.see("evidence:  demo/stubborn #1 is ABORTED")
}

// TestNewToken puts a new token into the secret, as the sentence about a revoked one says.
func TestNewToken(t *testing.T) {
	t.Parallel()
	s := start(t)
	right, err := s.home.ReadSecret(home.SecretJenkins)
	s.must(err)
	s.must(os.WriteFile(s.home.Secret(home.SecretJenkins), []byte("revoked"), 0o600))
	ann := s.telnet("ann")
	ann.Say("jenkins build demo/results")
	ann.see("put a new one into the secret jenkins-token, then retry")
	id := jobIn(ann.Heard())
	s.must(os.WriteFile(s.home.Secret(home.SecretJenkins), []byte(right), 0o600))
	s.run("deploy", "-home", string(s.home), "-force")
	ann.Say("retry " + id)
	ann.see("does " + id + " again")
	ann.see("succeeded in")
}
