package endtoend

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
	"github.com/handsoff/handsoff/shared/need"
)

// collector takes traces as an OpenTelemetry collector does, and keeps which spans each has.
type collector struct {
	*httptest.Server

	mu     sync.Mutex
	traces map[string][]span // by the trace's id
}

// span is a piece of work: "service: name", its own id and that of what it is a part of.
type span struct{ name, id, parent string }

func newCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{traces: map[string][]span{}}
	c.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body struct {
			Resources []struct {
				Resource struct {
					Attributes []struct {
						Key   string `json:"key"`
						Value struct {
							Text string `json:"stringValue"`
						} `json:"value"`
					} `json:"attributes"`
				} `json:"resource"`
				Scopes []struct {
					Spans []struct {
						TraceID  string `json:"traceId"`
						SpanID   string `json:"spanId"`
						ParentID string `json:"parentSpanId"`
						Name     string `json:"name"`
					} `json:"spans"`
				} `json:"scopeSpans"`
			} `json:"resourceSpans"`
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, resource := range body.Resources {
			service := ""
			for _, a := range resource.Resource.Attributes {
				if a.Key == "service.name" {
					service = a.Value.Text
				}
			}
			for _, scope := range resource.Scopes {
				for _, s := range scope.Spans {
					c.traces[s.TraceID] = append(c.traces[s.TraceID], span{service + ": " + s.Name, s.SpanID, s.ParentID})
				}
			}
		}
	}))
	t.Cleanup(c.Close)
	return c
}

// of are the spans of the trace that a job belongs to, as its record carries it.
func (c *collector) of(carried string) []span {
	fields := strings.Split(carried, "-")
	if len(fields) != 4 {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.traces[fields[1]])
}

// TestWhatIsDoneForAJobIsOneTrace, from what a door took in, through the queue and every process that had a part in it, to the message
// that tells of the job.
func TestWhatIsDoneForAJobIsOneTrace(t *testing.T) {
	t.Parallel()
	c := newCollector(t)
	s := startWith(t, withIRC(t, configuration()+often)+"\ntelemetry: {endpoint: \""+c.URL+"\"}\n")
	s.jenkins.order("clock?speed=10")
	const slow = "jenkins build demo/slow seconds=11"
	for _, one := range []struct {
		door string
		asks func(s *system) (id string) // for a build
		want []string                    // besides what every build has
	}{
		{"telnet", func(s *system) string {
			ops := s.telnet("ops")
			id := asked(s, ops, "jenkins build demo/slow seconds=9000")
			s.eventually("the build is told of", func() bool { return strings.Contains(ops.About(id), "has started") })
			ops.Say("cancel " + id)
			return id
		}, []string{"telnet-gateway: hand in", "jenkins: cancel jenkins build", "notify: show at telnet"}},
		{"slack", func(s *system) string {
			w := s.workspace()
			w.join("ann").say("C0OPS", "", "@handsoff "+slow)
			return w.oneJob("slack:"+slackID("ann"), slow)
		}, []string{"slack: delivery ", "slack: hand in", "notify: show at slack"}},
		{"irc", func(s *system) string {
			need.Program(s, "ngircd")
			return asked(s, s.irc("ann"), slow)
		}, []string{"irc-gateway: delivery ", "irc-gateway: hand in", "notify: show at irc"}},
		{"github", func(s *system) string {
			e := newEvents(s)
			e.comments()
			return e.onlyOne("github:"+theirs+"#"+slices.Collect(maps.Keys(e.pulls))[0], job.Succeeded)
		}, []string{"github: delivery issue_comment", "event: delivery github.comment", "event: hand in", "notify: show at github"}},
		{"gerrit", func(s *system) string {
			e := newEvents(s)
			e.changes("Trace me")
			return e.onlyOne("gerrit:review/"+slices.Collect(maps.Keys(e.marks))[0], job.Succeeded)
		}, []string{"event: delivery gerrit.patchset-created", "event: hand in", "notify: show at gerrit"}},
		{"schedule", func(s *system) (id string) {
			s.eventually("the schedule runs", func() bool {
				list, err := jobtest.List(s.Context(), s.jobs, job.Browse{Wants: func(j *job.Job) bool { return j.Principal == "schedule:often" }})
				s.must(err)
				if len(list) > 0 {
					id = list[0].ID
				}
				return id != ""
			})
			return id
		}, []string{"clock: hand in", "notify: show at slack"}},
	} {
		t.Run(one.door, func(t *testing.T) {
			t.Parallel()
			s := s.in(t)
			id := one.asks(s)
			s.ended(id)
			c.has(s, id, append(one.want, "command: command /", "command: call jenkins", "jenkins: jenkins /", "jenkins: step jenkins build"))
		})
	}
}

// often is a schedule that comes due within seconds.
const often = `
  - {name: often, cron: "@every 10s", run: jenkins build, args: {job: demo/slow, seconds: "10"}, announce: "slack:C0GENERAL"}
`

// asked says a line for which a job is made.
func asked(s *system, d door, line string) (id string) {
	s.Helper()
	d.Say(line)
	begun := regexp.MustCompile("(?m)" + d.Begun(regexp.QuoteMeta(line)))
	s.eventually("a job of "+line, func() bool {
		found := begun.FindStringSubmatch(d.Heard())
		if found != nil {
			id = found[begun.SubexpIndex("JOB")]
		}
		return found != nil
	})
	return id
}

// has waits until the trace of a job has spans that begin so, and hangs together: one began it, and each other is a part of one.
func (c *collector) has(s *system, id string, want []string) {
	s.Helper()
	carried := s.job(id).Trace
	var spans []span
	var missing, loose []string
	if !within(patience, func() bool {
		spans, loose = c.of(carried), nil
		missing = slices.DeleteFunc(slices.Clone(want), func(begin string) bool {
			return slices.ContainsFunc(spans, func(a span) bool { return strings.HasPrefix(a.name, begin) })
		})
		for _, a := range spans {
			if !slices.ContainsFunc(spans, func(b span) bool { return b.id == a.parent }) {
				loose = append(loose, a.name)
			}
		}
		return len(missing) == 0 && len(loose) == 1
	}) {
		s.Errorf("the trace of %s, %q, has no %q, and %q are no parts: %v", id, carried, missing, loose, spans)
	}
}
