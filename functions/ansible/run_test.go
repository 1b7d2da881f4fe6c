package main

import (
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/job"
)

func TestRunSucceeds(t *testing.T) {
	t.Parallel()
	b := newBench(t, onARA(t))
	id := b.ask("ok", with("shade=green"))
	done := b.run(id)
	b.ends(done, job.Succeeded)
	b.says(b.log(id), "handsoff: ", "PLAY [Greet]", "hello everybody at a, "+id, "PLAY RECAP")
	res := b.result(done)
	if res.Hosts["a"] != (tally{OK: 2, Changed: 1}) || res.Playbook != "ok" || res.Inventory != "two" || res.Exit != 0 || len(res.Failed) > 0 {
		t.Errorf("%+v", res)
	}
	if done.Progress.Percent != 100 || done.Progress.Line != "it ended well · 2 hosts ok (2 changed)" {
		t.Errorf("%+v", done.Progress)
	}
	b.tidy()
	record, err := b.cap.ara.ByLabel(t.Context(), "job:"+id)
	if err != nil || record == nil || record.Status != "completed" {
		t.Fatalf("%+v %v", record, err)
	}
	if len(done.Links) != 1 || done.Links[0] != (job.Link{Title: "ARA record", URL: b.cap.ara.Link(record.ID)}) || res.Record != done.Links[0].URL {
		t.Errorf("%+v %s", done.Links, res.Record)
	}
	if record.Name != "ok" {
		t.Error(record.Name)
	}
	shown, err := b.cap.show(t.Context(), callOf("ansible show", map[string]any{"run": id}))
	if err != nil {
		t.Fatal(err)
	}
	b.says(shown.Text, id+" ok: succeeded", "ARA record", "play: Greet (completed)", "a: 2 ok, 1 changed")
}

// What it prints is in the log while it runs, not in blocks, nor at its end.
func TestLogStreams(t *testing.T) {
	t.Parallel()
	b := newBench(t, unrecorded)
	id := b.ask("uneven", nil)
	b.begin(id)
	b.until(id, "the log", func(*job.Job) bool { return strings.Contains(b.log(id), "changed: [a]") })
	b.cancel(id)
	b.ends(b.finished(id), job.Cancelled)
}
