package endtoend

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/handsoff/handsoff/local-provider/home"
)

// sandbox is the sandbox's Jenkins, seen from behind: what was really started there, and what is to go wrong.
type sandbox struct {
	*system
	token string
}

func newSandbox(s *system) *sandbox {
	token, err := s.home.ReadSecret(home.SecretJenkins)
	s.must(err)
	return &sandbox{system: s, token: token}
}

// ask makes a request, trying again while nobody answers.
func (b *sandbox) ask(method, path string, into any) {
	b.Helper()
	b.eventually("Jenkins answers "+path, func() bool { return b.try(method, path, into) })
}

func (b *sandbox) try(method, path string, into any) bool {
	b.Helper()
	request, err := http.NewRequestWithContext(b.Context(), method, b.ports.JenkinsURL()+path, http.NoBody)
	b.must(err)
	request.SetBasicAuth("demo", b.token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= http.StatusInternalServerError {
		return false
	}
	if response.StatusCode >= http.StatusBadRequest {
		b.Fatalf("%s %s: %s\n%s", method, path, response.Status, text)
	}
	if into != nil {
		b.must(json.Unmarshal(text, into))
	}
	return true
}

// order gives an order, "hold?job=demo/slow".
func (b *sandbox) order(text string) {
	b.Helper()
	b.ask(http.MethodPost, "/sandbox/"+text, nil)
}

// busy has Jenkins run many builds at once, for tests of many people none of whom is to wait for the others.
func (b *sandbox) busy() {
	b.Helper()
	b.order("executors?number=50")
}

// started is a build that was really started.
type started struct {
	Job        string
	Number     int
	Parameters map[string]string
}

// startsOf are the builds that were ever started for a job of ours.
func (b *sandbox) startsOf(id string) []started {
	b.Helper()
	var all, found []started
	b.ask(http.MethodGet, "/sandbox/starts", &all)
	for _, s := range all {
		if s.Parameters["HANDSOFF_JOB"] == id {
			found = append(found, s)
		}
	}
	return found
}

// starts is how many builds were ever started.
func (b *sandbox) starts() int {
	b.Helper()
	var all []started
	b.ask(http.MethodGet, "/sandbox/starts", &all)
	return len(all)
}

// asked reports whether Jenkins has got a request since a moment of its own clock.
func (b *sandbox) asked(method, path string, since time.Time) bool {
	b.Helper()
	var all []struct {
		At           time.Time
		Method, Path string
		Status       int
	}
	b.ask(http.MethodGet, "/sandbox/requests", &all)
	for _, r := range all {
		if r.Method == method && strings.Contains(r.Path, path) && !r.At.Before(since) {
			return true
		}
	}
	return false
}

// now is Jenkins' clock.
func (b *sandbox) now() time.Time {
	b.Helper()
	var status struct{ Now time.Time }
	b.ask(http.MethodGet, "/sandbox/status", &status)
	return status.Now
}

// result is what Jenkins itself says of a build.
func (b *sandbox) result(s started) (building bool, result string) {
	b.Helper()
	var build struct {
		Building bool
		Result   string
	}
	path := "/job/" + strings.ReplaceAll(s.Job, "/", "/job/") + "/" + strconv.Itoa(s.Number) + "/api/json"
	b.ask(http.MethodGet, path, &build)
	return build.Building, build.Result
}

// queued is how many items wait in the queue of a job.
func (b *sandbox) queued(job string) (n int) {
	b.Helper()
	var queue struct {
		Items []struct{ Task struct{ URL string } }
	}
	b.ask(http.MethodGet, "/queue/api/json", &queue)
	for _, item := range queue.Items {
		if strings.Contains(item.Task.URL, "/job/"+strings.ReplaceAll(job, "/", "/job/")+"/") {
			n++
		}
	}
	return n
}
