package endtoend

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// collector takes traces as an OpenTelemetry collector does, and keeps which spans each has.
type collector struct {
	*httptest.Server

	mu     sync.Mutex
	traces map[string][]string // by the trace's id: "service: name of the span"
}

func newCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{traces: map[string][]string{}}
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
						TraceID string `json:"traceId"`
						Name    string `json:"name"`
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
					c.traces[s.TraceID] = append(c.traces[s.TraceID], service+": "+s.Name)
				}
			}
		}
	}))
	t.Cleanup(c.Close)
	return c
}

// of are the spans of the trace that a job belongs to, as its record carries it.
func (c *collector) of(carried string) []string {
	fields := strings.Split(carried, "-")
	if len(fields) != 4 {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.traces[fields[1]])
}

// TestWhatIsDoneForAJobIsOneTrace, from the line or the comment's webhook that asked for it to the message that tells of its end,
// through every process that had a part in it.
func TestWhatIsDoneForAJobIsOneTrace(t *testing.T) {
	t.Parallel()
	c := newCollector(t)
	s := startWith(t, configuration()+"\ntelemetry: {endpoint: \""+c.URL+"\"}\n")
	e := newEvents(s)
	ops := s.telnet("ops")
	ops.Say("jenkins build demo/slow seconds=900")
	id := ""
	s.eventually("an answer", func() bool { id = jobIn(ops.Heard()); return id != "" })
	s.eventually("the build is told of", func() bool { return strings.Contains(ops.About(id), "has started") })
	ops.Say("cancel " + id)
	s.ended(id)
	c.has(s, id, "telnet-gateway: hand in", "command: command /", "jenkins: step jenkins build", "jenkins: cancel jenkins build", "notify: show at telnet")

	e.comments()
	asked := ""
	s.eventually("a job for the comment", func() bool {
		for number := range e.pulls {
			if made := e.made("github:" + theirs + "#" + number); len(made) > 0 {
				asked = made[0]
			}
		}
		return asked != ""
	})
	s.ended(asked)
	c.has(s, asked, "github: delivery issue_comment", "event: delivery github.comment", "event: hand in", "command: command /", "jenkins: step jenkins build", "notify: show at github")
}

// has waits until the trace of a job has spans that begin so.
func (c *collector) has(s *system, id string, want ...string) {
	s.Helper()
	carried := s.job(id).Trace
	missing := want
	within(patience, func() bool {
		missing = slices.DeleteFunc(slices.Clone(missing), func(begin string) bool {
			return slices.ContainsFunc(c.of(carried), func(span string) bool { return strings.HasPrefix(span, begin) })
		})
		return len(missing) == 0
	})
	if len(missing) > 0 {
		s.Errorf("the trace of %s, %q, has no %q: %q", id, carried, missing, c.of(carried))
	}
}
