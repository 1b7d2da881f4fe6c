package jenkins_test

import (
	"strings"
	"testing"
	"time"
)

func TestStopTakesTime(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start("hang")
	r.want(405, r.get(demo+"hang/1/stop"))
	if to := r.want(302, r.post(demo+"hang/1/stop")).Header.Get("Location"); to != r.url+demo+"hang/1/" {
		t.Errorf("stop sends to %s", to)
	}
	r.check(r.json(demo+"hang/1/api/json"), map[string]any{"building": true, "result": nil})
	r.jenkins.Advance(time.Second)
	r.want(302, r.post(demo+"hang/1/stop")) // again, which changes nothing
	r.check(r.json(demo+"hang/1/api/json"), map[string]any{"building": true})
	r.jenkins.Advance(time.Second)
	r.check(r.json(demo+"hang/1/api/json"), map[string]any{
		"building": false, "result": "ABORTED", "duration": 2000.0, "executor": nil,
		"actions.2._class": "jenkins.model.InterruptedBuildAction",
	})
	if text := r.get(demo + "hang/1/consoleText").text; !strings.HasSuffix(text, "Build was aborted\nAborted by demo\nFinished: ABORTED\n") {
		t.Errorf("console:\n%s", text)
	}
	r.check(r.json(demo+"hang"+api), map[string]any{"color": "aborted"})
	r.want(302, r.post(demo+"hang/1/stop")) // nothing is building
	r.want(404, r.post(demo+"hang/2/stop"))
	if stops := r.jenkins.Builds("demo/hang")[0].Stops; len(stops) != 2 {
		t.Errorf("the build got %v", stops)
	}
}

func TestBuildMayEndWhileItIsStopped(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start("slow", "seconds", "10")
	r.jenkins.Advance(9 * time.Second)
	r.want(302, r.post(demo+"slow/1/stop"))
	r.jenkins.Advance(2 * time.Second)
	r.check(r.json(demo+"slow/1/api/json"), map[string]any{"building": false, "result": "SUCCESS"})
}

func TestTermAndKillAreForPipelines(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start("hang")
	r.want(404, r.post(demo+"hang/1/term"))
	r.want(404, r.post(demo+"hang/1/kill"))
	r.check(r.json(demo+"hang/1/api/json"), map[string]any{"building": true})
}

func TestStubbornPipelines(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, job := range []string{"stubborn", "immortal"} {
		r.start(job)
		r.want(302, r.post(demo+job+"/1/stop"))
		r.jenkins.Advance(10 * time.Minute)
		r.check(r.json(demo+job+"/1/api/json"), map[string]any{"building": true, "result": nil})
		if text := r.get(demo + job + "/1/consoleText").text; !strings.HasSuffix(text,
			"Aborted by demo\nClick here to forcibly terminate running steps\n") {
			t.Errorf("%s after a stop:\n%s", job, text)
		}
		r.want(405, r.get(demo+job+"/1/term"))
		r.want(302, r.post(demo+job+"/1/term"))
		r.check(r.json(demo+job+"/1/api/json"), map[string]any{"building": true})
		r.jenkins.Advance(10 * time.Minute)
	}
	r.check(r.json(demo+"stubborn/1/api/json"), map[string]any{"building": false, "result": "ABORTED"})
	if text := r.get(demo + "stubborn/1/consoleText").text; !strings.HasSuffix(text,
		"Terminating sleep\n[Pipeline] End of Pipeline\nFinished: ABORTED\n") {
		t.Errorf("stubborn after a term:\n%s", text)
	}
	r.check(r.json(demo+"immortal/1/api/json"), map[string]any{"building": true})
	r.want(302, r.post(demo+"immortal/1/kill"))
	r.check(r.json(demo+"immortal/1/api/json"), map[string]any{"building": false, "result": "ABORTED"})
	if text := r.get(demo + "immortal/1/consoleText").text; !strings.HasSuffix(text,
		"Terminating sleep\nClick here to forcibly kill entire build\nHard kill!\nFinished: ABORTED\n") {
		t.Errorf("immortal after a kill:\n%s", text)
	}
	r.want(302, r.post(demo+"immortal/1/kill"))
}

func TestInput(t *testing.T) {
	t.Parallel()
	for act, result := range map[string]string{
		"input/Deploy/proceedEmpty": "SUCCESS", "input/Deploy/abort": "ABORTED", "input/deploy/submit": "ABORTED",
		"input/Deploy/submit?proceed=x": "SUCCESS", "wfapi/inputSubmit?inputId=Deploy": "SUCCESS",
	} {
		t.Run(act, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.start("input")
			r.jenkins.Advance(24 * time.Hour)
			r.check(r.json(demo+"input/1/api/json"), map[string]any{
				"building": true, "actions.2._class": "org.jenkinsci.plugins.workflow.support.steps.input.InputAction",
			})
			r.check(r.json(demo+"input/1/api/json?tree=actions[waitingForInput,executions[id]]"), map[string]any{
				"actions.2.waitingForInput": true, "actions.2.executions.0.id": "Deploy",
			})
			r.check(r.json(demo+"input/1/wfapi/describe"), map[string]any{"status": "PAUSED_PENDING_INPUT"})
			if text := r.get(demo + "input/1/wfapi/pendingInputActions").text; !strings.Contains(text, `"id":"Deploy"`) {
				t.Errorf("pending: %s", text)
			}
			r.want(404, r.post(demo+"input/1/input/Other/abort"))
			r.want(404, r.post(demo+"input/1/input/Deploy/other"))
			r.want(405, r.get(demo+"input/1/input/Deploy/abort"))
			if got := r.post(demo + "input/1/" + act); got.StatusCode >= 400 {
				t.Fatalf("%s\n%s", got.Status, got.text)
			}
			r.check(r.json(demo+"input/1/api/json"), map[string]any{"building": false, "result": result})
			r.want(404, r.post(demo+"input/1/input/Deploy/abort"))
			r.check(r.json(demo+"input/1/wfapi/describe"), map[string]any{"status": result})
			if text := r.get(demo + "input/1/wfapi/pendingInputActions").text; text != "[]" {
				t.Errorf("pending after the end: %s", text)
			}
		})
	}
	r := newRig(t)
	r.start("input")
	r.want(302, r.post(demo+"input/1/stop"))
	r.jenkins.Advance(2 * time.Second)
	r.check(r.json(demo+"input/1/api/json"), map[string]any{"result": "ABORTED"})
}
