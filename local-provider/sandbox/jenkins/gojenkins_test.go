package jenkins_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bndr/gojenkins"

	"github.com/handsoff/handsoff/local-provider/sandbox/jenkins"
)

// goInit guards the client's Init, which sets variables of its package each time.
var goInit sync.Mutex

// goClient is the Go client that the product uses, logged in by the given secret.
func goClient(r *rig, secret string) *gojenkins.Jenkins {
	r.Helper()
	transport := &http.Transport{}
	r.Cleanup(transport.CloseIdleConnections)
	goInit.Lock()
	defer goInit.Unlock()
	client, err := gojenkins.CreateJenkins(&http.Client{Transport: transport}, r.url, user, secret).Init(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	return client
}

func TestGojenkinsFollowsABuild(t *testing.T) {
	t.Parallel()
	for name, secret := range map[string]string{"token": token, "password and crumb": password} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			ctx, client := t.Context(), goClient(r, secret)
			if client.Version != jenkins.Version {
				t.Errorf("the version is %s", client.Version)
			}
			job, err := client.GetJob(ctx, "slow", "demo")
			if err != nil {
				t.Fatal(err)
			}
			definitions, err := job.GetParameters(ctx)
			if err != nil || len(definitions) != 2 || definitions[0].Name != "seconds" ||
				definitions[0].DefaultParameterValue.Value != "30" || definitions[0].Type != "StringParameterDefinition" {
				t.Errorf("parameters: %+v, %v", definitions, err)
			}
			id, err := job.InvokeSimple(ctx, map[string]string{"seconds": "10", "HANDSOFF_JOB": "abcd"})
			if err != nil || id != 1 {
				t.Fatalf("invoke: %d, %v", id, err)
			}
			task, err := client.GetQueueItem(ctx, id)
			if err != nil || !strings.HasPrefix(task.GetWhy(), "In the quiet period.") || task.GetParameters()[1].Value != "abcd" {
				t.Errorf("the queue item: %+v, %v", task, err)
			}
			r.jenkins.Advance(7 * time.Second)
			build, err := client.GetBuildFromQueueID(ctx, job, id)
			if err != nil || build.GetBuildNumber() != 1 || !build.IsRunning(ctx) {
				t.Fatalf("the build: %+v, %v", build, err)
			}
			console, err := build.GetConsoleOutputFromIndex(ctx, 0)
			if err != nil || !console.HasMoreText || !strings.Contains(console.Content, "10% done") {
				t.Errorf("the console: %+v, %v", console, err)
			}
			r.jenkins.Advance(time.Minute)
			if !build.IsGood(ctx) || build.GetDuration() != 10030 || build.GetParameters()[1].Value != "abcd" {
				t.Errorf("the build ended as %+v", build.Raw)
			}
			rest, err := build.GetConsoleOutputFromIndex(ctx, console.Offset)
			if err != nil || rest.HasMoreText || console.Content+rest.Content != build.GetConsoleOutput(ctx) {
				t.Errorf("the rest of the console: %+v, %v", rest, err)
			}
			causes, err := build.GetCauses(ctx)
			if err != nil || causes[0]["userId"] != user {
				t.Errorf("the causes: %v, %v", causes, err)
			}
			last, err := job.GetLastBuild(ctx)
			if err == nil {
				t.Errorf("a job that was not polled again knows its last build: %v", last) // one of this client's faults
			}
		})
	}
}

// TestGojenkinsStops shows the client's fault with a real Jenkins too: it follows the redirect and cannot read the page.
func TestGojenkinsStops(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx, client := t.Context(), goClient(r, token)
	r.start("hang")
	build, err := client.GetBuild(ctx, "hang", 1)
	if err == nil {
		t.Errorf("a job in a folder is found without it: %v", build)
	}
	job, err := client.GetJob(ctx, "hang", "demo")
	if err != nil {
		t.Fatal(err)
	}
	if build, err = job.GetBuild(ctx, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := build.Stop(ctx); err == nil || !strings.Contains(err.Error(), "invalid character '<'") {
		t.Errorf("stop: %v", err)
	}
	if !build.IsRunning(ctx) {
		t.Error("the build stopped at once")
	}
	r.jenkins.Advance(2 * time.Second)
	if build.IsRunning(ctx) || build.GetResult() != "ABORTED" {
		t.Errorf("after a stop the build is %+v", build.Raw)
	}
	item := r.build("slow")
	queue, err := client.GetQueue(ctx)
	if err != nil || len(queue.Tasks()) != 1 {
		t.Fatalf("the queue: %+v, %v", queue, err)
	}
	if done, err := queue.CancelTask(ctx, 2); done || err != nil { // it counts only 200 as success
		t.Errorf("cancel: %v, %v", done, err)
	}
	r.check(r.json(item+"api/json"), map[string]any{"cancelled": true})
}

func TestGojenkinsManagesJobs(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx, client := t.Context(), goClient(r, token)
	job, err := client.CreateJobInFolder(ctx, freestyle, "fresh", "demo")
	if err != nil || job.GetDescription() != "made by a test" {
		t.Fatalf("create: %+v, %v", job, err)
	}
	if err := job.UpdateConfig(ctx, strings.Replace(freestyle, "made by", "changed by", 1)); err != nil || job.GetDescription() != "changed by a test" {
		t.Errorf("update: %s, %v", job.GetDescription(), err)
	}
	config, err := job.GetConfig(ctx)
	if err != nil || !strings.Contains(config, "changed by a test") {
		t.Errorf("config: %s, %v", config, err)
	}
	if enabled, err := job.IsEnabled(ctx); !enabled || err != nil {
		t.Errorf("enabled: %v, %v", enabled, err)
	}
	folder, err := client.GetFolder(ctx, "demo")
	if err != nil || len(folder.Raw.Jobs) != 16 {
		t.Errorf("the folder: %+v, %v", folder, err)
	}
	jobs, err := client.GetAllJobs(ctx)
	if err != nil || len(jobs) != 1 || jobs[0].GetName() != "demo" {
		t.Errorf("all jobs: %v, %v", jobs, err)
	}
	nodes, err := client.GetAllNodes(ctx)
	if err != nil || len(nodes) != 1 || nodes[0].GetName() != "Built-In Node" {
		t.Errorf("nodes: %v, %v", nodes, err)
	}
	plugin, err := client.HasPlugin(ctx, "cloudbees-folder")
	if err != nil || plugin == nil || !plugin.Enabled {
		t.Errorf("plugin: %+v, %v", plugin, err)
	}
	label, err := client.GetLabel(ctx, "built-in")
	if err != nil || label.Raw.TotalExecutors != 2 {
		t.Errorf("label: %+v, %v", label, err)
	}
	view, err := client.GetView(ctx, "all")
	if err != nil || len(view.GetJobs()) != 1 {
		t.Errorf("view: %+v, %v", view, err)
	}
	if err := client.SafeRestart(ctx); err == nil {
		t.Error("the restart's page was read as JSON")
	}
	r.waiting("restarting")
}
