package endtoend

import (
	"net/http"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/job"
)

// A phase is how far a build has come when something dies. The phases use jobs of their own, so that builds in all of them
// can be had at the same time.
type phase struct {
	name string
	job  string // in Jenkins
	// prepare arranges that the phase lasts, reached reports whether the job is in it.
	prepare string
	reached func(s *system, p phase, id string, since time.Time) bool
	// end is how the job ends when the disturbance is over.
	end job.State
	// stopped says that the job was cancelled before.
	stopped bool
}

func phases() []phase {
	says := func(text string) func(*system, phase, string, time.Time) bool {
		return func(s *system, _ phase, id string, _ time.Time) bool { return s.told(id, text) }
	}
	return []phase{
		{name: "building", job: "demo/slow", prepare: "hold?job=demo/slow", reached: says(" has started: "), end: job.Succeeded},
		{name: "cancelling", job: "demo/immortal", reached: says("Asked Jenkins to stop build"), end: job.Cancelled, stopped: true},
		{
			name: "in Jenkins' queue", job: "demo/results", prepare: "queue?hold=true",
			reached: says("into its queue"), end: job.Succeeded,
		},
		{
			name: "accepted", job: "demo/typed", prepare: "fault?kind=slow&delay=3s&method=GET&path=/job/demo/job/typed",
			reached: func(s *system, _ phase, id string, _ time.Time) bool { return s.job(id).State != job.Queued },
			end:     job.Succeeded,
		},
		{
			name: "triggered", job: "demo/unstable", end: job.Failed,
			prepare: "fault?kind=drop&method=POST&times=1&path=/job/demo/job/unstable", // the build is made, the answer is lost
			reached: func(s *system, p phase, _ string, since time.Time) bool {
				return s.jenkins.asked(http.MethodPost, "/job/"+strings.ReplaceAll(p.job, "/", "/job/")+"/build", since)
			},
		},
	}
}

// told reports whether a job's story has a text.
func (s *system) told(id, text string) bool {
	lines, err := s.jobs.Story(s.Context(), id, "", 1000)
	if err != nil {
		return false
	}
	for _, line := range lines {
		if strings.Contains(line.Text, text) {
			return true
		}
	}
	return false
}

// enter brings a build into a phase and gives its job. Somebody at a terminal asks for it.
func (s *system) enter(p phase, asker *person) string {
	s.Helper()
	since := s.jenkins.now()
	if p.prepare != "" {
		s.jenkins.order(p.prepare)
	}
	asker.Say("jenkins build " + p.job)
	var id string
	s.eventually("a build of "+p.job+" is accepted", func() bool { id = jobIn(asker.Heard()); return id != "" })
	if p.stopped {
		s.eventually("it builds", func() bool { return s.told(id, " has started: ") })
		asker.Say("cancel " + id)
	}
	s.eventually("it is "+p.name, func() bool { return p.reached(s, p, id, since) })
	return id
}

// leave lets everything that was held back go on.
func (s *system) leave() {
	s.Helper()
	s.jenkins.order("mend")
	s.jenkins.order("queue?hold=false")
	s.jenkins.order("release?job=demo/slow")
}
