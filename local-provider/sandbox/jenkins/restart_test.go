package jenkins_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/jenkins"
)

func TestQuietDown(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.want(405, r.get("/quietDown"))
	if to := r.want(302, r.postForm("/quietDown", url.Values{"message": {"tea"}})).Header.Get("Location"); to != r.url+"/" {
		t.Errorf("quietDown sends to %s", to)
	}
	r.check(r.json("/api/json"), map[string]any{"quietingDown": true, "quietDownReason": "tea"})
	item := r.start("slow")
	r.check(r.json(item+"api/json"), map[string]any{"buildable": true, "why": "Jenkins is about to shut down"})
	pipeline := r.start("input")
	r.check(r.json(pipeline+"api/json"), map[string]any{"why": "Jenkins is about to shut down"})
	r.want(302, r.post("/cancelQuietDown"))
	r.check(r.json("/api/json"), map[string]any{"quietingDown": false, "quietDownReason": nil})
	r.check(r.json(item+"api/json"), map[string]any{"executable.number": 1.0})
}

// waiting checks that Jenkins shows its waiting page for everything.
func (r *rig) waiting(text string) {
	r.Helper()
	for _, path := range []string{"/api/json", "/", demo + "slow/1/api/json", "/nonsense"} {
		got := r.want(http.StatusServiceUnavailable, r.get(path))
		if !strings.Contains(got.text, text) || got.Header.Get("X-Jenkins") != "" {
			r.Errorf("%s: %v\n%s", path, got.Header, got.text)
		}
	}
}

// rises waits out the end of the process, the gap in which nobody answers, and the start of the new one.
func (r *rig) rises(announced time.Duration) {
	r.Helper()
	r.waiting("Please wait while Jenkins is restarting")
	r.jenkins.Advance(announced)
	if got, err := r.try(r.Context(), http.MethodGet, "/api/json", ""); err == nil {
		r.Errorf("a process that is gone answers %s", got.Status)
	}
	r.jenkins.Advance(3 * time.Second)
	r.waiting("Please wait while Jenkins is getting ready to work")
	r.jenkins.Advance(10 * time.Second)
	r.want(200, r.get("/api/json"))
}

func TestSafeRestart(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	session := r.get("/api/json").Header.Get("X-Jenkins-Session")
	r.start("slow", "seconds", "60")
	old := r.start("input")
	r.want(200, r.get("/safeRestart")) // asks whether one is sure
	r.want(302, r.post("/safeRestart"))
	queued := r.start("nomark", "seconds", "5")
	r.jenkins.Advance(40 * time.Second)
	r.check(r.json("/api/json"), map[string]any{"quietingDown": true}) // it waits for the build
	r.check(r.json(demo+"slow/1/api/json"), map[string]any{"building": true})
	r.jenkins.Advance(11 * time.Second)
	r.rises(10 * time.Second)

	if now := r.get("/api/json").Header.Get("X-Jenkins-Session"); now == session {
		t.Error("the session is the old one")
	}
	r.check(r.json("/api/json"), map[string]any{"quietingDown": false})
	r.check(r.json(demo+"slow/1/api/json"), map[string]any{"result": "SUCCESS"})
	r.check(r.json(demo+"input/1/api/json"), map[string]any{"building": true}) // a pipeline goes on
	if text := r.get(demo + "input/1/consoleText").text; !strings.Contains(text, "Resuming build at ") {
		t.Errorf("the pipeline's console:\n%s", text)
	}
	r.check(r.json(queued+"api/json"), map[string]any{"executable.number": 1.0}) // the queue is kept
	r.want(404, r.get(old+"api/json"))                                           // what had left it is forgotten
	r.want(200, r.post(demo+"input/1/input/Deploy/proceedEmpty"))
}

func TestSafeRestartCanBeCalledOff(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start("hang")
	r.want(302, r.post("/safeRestart"))
	r.want(302, r.post("/safeRestart?cancel=true"))
	r.want(302, r.post(demo+"hang/1/stop"))
	r.jenkins.Advance(time.Hour)
	r.check(r.json("/api/json"), map[string]any{"quietingDown": false})
}

func TestRestartAbortsBuilds(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start("slow", "seconds", "60")
	r.start("stubborn")
	r.want(200, r.get("/restart"))
	r.want(302, r.post("/restart"))
	r.rises(5 * time.Second)
	r.check(r.json(demo+"slow/1/api/json"), map[string]any{"result": "ABORTED", "building": false, "duration": 10000.0})
	r.check(r.json(demo+"stubborn/1/api/json"), map[string]any{"building": true})
}

func TestCrumbsEndWithTheProcess(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.secret = password
	issued := r.get("/crumbIssuer/api/json")
	cookie, _, _ := strings.Cut(issued.Header.Get("Set-Cookie"), ";")
	crumb := issued.text[strings.Index(issued.text, `"crumb":"`)+len(`"crumb":"`):][:64]
	r.want(201, r.send(http.MethodPost, demo+"plain/build", "", "Jenkins-Crumb", crumb, "Cookie", cookie))
	r.secret = token
	r.want(302, r.post("/restart"))
	r.rises(5 * time.Second)
	r.secret = password
	r.want(403, r.send(http.MethodPost, demo+"plain/build", "", "Jenkins-Crumb", crumb, "Cookie", cookie))
}

func TestDoor(t *testing.T) {
	t.Parallel()
	server := jenkins.New(jenkins.Options{User: user, Token: token})
	defer server.Close()
	door, err := jenkins.Listen(t.Context(), "127.0.0.1:0", server.Handler())
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{T: t, jenkins: server, url: door.URL(), client: &http.Client{Transport: &http.Transport{}}, name: user, secret: token}
	t.Cleanup(r.client.CloseIdleConnections)
	r.want(200, r.get("/api/json"))
	for range 2 {
		if err := door.Shut(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.try(t.Context(), http.MethodGet, "/api/json", ""); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("a shut door answers %v", err)
	}
	for range 2 {
		if err := door.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	r.want(200, r.get("/api/json"))
	for range 2 {
		if err := door.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
