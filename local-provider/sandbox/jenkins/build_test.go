package jenkins_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/jenkins"
)

func TestBuild(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start("slow", "seconds", "40", "HANDSOFF_JOB", "abcd")
	started := float64(r.jenkins.Now().UnixMilli())
	r.check(r.json(demo+"slow/1/api/json"), map[string]any{
		"_class": "hudson.model.FreeStyleBuild", "building": true, "inProgress": true, "result": nil, "number": 1.0, "id": "1",
		"displayName": "#1", "fullDisplayName": "demo » slow #1", "duration": 0.0, "estimatedDuration": -1.0,
		"timestamp": started, "queueId": 1.0, "url": r.url + demo + "slow/1/", "keepLog": false, "builtOn": "",
		"actions.0._class": "hudson.model.ParametersAction", "actions.0.parameters.1.name": "HANDSOFF_JOB",
		"actions.0.parameters.1.value": "abcd", "changeSet._class": "hudson.scm.EmptyChangeLogSet", "description": nil,
	})
	if _, there := r.json(demo + "slow/1/api/json")["executor"].(map[string]any); !there {
		t.Error("a running build has no executor")
	}
	r.check(r.json(demo+"slow"+api), map[string]any{"color": "notbuilt_anime", "lastBuild.number": 1.0, "lastCompletedBuild": nil})
	r.jenkins.Advance(time.Hour)
	r.check(r.json(demo+"slow/1/api/json"), map[string]any{
		"building": false, "inProgress": false, "result": "SUCCESS", "duration": 40030.0, "estimatedDuration": 40030.0,
		"timestamp": started, "executor": nil,
	})
	r.check(r.json(demo+"slow"+api), map[string]any{
		"color": "blue", "lastSuccessfulBuild.number": 1.0, "lastStableBuild.number": 1.0, "lastFailedBuild": nil,
		"healthReport.0.score": 100.0, "healthReport.0.description": "Build stability: No recent builds failed.",
		"healthReport.0.iconUrl": "health-80plus.png", "healthReport.0._class": nil,
	})
	if text := r.get(demo + "slow/lastBuild/buildNumber").text; text != "1" {
		t.Errorf("buildNumber: %s", text)
	}
	r.want(302, r.postForm(demo+"slow/1/submitDescription", url.Values{"description": {"good"}}))
	r.check(r.json(demo+"slow/1/api/json"), map[string]any{"description": "good"})
	r.want(200, r.get(demo+"slow/1/"))
}

func TestEstimate(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, seconds := range []string{"10", "20", "60"} {
		r.start("slow", "seconds", seconds)
		r.jenkins.Advance(time.Hour)
	}
	r.start("slow", "seconds", "100")
	r.jenkins.Advance(15 * time.Second)
	r.check(r.json(demo+"slow/4/api/json?depth=1"), map[string]any{
		"estimatedDuration": 30030.0, "executor.progress": 49.0, "executor.likelyStuck": false, "executor.idle": false,
	})
	r.jenkins.Advance(time.Minute)
	r.check(r.json(demo+"slow/4/api/json?depth=1"), map[string]any{"executor.progress": 99.0})

	r.start("fail") // a job that never succeeded is estimated from its failures
	r.jenkins.Advance(time.Hour)
	r.check(r.json(demo+"fail/1/api/json"), map[string]any{"result": "FAILURE", "estimatedDuration": 3030.0})
}

func TestPermalinksColorsAndHealth(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, exit := range []string{"0", "1", "0"} {
		config := strings.ReplaceAll(freestyle, "exit 1", "exit "+exit)
		if got := r.postXML("/createItem?name=mixed", config); got.StatusCode == http.StatusBadRequest {
			r.want(200, r.postXML("/job/mixed/config.xml", config))
		}
		r.want(201, r.post("/job/mixed/build?delay=0sec"))
		r.jenkins.Advance(time.Minute)
	}
	r.want(201, r.post("/job/mixed/build?delay=0sec"))
	r.want(302, r.post("/job/mixed/4/stop"))
	r.jenkins.Advance(2 * time.Second)
	r.want(201, r.post("/job/mixed/build?delay=0sec"))
	o := r.json("/job/mixed/api/json")
	r.check(o, map[string]any{
		"lastBuild.number": 5.0, "lastCompletedBuild.number": 4.0, "lastSuccessfulBuild.number": 3.0,
		"lastStableBuild.number": 3.0, "lastFailedBuild.number": 2.0, "lastUnstableBuild": nil, "firstBuild.number": 1.0,
		"lastUnsuccessfulBuild.number": 4.0, "color": "aborted_anime", "builds.4.number": 1.0, "builds.0.number": 5.0,
		"healthReport.0.score": 66.0, "healthReport.0.iconClassName": "icon-health-60to79",
		"healthReport.0.description": "Build stability: 1 out of the last 3 builds failed.", "allBuilds": nil,
	})
	for name, number := range map[string]float64{
		"lastBuild": 5, "lastCompletedBuild": 4, "lastSuccessfulBuild": 3, "lastStableBuild": 3, "lastFailedBuild": 2,
		"lastUnsuccessfulBuild": 4,
	} {
		r.check(r.json("/job/mixed/"+name+"/api/json"), map[string]any{"number": number})
	}
	r.want(404, r.get("/job/mixed/lastUnstableBuild/api/json"))
	r.check(r.json("/job/mixed/api/json?tree=allBuilds[number]{1,3}"), map[string]any{
		"allBuilds.0.number": 4.0, "allBuilds.1.number": 3.0, "allBuilds.2": nil,
	})
	for job, color := range map[string]string{"fail": "red", "unstable": "yellow", "plain": "blue"} {
		r.want(201, r.post(demo+job+map[bool]string{true: "/build", false: "/buildWithParameters"}[job == "plain"]))
		r.jenkins.Advance(time.Hour)
		r.check(r.json(demo+job+api), map[string]any{"color": color})
	}
	r.check(r.json(demo+"fail"+api), map[string]any{
		"healthReport.0.score": 0.0, "healthReport.0.description": "Build stability: All recent builds failed.",
	})
	r.check(r.json(demo+"unstable/1/api/json"), map[string]any{"result": "UNSTABLE"})
}

