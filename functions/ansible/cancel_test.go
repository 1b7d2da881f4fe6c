package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/job"
)

// soak reports whether the long tests run too.
func soak() bool { return os.Getenv("HANDSOFF_SOAK") == "1" }

// kind is a playbook of some behaviour, and the task at which it is stopped or its function killed.
type kind struct {
	playbook, task string
	args           map[string]any
	often          bool // not only under HANDSOFF_SOAK=1
}

var kinds = []kind{
	{playbook: "slow", task: "Work"},
	{playbook: "stubborn", task: "Sit there", often: true},
	{playbook: "daemon", task: "Stay", args: with("seconds=600"), often: true},
	{playbook: "flood", task: "Print", args: with("megabytes=2000")},
	{playbook: "secrets", task: "Wait", args: map[string]any{"proceed": "/never"}},
	{playbook: "parted", task: "Work"}, // one host is unreachable
	{playbook: "prompt", task: "Use it", args: with("db_password=given-by-hand")},
}

func TestCancel(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		if !k.often && !soak() {
			continue
		}
		t.Run(k.playbook, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, unrecorded)
			id := b.ask(k.playbook, k.args)
			b.begin(id)
			ref := refOf(t, b.atTask(id, k.task))
			b.cancel(id)
			done := b.finished(id)
			b.ends(done, job.Cancelled, "ansible-playbook has ended: its process group ", " is empty, and nothing that it started is left")
			if r := done.Receipt; r.By != "telnet:ann" || r.Reason != "enough" || r.Signalled.IsZero() || r.Confirmed.Before(r.Signalled) {
				t.Errorf("%+v", r)
			}
			if attend.Look(ref) != attend.Gone {
				t.Error("it is still there")
			}
			b.says(b.story(id), "Interrupted ansible-playbook")
			if k.playbook == "stubborn" {
				b.says(b.story(id), "terminated it (SIGTERM)", "killed it (SIGKILL)")
			}
			if k.playbook == "daemon" {
				b.says(strings.Join(done.Receipt.Left, " "), "sleep 86399")
			}
			b.tidy()
		})
	}
}

func refOf(tb testing.TB, j *job.Job) attend.Ref {
	tb.Helper()
	var at course
	if err := json.Unmarshal(j.Checkpoint, &at); err != nil || at.Ref == nil {
		tb.Fatal(string(j.Checkpoint), err)
	}
	return *at.Ref
}

// A cancel while ARA records: its record is closed as failed, with a label, and who and why.
func TestCancelClosesTheRecord(t *testing.T) {
	t.Parallel()
	b := newBench(t, onARA(t))
	id := b.ask("slow", nil)
	b.begin(id)
	b.until(id, "the link", func(j *job.Job) bool { return len(j.Links) > 0 && strings.Contains(j.Progress.Line, "Work") })
	b.cancel(id)
	done := b.finished(id)
	b.ends(done, job.Cancelled, "ARA's record ", " is closed as failed")
	record, err := b.cap.ara.ByLabel(t.Context(), "job:"+id)
	if err != nil || record == nil || record.Status != "failed" || record.Ended.IsZero() {
		t.Fatalf("%+v %v", record, err)
	}
	var labels []string
	for _, label := range record.Labels {
		labels = append(labels, label.Name)
	}
	if all := strings.Join(labels, " "); !strings.Contains(all, "cancelled") || !strings.Contains(all, "handsoff") {
		t.Error(all)
	}
	var why struct{ By, Why, Job, Label string }
	if err := b.cap.ara.Recorded(t.Context(), record.ID, "handsoff", &why); err != nil || why.By != "telnet:ann" || why.Why != "enough" || why.Job != id || why.Label != "cancelled" {
		t.Errorf("%+v %v", why, err)
	}
}

// The receipt names hosts on which a task may go on.
func TestReceiptNamesHosts(t *testing.T) {
	t.Parallel()
	p := place{Task: "Restart", N: 3, Of: 9, Hosts: []string{"web1", "web2"}, Here: []string{"localhost"}, More: 4}
	if got := strings.Join(p.stillAtWork(), ""); got != `the task "Restart" may still be running on web1, web2 and 4 more: what was begun on a remote host is not ended with ansible-playbook` {
		t.Error(got)
	}
	if got := (place{Task: "x", Here: []string{"a"}}).stillAtWork(); got != nil {
		t.Error(got)
	}
}

// The time limit stops a run as a cancel does, and it ends failed.
func TestTimeLimit(t *testing.T) {
	t.Parallel()
	b := newBench(t, unrecorded)
	id := b.ask("slow", nil)
	b.begin(id)
	b.atTask(id, "Work")
	if err := b.redis.HSet(t.Context(), "handsoff:job:"+id, "deadline", 1).Err(); err != nil { // however long it took to come there
		t.Fatal(err)
	}
	b.ends(b.finished(id), job.Failed, "nothing that it started is left")
}

// What ARA is told of a stop names whose time limit passed.
func TestTheClosingSaysWhoseLimitPassed(t *testing.T) {
	t.Parallel()
	for by, want := range map[string]string{
		"telnet:ann": "enough", "deadline": "its time limit of 1h0m0s passed", "deadline:a1b2": "the time limit of a1b2, which led to it, passed",
	} {
		j := &job.Job{ID: "k3f7", Limit: time.Hour, Cancel: &job.CancelRequest{By: by, Reason: "enough"}}
		if got := (&runner{}).cancelled(j, ""); got.Why != want || got.By != by {
			t.Errorf("%s: %+v", by, got)
		}
	}
}

func TestCancelBeforeTheStart(t *testing.T) {
	t.Parallel()
	b := newBench(t, unrecorded, func(s *settings) { edit(s, "fail", func(p *playbook) { p.Retry.Wait = time.Hour }) })
	id := b.ask("fail", nil)
	b.begin(id)
	b.until(id, "the wait", func(j *job.Job) bool { return j.State == job.Waiting })
	b.cancel(id)
	b.begin(id)
	b.ends(b.finished(id), job.Cancelled, "ansible-playbook was not running; it waited to be started again", "1 host had failed before: b")
}
