package jenkins_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/jenkins"
)

func TestQueueItemBecomesBuild(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	item := r.build("slow", "seconds", "60", "HANDSOFF_JOB", "abcd")
	r.jenkins.Advance(100 * time.Millisecond)
	r.check(r.json(item+"api/json"), map[string]any{
		"_class": "hudson.model.Queue$WaitingItem", "id": 1.0, "blocked": false, "buildable": false, "stuck": false,
		"why": "In the quiet period. Expires in 4.9 sec", "url": "queue/item/1/", "executable": nil,
		"params": "\nseconds=60\nHANDSOFF_JOB=abcd", "task.name": "slow", "task.url": r.url + demo + "slow/",
		"task._class": "hudson.model.FreeStyleProject", "task.color": "notbuilt", "task.buildable": nil,
		"actions.0.parameters.1.value": "abcd", "actions.1.causes.0.userId": user,
	})
	since := r.json(item + "api/json").at("inQueueSince")
	r.check(r.json("/queue/api/json"), map[string]any{"items.0.id": 1.0, "items.0.inQueueSince": since, "items.1": nil})
	r.check(r.json(demo+"slow"+api), map[string]any{"inQueue": true, "queueItem.id": 1.0, "queueItem.actions": nil})
	if text := r.want(200, r.get(item)).text; !strings.HasPrefix(text, "Queue item exists.") {
		t.Errorf("GET %s: %s", item, text)
	}
	r.jenkins.Advance(5 * time.Second)
	r.check(r.json(item+"api/json"), map[string]any{
		"_class": "hudson.model.Queue$LeftItem", "why": nil, "cancelled": false, "executable.number": 1.0,
		"executable.url": r.url + demo + "slow/1/", "executable._class": "hudson.model.FreeStyleBuild", "inQueueSince": since,
	})
	r.check(r.json("/queue/api/json"), map[string]any{"items.0": nil})
	r.check(r.json(demo+"slow"+api), map[string]any{"inQueue": false, "queueItem": nil, "nextBuildNumber": 2.0})
	r.jenkins.Advance(4*time.Minute + 59*time.Second)
	r.want(200, r.get(item+"api/json"))
	r.jenkins.Advance(time.Second)
	r.want(404, r.get(item+"api/json"))
	r.want(404, r.get(item))
}

func TestEqualBuildsAreMerged(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *jenkins.Options) { o.Executors = 4 })
	r.build("slow", "seconds", "60", "HANDSOFF_JOB", "a")
	const again = demo + "slow/buildWithParameters?seconds=60&HANDSOFF_JOB="
	if to := r.want(303, r.post(again+"a")).Header.Get("Location"); to != r.url+"/queue/item/1/" {
		t.Errorf("an equal build is at %s", to)
	}
	r.want(201, r.post(again+"b"))
	r.want(201, r.post(demo+"plain/build"))
	if to := r.want(201, r.post(demo+"plain/build")).Header.Get("Location"); to != r.url+"/queue/item/3/" {
		t.Errorf("an equal build without parameters is at %s", to)
	}
	r.want(201, r.post(demo+"plain/build?delay=0sec")) // and shortens the wait of the one that is there
	if n := r.jenkins.Started("demo/plain"); n != 1 {
		t.Errorf("%d plain builds were started", n)
	}
	r.jenkins.Advance(5 * time.Second)
	r.want(201, r.post(again+"a")) // it runs, and is not in the queue any more
	if n := r.jenkins.Started("demo/slow"); n != 2 {
		t.Errorf("%d slow builds were started, want 2", n)
	}
	form := `json={"parameter":[{"name":"seconds","value":"9"}]}`
	const kind = "application/x-www-form-urlencoded"
	r.want(201, r.send(http.MethodPost, demo+"slow/build", form, "Content-Type", kind))
	merged := r.want(302, r.send(http.MethodPost, demo+"slow/build", form, "Content-Type", kind))
	if to := merged.Header.Get("Location"); to != r.url+demo+"slow/" {
		t.Errorf("an equal build from a form is sent to %s", to)
	}
}

func TestBuildsOfOneJobWaitForEachOther(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start("nomark", "seconds", "20")
	r.jenkins.Advance(30 * time.Second)
	r.start("nomark", "seconds", "21")
	second := r.start("nomark", "seconds", "22")
	r.check(r.json(second+"api/json"), map[string]any{
		"_class": "hudson.model.Queue$BlockedItem", "blocked": true, "buildable": false,
		"why": "Build #2 is already in progress (ETA: 15 sec)",
	})
	third := r.start("nomark", "seconds", "23")
	r.check(r.json("/queue/api/json"), map[string]any{"items.0.id": 3.0, "items.1.id": 4.0, "items.0.blocked": true})
	r.jenkins.Advance(12 * time.Second)
	r.check(r.json(second+"api/json"), map[string]any{"executable.number": 3.0})
	r.check(r.json(third+"api/json"), map[string]any{"why": "Build #3 is already in progress (ETA: 19 sec)"})
	r.jenkins.Advance(time.Hour)
	r.check(r.json(demo+"nomark"+api), map[string]any{"lastCompletedBuild.number": 4.0, "lastBuild.number": 4.0})
}