func TestPipelineRun(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	const pipeline = `<flow-definition><definition class="x"><script>
		echo 'one'
		sleep 10
		echo "two ${params.WHO}"
		error 'three'
	</script></definition></flow-definition>`
	r.want(200, r.postXML("/createItem?name=pipe", pipeline))
	r.want(201, r.post("/job/pipe/build?delay=0sec"))
	r.want(201, r.post("/job/pipe/build?delay=0sec"))
	r.check(r.json("/job/pipe/2/api/json?depth=1"), map[string]any{
		"_class": "org.jenkinsci.plugins.workflow.job.WorkflowRun", "previousBuild.number": 1.0, "nextBuild": nil,
		"executor._class": "hudson.model.OneOffExecutor", "inProgress": true, "changeSets.0": nil,
	})
	r.check(r.json("/job/pipe/1/api/json"), map[string]any{"nextBuild.number": 2.0, "nextBuild.building": nil})
	r.jenkins.Advance(time.Minute)
	r.check(r.json("/job/pipe/1/api/json"), map[string]any{"result": "FAILURE", "duration": 10000.0})
	want := "Started by user demo\n[Pipeline] Start of Pipeline\n[Pipeline] echo\none\n[Pipeline] sleep\n" +
		"Sleeping for 10 sec\n[Pipeline] echo\ntwo \n[Pipeline] error\n[Pipeline] End of Pipeline\nERROR: three\nFinished: FAILURE\n"
	if text := r.get("/job/pipe/1/consoleText").text; text != want {
		t.Errorf("console:\n%s\nwant\n%s", text, want)
	}
}

func TestDeleteBuild(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.start("hang")
	if text := r.want(200, r.post(demo+"hang/1/doDelete")).text; !strings.Contains(text, "could not be deleted") {
		t.Errorf("delete of a running build: %s", text)
	}
	r.want(200, r.get(demo+"hang/1/api/json"))
	r.want(302, r.post(demo+"hang/1/stop"))
	r.jenkins.Advance(2 * time.Second)
	if to := r.want(302, r.post(demo+"hang/1/doDelete")).Header.Get("Location"); to != r.url+demo+"hang/" {
		t.Errorf("delete sends to %s", to)
	}
	r.want(404, r.get(demo+"hang/1/api/json"))
	r.check(r.json(demo+"hang"+api), map[string]any{"lastBuild": nil, "nextBuildNumber": 2.0})
	if n := r.jenkins.Started("demo/hang"); n != 1 {
		t.Errorf("the deleted build is not counted: %d", n)
	}
}

func TestVanishingBuild(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *jenkins.Options) { o.Executors = 1 })
	item := r.start("vanish")
	r.want(200, r.get(demo+"vanish/1/api/json"))
	r.jenkins.Advance(4 * time.Second)
	r.want(404, r.get(demo+"vanish/1/api/json"))
	r.want(404, r.get(demo+"vanish/1/consoleText"))
	r.check(r.json(demo+"vanish"+api), map[string]any{"lastBuild": nil, "builds.0": nil})
	r.check(r.json(item+"api/json"), map[string]any{"executable.number": 1.0}) // the queue still remembers it
	next := r.start("slow", "seconds", "1")
	r.check(r.json(next+"api/json"), map[string]any{"executable": nil}) // its executor is busy still
	again := r.start("vanish")
	r.check(r.json(again+"api/json"), map[string]any{"blocked": true, "why": "A build is already in progress"})
	r.jenkins.Advance(30 * time.Second)
	r.check(r.json(next+"api/json"), map[string]any{"executable.number": 1.0})
	r.start("slow", "seconds", "1")
	if err := r.jenkins.Vanish("demo/slow", 1); err != nil {
		t.Fatal(err)
	}
	r.want(404, r.get(demo+"slow/1/api/json"))
}
