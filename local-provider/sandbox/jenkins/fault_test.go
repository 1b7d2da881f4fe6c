package jenkins_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/jenkins"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	for kind, c := range map[jenkins.FaultKind]struct {
		status  int // 0 for no answer
		text    string
		started int
	}{
		jenkins.FaultDown:    {0, "", 0},
		jenkins.FaultSlow:    {201, "", 1},
		jenkins.FaultHTML:    {200, "<h1>It works!</h1>", 0},
		jenkins.FaultError:   {500, "Oops!", 0},
		jenkins.FaultGateway: {502, "502 Bad Gateway", 0},
		jenkins.FaultDrop:    {0, "", 1},
		jenkins.FaultToken:   {401, "HTTP ERROR 401 Unauthorized", 0},
		jenkins.FaultGone:    {404, "Oops!", 0},
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.jenkins.Break(jenkins.Fault{Kind: kind, Path: "/job/slow/", Times: 1, Delay: time.Millisecond})
			r.want(200, r.get("/api/json")) // elsewhere all is well
			const path = demo + "slow/buildWithParameters"
			got, err := r.try(t.Context(), http.MethodPost, path, "")
			switch {
			case c.status == 0 && err == nil:
				t.Errorf("there was an answer: %s", got.Status)
			case c.status != 0 && err != nil:
				t.Errorf("there was no answer: %v", err)
			case c.status != 0 && (got.StatusCode != c.status || !strings.Contains(got.text, c.text)):
				t.Errorf("%s\n%s", got.Status, got.text)
			}
			r.jenkins.Advance(time.Minute)
			if n := r.jenkins.Started("demo/slow"); n != c.started {
				t.Errorf("%d builds were started, want %d", n, c.started)
			}
			r.want(201, r.post(path)) // once only
		})
	}
	if n := len(jenkins.FaultKinds()); n != 8 {
		t.Errorf("there are %d kinds of fault, and not all are tested", n)
	}
}

func TestFaultsInTurn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.jenkins.Break(jenkins.Fault{Kind: jenkins.FaultError, Method: http.MethodPost, Skip: 1, Times: 2})
	forever := r.jenkins.Break(jenkins.Fault{Kind: jenkins.FaultGateway, Path: "/queue/"})
	other := r.jenkins.Break(jenkins.Fault{Kind: jenkins.FaultToken, Path: "/whoAmI"})
	r.want(200, r.get("/api/json"))
	for i, status := range []int{201, 500, 500, 201} {
		if got := r.post(demo + "plain/build"); got.StatusCode != status {
			t.Errorf("POST %d: %s, want %d", i, got.Status, status)
		}
	}
	for range 3 {
		r.want(502, r.get("/queue/api/json"))
	}
	r.jenkins.Mend(forever)
	r.want(200, r.get("/queue/api/json"))
	r.want(401, r.get("/whoAmI/api/json"))
	r.jenkins.Mend(other, 99)
	r.want(200, r.get("/whoAmI/api/json"))
}

func TestSlowAnswerToAnImpatientClient(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.jenkins.Break(jenkins.Fault{Kind: jenkins.FaultSlow, Delay: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if got, err := r.try(ctx, http.MethodPost, demo+"plain/build", ""); err == nil {
		t.Errorf("there was an answer: %s", got.Status)
	}
	if n := r.jenkins.QueueLength(); n != 0 {
		t.Errorf("%d builds are queued", n)
	}
}

func TestControl(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	control := func(order string) reply { return r.want(200, r.post("/sandbox/"+order)) }
	r.want(200, r.get("/sandbox/status"))
	control("hold?job=demo/slow")
	r.start("slow", "seconds", "3", "HANDSOFF_JOB", "abcd")
	control("clock?advance=1h")
	r.check(r.json(demo+"slow/1/api/json"), map[string]any{"building": true})
	r.check(r.json("/sandbox/status"), map[string]any{"held.0": "demo/slow", "running": 1.0})
	control("release?job=demo/slow")
	control("clock?advance=1h")
	r.check(r.json(demo+"slow/1/api/json"), map[string]any{"result": "SUCCESS"})

	id := control("fault?kind=gateway&path=/queue/&times=9&skip=0&method=GET&delay=1s").text
	if id != "{\"id\":1}\n" {
		t.Errorf("a fault is ordered as %s", id)
	}
	r.want(502, r.get("/queue/api/json"))
	r.check(r.json("/sandbox/status"), map[string]any{"faults.0.kind": "gateway"})
	control("mend?id=1")
	r.want(200, r.get("/queue/api/json"))
	control("fault?kind=token")
	r.want(401, r.get("/api/json"))
	control("mend") // the token works here all the same
	r.want(200, r.get("/api/json"))

	control("queue?hold=true")
	item := r.start("slow")
	r.check(r.json(item+"api/json"), map[string]any{"why": "Waiting for next available executor"})
	control("queue?hold=false")
	r.check(r.json(item+"api/json"), map[string]any{"executable.number": 2.0})
	control("vanish?job=demo/slow&number=2")
	r.want(404, r.get(demo+"slow/2/api/json"))
	control("old-cancel?on=true")
	r.build("slow", "seconds", "7")
	r.want(302, r.post("/queue/cancelItem?id=3"))
	control("clock?speed=5")
	control("clock?speed=0")

	var starts []jenkins.Start
	if err := json.Unmarshal([]byte(r.get("/sandbox/starts").text), &starts); err != nil || len(starts) != 2 ||
		starts[0].Parameters["HANDSOFF_JOB"] != "abcd" || starts[0].Cause != "Started by user demo" {
		t.Errorf("starts: %+v, %v", starts, err)
	}
	if text := r.get("/sandbox/requests").text; !strings.Contains(text, `"path":"/job/demo/job/slow/buildWithParameters"`) {
		t.Errorf("requests: %s", text)
	}
	for _, bad := range []string{
		"hold?job=none", "release?job=demo", "queue", "clock?advance=x", "clock?advance=-1s", "clock?speed=-1", "fault",
		"fault?kind=slow&delay=x", "fault?kind=slow&times=-1", "mend?id=x", "vanish?job=demo/slow",
	} {
		r.want(400, r.post("/sandbox/"+bad))
	}
	r.secret = password
	r.want(401, r.get("/sandbox/status"))
}

func TestLedger(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start("nomark", "seconds", "1")
	r.jenkins.Advance(time.Minute)
	if n := r.jenkins.Started("demo/nomark"); n != 1 {
		t.Errorf("%d builds were started", n)
	}
	if r.jenkins.Started("demo/plain") != 0 || r.jenkins.Started("demo/none") != -1 || r.jenkins.Builds("none") != nil {
		t.Error("builds of jobs that were never started, or are not there")
	}
	b := r.jenkins.Builds("demo/nomark")[0]
	if b.Number != 1 || b.Building || b.Result != "SUCCESS" || b.Parameters["seconds"] != "1" || b.QueueID != 1 {
		t.Errorf("the build is %+v", b)
	}
	last := r.jenkins.Requests()
	if got := last[len(last)-1]; got.Method != http.MethodPost || got.User != user || got.Status != 201 || got.Path != demo+"nomark/buildWithParameters" {
		t.Errorf("the last request was %+v", got)
	}
}
