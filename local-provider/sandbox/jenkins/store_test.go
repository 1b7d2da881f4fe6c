package jenkins_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/jenkins"
)

// reborn is a Jenkins with the folder of one that was not told that it would die.
func reborn(t *testing.T, dir string) *rig {
	t.Helper()
	return newRig(t, func(o *jenkins.Options) { o.Dir = dir })
}

func TestStateSurvives(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := reborn(t, dir)
	r.want(200, r.postXML("/job/demo/createItem?name=a%20job", freestyle))
	r.want(200, r.postXML("/createView?name=some", listView))
	r.want(302, r.post(demo+"plain/disable"))
	r.want(302, r.post("/job/demo/job/a%20job/doRename?newName=another"))
	r.want(302, r.post(demo+"unstable/doDelete"))
	r.want(302, r.post("/computer/(built-in)/toggleOffline?offlineMessage=tea"))
	r.want(302, r.post("/computer/(built-in)/toggleOffline"))
	r.start("slow", "seconds", "3", "HANDSOFF_JOB", "abcd")
	r.jenkins.Advance(10 * time.Second)
	console := r.get(demo + "slow/1/consoleText").text
	r.start("hang")
	r.start("stubborn")
	r.want(302, r.post(demo+"stubborn/1/term"))
	r.start("vanish")
	r.jenkins.Advance(4 * time.Second)
	blocked := r.start("hang", "HANDSOFF_JOB", "b")
	queued := r.build("slow", "seconds", "4")
	now := r.jenkins.Now()

	r = reborn(t, dir)
	if r.jenkins.Now().Before(now.Add(-5 * time.Second)) {
		t.Errorf("the clock went back from %v to %v", now, r.jenkins.Now())
	}
	r.check(r.json(demo+"slow/1/api/json"), map[string]any{
		"result": "SUCCESS", "duration": 3030.0, "actions.0.parameters.1.value": "abcd",
	})
	if text := r.get(demo + "slow/1/consoleText").text; text != console {
		t.Errorf("the console was\n%s\nand is\n%s", console, text)
	}
	r.check(r.json(demo+"hang/1/api/json"), map[string]any{"building": false, "result": "ABORTED", "duration": 0.0})
	if text := r.get(demo + "hang/1/consoleText").text; strings.Contains(text, "Finished") {
		t.Errorf("the console of a build that died with its Jenkins:\n%s", text)
	}
	r.want(404, r.get(demo+"vanish/1/api/json"))
	r.check(r.json(demo+"stubborn/1/api/json"), map[string]any{"result": "ABORTED"}) // its term took effect meanwhile
	r.check(r.json(blocked+"api/json"), map[string]any{"executable.number": 2.0})
	r.jenkins.Advance(5 * time.Second)
	r.check(r.json(queued+"api/json"), map[string]any{"executable.number": 2.0})
	r.check(r.json(demo+"another"+api), map[string]any{"description": "made by a test"})
	r.want(404, r.get("/job/demo/job/a%20job/api/json"))
	r.want(404, r.get(demo+"unstable"+api))
	r.check(r.json(demo+"plain"+api), map[string]any{"disabled": true})
	r.check(r.json("/view/some/api/json"), map[string]any{"_class": "hudson.model.ListView"})
	if starts := r.jenkins.Starts(); len(starts) != 6 || starts[0].Parameters["HANDSOFF_JOB"] != "abcd" {
		t.Errorf("the ledger has %+v", starts)
	}
	if n := r.jenkins.Started("demo/vanish"); n != 1 {
		t.Errorf("%d vanished builds were started", n)
	}
	next := r.start("slow", "seconds", "5")
	if !strings.HasPrefix(next, "/queue/item/") || next <= queued {
		t.Errorf("after %s comes %s", queued, next)
	}
}

func TestPipelinesGoOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := reborn(t, dir)
	r.start("immortal")
	r.start("input")
	if err := r.jenkins.Hold("demo/slow"); err != nil {
		t.Fatal(err)
	}
	r = reborn(t, dir)
	r.check(r.json(demo+"immortal/1/api/json"), map[string]any{"building": true})
	if text := r.get(demo + "immortal/1/consoleText").text; !strings.Contains(text, "after Jenkins restart") {
		t.Errorf("console:\n%s", text)
	}
	r.want(302, r.post(demo+"immortal/1/kill"))
	r.want(200, r.post(demo+"input/1/input/Deploy/proceedEmpty"))
	r.start("slow", "seconds", "1")
	r.jenkins.Advance(time.Hour)
	r.check(r.json(demo+"slow/1/api/json"), map[string]any{"building": true}) // still held
}

func TestBadState(t *testing.T) {
	t.Parallel()
	for file, text := range map[string]string{
		"state.json": "{", "queue.json": "x", "jobs/demo/config.xml": "<", "jobs/demo/jobs/slow/job.json": "[]",
		"jobs/demo/jobs/slow/builds/1.json": "", "jobs/none/job.json": "{}",
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			reborn(t, dir).start("slow")
			path := filepath.Join(dir, filepath.FromSlash(file))
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			server := jenkins.New(jenkins.Options{Token: token, Dir: dir})
			defer server.Close()
			if server.Err() == nil {
				t.Fatal("it starts with a broken state")
			}
			door, err := jenkins.Listen(t.Context(), "127.0.0.1:0", server)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = door.Close(t.Context()) }()
			r := newRig(t)
			r.url = door.URL()
			if text := r.want(503, r.get("/api/json")).text; !strings.Contains(text, "Jenkins failed to start") {
				t.Errorf("it answers %s", text)
			}
		})
	}
}

func TestHalfWrittenFilesAreIgnored(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	reborn(t, dir).start("slow", "seconds", "0")
	for _, file := range []string{"jobs/demo/jobs/slow/builds/1.json.new", "starts.jsonl"} {
		f, err := os.OpenFile(filepath.Join(dir, file), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(`{"numb`); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	r := reborn(t, dir)
	if n := len(r.jenkins.Starts()); n != 1 {
		t.Errorf("the ledger has %d starts", n)
	}
	r.want(200, r.get(demo+"slow/1/api/json"))
}

// TestFullDisk makes a file that must be written a folder.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := reborn(t, dir)
	if err := os.MkdirAll(filepath.Join(dir, "queue.json.new"), 0o700); err != nil {
		t.Fatal(err)
	}
	r.start("slow")
	if err := r.jenkins.Err(); err == nil || !strings.Contains(err.Error(), "save the sandbox's state") {
		t.Errorf("Err says %v", err)
	}
	r.want(200, r.get("/api/json"))
}
