package main

import (
	"testing"

	"github.com/handsoff/handsoff/shared/job"
)

// When Redis was away for longer than a lease, the process that attends a program may be the one that takes its job anew: the program
// runs on.
func TestOwnJobTakenAnew(t *testing.T) {
	t.Parallel()
	b := newBench(t, unrecorded)
	args, proceed := b.held()
	id := b.ask("slow", args)
	b.begin(id)
	before := b.atTask(id, "Work")
	for taken := false; !taken; { // the attempt may renew its lease first
		err := b.redis.HSet(t.Context(), job.Prefix+"job:"+id, "lease", 1).Err() // it has lapsed
		if err == nil {
			taken, err = b.worker.Take(t.Context(), id)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	proceed()
	done := b.finished(id)
	b.ends(done, job.Succeeded)
	if done.Fence == before.Fence || b.result(done).Starts != 1 {
		t.Errorf("fence %d, then %d, in %d starts", before.Fence, done.Fence, b.result(done).Starts)
	}
	b.says(b.log(id), "PLAY RECAP")
	b.tidy()
}
