package main

import (
	"strings"
	"testing"
	"time"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/jenkins"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// answers calls a command that answers at once, as a viewer.
func (b *bench) answers(words string, args map[string]any) command.Answer {
	b.Helper()
	answer, err := b.cap.calls()[words](b.Context(), command.Call{Command: words, Args: args, Roles: []string{"viewer"}})
	if err != nil {
		b.Fatal(err)
	}
	return answer
}

// createMaster makes a folder with a job named master.
func (b *bench) createMaster(folder, recipe string) {
	b.Helper()
	b.send("/createItem?name="+folder, strings.NewReader("<com.cloudbees.hudson.plugins.folder.Folder/>"))
	b.send("/job/"+folder+"/createItem?name=master", strings.NewReader("<project><canRoam>true</canRoam><builders><hudson.tasks.Shell>"+
		"<command># sandbox: "+recipe+"</command></hudson.tasks.Shell></builders></project>"))
}

func TestCheckAndHealth(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.createMaster("cinder", "results")
	b.createMaster("nova", "fail")
	b.createMaster("idle", "results")
	b.post("/job/cinder/job/master/build")
	b.post("/job/nova/job/master/build")
	b.pass(time.Hour)
	b.says(b.answers("jenkins check", nil).Text,
		"cinder/master: passing (#1, 1 h ago)", "nova/master: failing (#1, 1 h ago)", "idle/master: never built", "3 jobs scanned. Have a nice day!")
	b.says(b.answers("jenkins job-health", nil).Text,
		"cinder/master: passing, health 100 %", "nova/master: failing, health 0 %", "All in all: failing.")
	if text := b.answers("jenkins job-health", nil).Text; strings.Contains(text, "idle") {
		t.Error(text)
	}
	b.says(b.answers("jenkins job-health", map[string]any{"job": "nova/master"}).Text,
		"nova/master: failing, health 0 % (#1, 1 h ago)", "    0 %: Build stability: All recent builds failed.")
	wrong := b.answers("jenkins job-health", map[string]any{"job": "nova/mister"})
	if wrong.Problem == nil || !strings.Contains(wrong.Text, "perhaps you meant nova/master.") {
		t.Errorf("%+v", wrong)
	}
	folder := b.answers("jenkins job-health", map[string]any{"job": "nova"})
	if folder.Problem == nil || folder.Text != "nova is a folder, not a job." {
		t.Errorf("%+v", folder)
	}
	b.says(b.answers("jenkins info", map[string]any{"show_nodes": true, "show_plugins": true, "show_jobs": true}).Text,
		"Connected as: "+account, "Nodes (1):", "executors, ", "Plug-ins (", "Found 18 jobs and 4 folders.", "    nova/master: failing, health 0 %")
}

func TestJobsListsWhatIsAllowed(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.createMaster("nova", "fail")
	text := b.answers("jenkins jobs", map[string]any{"glob": "**"}).Text
	b.says(text, "demo/slow (never built)", "demo/typed (never built); also: try typed")
	if strings.Contains(text, "nova") {
		t.Error(text)
	}
	b.says(b.answers("jenkins jobs", map[string]any{"glob": "nova/*"}).Text, "There is no job like nova/* that you may build: jenkins.allow has demo/*.")
	if bad := b.answers("jenkins jobs", map[string]any{"glob": "a//b"}); bad.Problem == nil {
		t.Errorf("%+v", bad)
	}
	b.set.Allow[0].Roles = []string{"admin"}
	b.says(b.answers("jenkins jobs", map[string]any{"glob": "demo/s*"}).Text, "There is no job like demo/s* that you may build")
}

func TestQueueIsListed(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.step(b.build("demo/queue"))
	b.pass(302 * time.Second)
	b.says(b.answers("jenkins queue", nil).Text, "1. demo/queue, item 1, for 5 m", "unobtainium")
}

func TestAnswersOnBadDays(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	for kind, want := range map[sandbox.FaultKind]string{
		sandbox.FaultDown:  "Jenkins cannot be reached while reading its queue (connection reset). Try again in a moment.",
		sandbox.FaultHTML:  "Jenkins gave an answer that is not from its API (200) while reading its queue",
		sandbox.FaultToken: "Jenkins refused our account (401) while reading its queue. The API token of " + account,
	} {
		b.jenkins.Break(sandbox.Fault{Kind: kind})
		if answer := b.answers("jenkins queue", nil); answer.Problem == nil || !strings.HasPrefix(answer.Text, want) {
			t.Errorf("%s: %+v", kind, answer)
		}
		b.jenkins.Mend()
	}
}

func TestSecondLostRequestIsLookedForAnew(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	id := b.build("demo/slow")
	b.jenkins.Break(sandbox.Fault{Kind: sandbox.FaultDown, Method: "POST", Times: 2})
	began := b.now()
	b.building(id)
	if took := b.now().Sub(began); took < 2*b.set.Settle {
		t.Errorf("asked again after %s, without waiting for either request", took)
	}
	b.started("demo/slow", 1)
	b.cancel(id, "telnet:ann")
	b.ends(b.finished(id), job.Cancelled)
}
