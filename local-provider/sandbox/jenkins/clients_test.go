package jenkins_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/jenkins"
	"github.com/handsoff/handsoff/shared/need"
)

// clientTime is how long one of the clients may take.
const clientTime = 5 * time.Minute

// clock is where a client moves the clock of a Jenkins.
func (r *rig) clock() string {
	return strings.Replace(r.url, "://", "://"+user+":"+token+"@", 1) + "/sandbox/clock"
}

// client runs a client to its end and returns what it prints.
func client(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), clientTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LC_ALL=C.UTF-8"}, env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

func TestPythonJenkins(t *testing.T) {
	t.Parallel()
	python := need.Python(t, "jenkins")
	for name, secret := range map[string]string{"token": token, "password and crumb": password} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			env := []string{"JENKINS_CLOCK=" + r.clock(), "JENKINS_URL=" + r.url, "JENKINS_USER=" + user, "JENKINS_TOKEN=" + secret}
			if out := client(t, env, python, "testdata/client.py"); !strings.Contains(out, "all is well") {
				t.Error(out)
			}
			if n := r.jenkins.Started("demo/slow"); n != 1 {
				t.Errorf("%d slow builds were started", n)
			}
		})
	}
}

func TestJenkinsJobBuilder(t *testing.T) {
	t.Parallel()
	builder := need.Program(t, "jenkins-jobs")
	r := newRig(t)
	conf := filepath.Join(t.TempDir(), "jobs.ini")
	settings := "[job_builder]\nignore_cache=True\n[jenkins]\nurl=" + r.url + "\nuser=" + user + "\npassword=" + token + "\n"
	if err := os.WriteFile(conf, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	jjb := func(args ...string) string {
		return client(t, nil, builder, append([]string{"--conf", conf}, args...)...)
	}
	for range 2 { // the second time it changes what is there
		jjb("update", "testdata/jobs.yaml")
	}
	r.check(r.json("/job/box/job/made-from-yaml/api/json"), map[string]any{
		"description":                            "Made by jenkins-job-builder.<!-- Managed by Jenkins Job Builder -->",
		"property.0.parameterDefinitions.0.name": "WHO", "property.0.parameterDefinitions.1.choices.1": "large",
	})
	r.check(r.json("/view/from-yaml/api/json"), map[string]any{"jobs.0.name": "box"})
	r.want(201, r.post("/job/box/job/made-from-yaml/buildWithParameters?WHO=world&delay=0sec"))
	r.jenkins.Advance(time.Second)
	if text := r.get("/job/box/job/made-from-yaml/1/consoleText").text; !strings.Contains(text, "\nhello world\n") {
		t.Errorf("the job prints:\n%s", text)
	}
	if out := jjb("list"); !strings.Contains(out, "box") || !strings.Contains(out, "demo") {
		t.Errorf("list: %s", out)
	}
	jjb("update", "--delete-old", "testdata/jobs.yaml")
	jjb("delete", "box/made-from-yaml")
	r.want(404, r.get("/job/box/job/made-from-yaml/api/json"))
	r.want(200, r.get("/job/demo/api/json"))
}

func TestNodeJenkins(t *testing.T) {
	t.Parallel()
	node, modules := need.Program(t, "node"), need.Node(t, "jenkins")
	for name, secret := range map[string]string{"token": token, "password and crumb": "secret"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			simple := func(o *jenkins.Options) { o.Password = "secret" }
			r := newRig(t, simple)
			old := newRig(t, simple, func(o *jenkins.Options) { o.OldQueueCancel = true })
			with := func(r *rig) string { return strings.Replace(r.url, "://", "://"+user+":"+secret+"@", 1) }
			env := []string{"NODE_PATH=" + modules, "JENKINS_CLOCK=" + r.clock(), "JENKINS_URL=" + with(r), "JENKINS_OLD=" + with(old)}
			if out := client(t, env, node, "testdata/client.js"); !strings.Contains(out, "all is well") {
				t.Error(out)
			}
		})
	}
}
