package main

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/job"
)

// A function that is told to go ends what it attends, within its grace, and says where it was.
func TestFunctionIsStopped(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		playbook string
		state    job.State
	}{{"slow", job.Unknown}, {"again", job.Waiting}} {
		t.Run(test.playbook, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, unrecorded)
			w := job.NewWorker(b.store, job.WorkerOptions{Function: "ansible", Name: "first", Steps: b.capability().steps()})
			id := b.ask(test.playbook, nil)
			if _, err := w.Take(t.Context(), id); err != nil {
				t.Fatal(err)
			}
			ref := refOf(t, b.atTask(id, "Work"))
			soon, cancel := context.WithTimeout(t.Context(), 2*time.Minute) // long before the playbook would be over
			defer cancel()
			if err := w.Stop(soon); err != nil {
				t.Fatal(err)
			}
			if attend.Look(ref) != attend.Gone {
				t.Error("it is still there")
			}
			j := b.job(id)
			if test.state == job.Unknown {
				b.ends(j, job.Unknown, "The function ansible was stopped while ansible-playbook ran, at task 2 of ~2, \"Work\"")
				return
			}
			if j.State.Final() {
				t.Fatal(j.State, j.Error)
			}
			b.says(b.story(id), "it is run again")
			b.begin(id)
			b.until(id, "the second start", func(j *job.Job) bool {
				var at course
				_ = json.Unmarshal(j.Checkpoint, &at)
				return at.Ref != nil && *at.Ref != ref
			})
			b.cancel(id)
			b.ends(b.finished(id), job.Cancelled)
		})
	}
}