func TestExecutorsAreLimited(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start("slow", "seconds", "60")
	r.start("slow", "seconds", "61")
	r.check(r.json("/computer/api/json?depth=2"), map[string]any{
		"busyExecutors": 2.0, "computer.0.executors.1.number": 1.0, "computer.0.executors.1.idle": false,
		"computer.0.executors.0.currentExecutable.number": 1.0, "computer.0.idle": false,
	})
	third := r.start("slow", "seconds", "62")
	fourth := r.start("slow", "seconds", "63")
	r.check(r.json(third+"api/json"), map[string]any{
		"_class": "hudson.model.Queue$BuildableItem", "buildable": true, "pending": false, "stuck": false,
		"why": "Waiting for next available executor",
	})
	r.check(r.json("/queue/api/json"), map[string]any{"items.0.id": 4.0, "items.1.id": 3.0}) // the next one stands last
	r.check(r.json(r.start("input")+"api/json"), map[string]any{"executable.number": 1.0})   // a pipeline needs none
	r.check(r.json("/computer/api/json?depth=2"), map[string]any{
		"computer.0.oneOffExecutors.0.currentExecutable.number": 1.0, "busyExecutors": 2.0,
	})
	r.jenkins.Advance(46 * time.Second)
	r.check(r.json(third+"api/json"), map[string]any{"executable.number": 3.0})
	r.check(r.json(fourth+"api/json"), map[string]any{"executable": nil, "buildable": true})
	r.jenkins.SetExecutors(3)
	r.check(r.json(fourth+"api/json"), map[string]any{"executable.number": 4.0})
}

func TestLabelThatNobodyHas(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	item := r.start("queue")
	r.jenkins.Advance(time.Hour)
	r.check(r.json(item+"api/json"), map[string]any{
		"buildable": true, "stuck": true, "why": "There are no nodes with the label ‘unobtainium’", "executable": nil,
	})
}

func TestCancelQueueItem(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	item := r.build("slow")
	r.want(405, r.get("/queue/cancelItem?id=1"))
	got := r.want(204, r.post("/queue/cancelItem?id=1"))
	if got.text != "" || got.Header.Get("Content-Length") != "" {
		t.Errorf("204 with a body: %q %v", got.text, got.Header)
	}
	r.check(r.json(item+"api/json"), map[string]any{
		"_class": "hudson.model.Queue$LeftItem", "cancelled": true, "executable": nil, "why": nil,
	})
	r.want(500, r.post("/queue/cancelItem?id=1")) // too late, says Jenkins, with its error page
	r.want(404, r.post("/queue/cancelItem?id=99"))
	r.want(404, r.post("/queue/cancelItem"))
	r.jenkins.Advance(time.Minute)
	if n := r.jenkins.Started("demo/slow"); n != 0 {
		t.Errorf("%d cancelled builds were started", n)
	}
	item = r.build("slow")
	r.want(204, r.post(item+"cancelQueue"))
	r.check(r.json(item+"api/json"), map[string]any{"cancelled": true})
	item = r.build("slow")
	r.want(302, r.post(demo+"slow/cancelQueue"))
	r.check(r.json(item+"api/json"), map[string]any{"cancelled": true})
}

func TestCancelQueueItemBefore2211(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *jenkins.Options) { o.OldQueueCancel = true })
	item := r.build("slow")
	to := r.want(302, r.post("/queue/cancelItem?id=1")).Header.Get("Location")
	if to != r.url+"/queue/" {
		t.Errorf("one is sent to %s", to)
	}
	r.want(404, r.get(to)) // which is what a client that follows sees after a success
	r.check(r.json(item+"api/json"), map[string]any{"cancelled": true})
	back := r.send(http.MethodPost, r.build("slow")+"cancelQueue", "", "Referer", r.url+"/")
	if back.StatusCode != http.StatusFound || back.Header.Get("Location") != r.url+"/" {
		t.Errorf("with a Referer: %s to %s", back.Status, back.Header.Get("Location"))
	}
	r.want(302, r.post("/queue/cancelItem?id=99"))
}

func TestDisablingAJobEmptiesItsQueue(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	item := r.build("slow")
	r.want(302, r.post(demo+"slow/disable"))
	r.check(r.json(item+"api/json"), map[string]any{"cancelled": true})
}
