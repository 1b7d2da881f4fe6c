package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// lifeVariable makes this test program the function: it has what the life needs.
const lifeVariable = "HANDSOFF_TEST_LIFE"

// life is a function in a process of its own, which can be killed.
type life struct {
	Redis  string        `json:"redis"`
	Config string        `json:"config"`
	Job    string        `json:"job"`
	Lease  time.Duration `json:"lease"`
}

// live steps a job until it is killed.
func live() int {
	var l life
	if err := json.Unmarshal([]byte(os.Getenv(lifeVariable)), &l); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	rdb := redis.NewClient(&redis.Options{Addr: l.Redis})
	store, err := job.Open(context.Background(), rdb, job.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	file, err := config.Parse([]byte(l.Config))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	var set settings
	if _, err = file.Section("ansible", &set); err == nil {
		err = set.check()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	c := &capability{
		set: &set, jobs: store, redis: rdb, log: slog.New(slog.NewTextHandler(os.Stderr, nil)), secret: benchSecret,
		now: time.Now, orphan: attend.Orphaned, endFor: enough,
	}
	if c.ara, err = connect(&set, c.secret); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	worker := job.NewWorker(store, job.WorkerOptions{Function: "ansible", Name: "life", Steps: c.steps(), Lease: l.Lease})
	if _, err := worker.Take(context.Background(), l.Job); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	select {}
}

// life starts the function as a process of its own that steps a job. Its configuration may be another one: changes are texts and what
// stands in their place.
func (b *bench) life(id, ara string, changes ...string) *exec.Cmd {
	b.Helper()
	configuration := strings.NewReplacer(changes...).Replace(configure(b, b.work, ara))
	text, err := json.Marshal(life{Redis: b.address, Config: configuration, Job: id, Lease: 2 * time.Second})
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command("/proc/self/exe")
	cmd.Args = []string{"life"}
	cmd.Env = append(os.Environ(), lifeVariable+"="+string(text))
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd
}

// kill ends it at once, as the kernel does when memory runs out.
func kill(tb testing.TB, cmd *exec.Cmd) {
	tb.Helper()
	if err := cmd.Process.Kill(); err != nil {
		tb.Fatal(err)
	}
	_ = cmd.Wait()
}

// takenOver lets this process take the job over as soon as the dead one's lease has lapsed.
func (b *bench) takenOver(id string) *job.Job {
	b.Helper()
	return b.until(id, "the end", func(j *job.Job) bool {
		if !j.State.Final() {
			b.begin(id)
		}
		return j.State.Final()
	})
}

// Whatever a playbook does, when its function is killed nothing of it stays, and the job ends as unknown with where it was.
func TestFunctionIsKilled(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		if !k.often && !soak() {
			continue
		}
		t.Run(k.playbook, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, unrecorded)
			id := b.ask(k.playbook, k.args)
			function := b.life(id, unrecorded)
			ref := refOf(t, b.atTask(id, k.task))
			kill(t, function)
			j := b.takenOver(id)
			if attend.Look(ref) != attend.Gone {
				t.Error("it is still there")
			}
			b.ends(j, job.Unknown, "The function that attended it died while ansible-playbook ran, at task ", fmt.Sprintf("%q", k.task), "on a",
				"nothing of it is left on its machine", "not declared safe to repeat")
			if n := strings.Count(b.log(id), "handsoff: "); n != 1 {
				t.Errorf("begun %d times", n)
			}
			b.tidy()
		})
	}
}

// One that is safe to repeat is run again, once, and its ARA record of the first start is closed.
func TestKilledAndRepeated(t *testing.T) {
	t.Parallel()
	ara := onARA(t)
	b := newBench(t, ara)
	args, proceed := b.held()
	id := b.ask("again", args)
	function := b.life(id, ara)
	b.until(id, "the link", func(j *job.Job) bool { return len(j.Links) > 0 })
	ref := refOf(t, b.atTask(id, "Work"))
	kill(t, function)
	jobtest.Eventually(t, "the first start to be gone", func() bool { return attend.Look(ref) == attend.Gone })
	proceed() // which the first start must not see
	j := b.takenOver(id)
	b.ends(j, job.Succeeded)
	b.says(b.story(id), "The function that attended it died while ansible-playbook ran, at task ", "it is run again.")
	if res := b.result(j); res.Starts != 2 || len(j.Links) != 2 {
		t.Errorf("%+v %+v", res, j.Links)
	}
	var at course
	_ = json.Unmarshal(j.Checkpoint, &at)
	first, err := b.cap.ara.Playbook(t.Context(), at.Records[0])
	if err != nil || first.Status != "failed" || !strings.Contains(fmt.Sprint(first.Labels), "interrupted") {
		t.Errorf("%+v %v", first, err)
	}
}

// Asked to stop, and then its function is killed: it is seen to be gone, and the job is cancelled.
func TestKilledWhileStopping(t *testing.T) {
	t.Parallel()
	b := newBench(t, unrecorded)
	id := b.ask("stubborn", nil)
	function := b.life(id, unrecorded, "term_after: 1s, kill_after: 1s", "term_after: 30m, kill_after: 30m") // it dies before it is done
	ref := refOf(t, b.atTask(id, "Sit there"))
	b.cancel(id)
	kill(t, function)
	j := b.takenOver(id)
	b.ends(j, job.Cancelled, "ansible-playbook has ended with the function that attended it; nothing of it is left on this machine")
	if attend.Look(ref) != attend.Gone {
		t.Error("it is still there")
	}
}

// A program on a machine that cannot be seen is waited for until it has surely ended itself.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	b := newBench(t, unrecorded)
	b.cap.orphan = 2 * time.Second
	id := b.ask("slow", nil)
	function := b.life(id, unrecorded)
	j := b.atTask(id, "Work")
	kill(t, function)
	var at course
	_ = json.Unmarshal(j.Checkpoint, &at)
	at.Ref.Host = "another"
	text, _ := json.Marshal(at)
	if err := b.redis.HSet(t.Context(), job.Prefix+"job:"+id, "checkpoint", text).Err(); err != nil {
		t.Fatal(err)
	}
	b.ends(b.takenOver(id), job.Unknown, "ran on another, at task 2 of ~2", "That machine cannot be seen from here")
}
