package main

import (
	"strings"
	"sync"
	"testing"

	"github.com/handsoff/handsoff/shared/job"
)

func TestSync(t *testing.T) {
	t.Parallel()
	b := newBench(t, "")
	j := b.sync()
	b.ends(j, job.Succeeded)
	b.alike()
	b.says(b.story(j.ID), "Pushed 5 refs to "+b.web.URL+"/acme/kettle: main, stable/1.0, v1.0, v1.0.1, v2.0 (5 new).")
	b.says(string(j.Result), `"new":5`, `"ref":"refs/heads/main"`, `"said":"Pushed 5 refs to `)

	again := b.sync()
	b.ends(again, job.Succeeded)
	b.says(b.story(again.ID), "Nothing new: 5 refs of kettle are the same upstream and downstream.")

	b.upstream("main", "lid")
	b.upstream("stable/1.0", "handle")
	third := b.sync()
	b.ends(third, job.Succeeded)
	b.says(b.story(third.ID), "Pushed 2 refs", "main, stable/1.0 (2 brought forward)")
	b.alike()
	if text := b.log(j.ID) + b.log(third.ID) + b.story(j.ID); strings.Contains(text, password) {
		t.Error("the password is told")
	}
}

// TestNothingNewCostsTwoLooks: no more is asked of the servers than what they have.
func TestNothingNewCostsTwoLooks(t *testing.T) {
	t.Parallel()
	b := newBench(t, "")
	b.ends(b.sync(), job.Succeeded)
	before := len(b.server.Asked())
	b.ends(b.sync(), job.Succeeded)
	asked := strings.Join(b.server.Asked()[before:], "\n")
	// Each list of refs is one GET and one POST in git's protocol 2; git asks once more to learn that a password is wanted.
	if strings.Contains(asked, "receive-pack") || strings.Count(asked, "POST ") != 2 {
		t.Error(asked)
	}
}

// TestTwoAtOnce: two syncs of one mirror at the same time, by two processes that the engine's lock does not keep apart, push
// everything once and fail over nothing.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, "")
	other := b.newWorker(b.store, b.capability(b.store))
	ids := []string{b.ask("git sync kettle", nil), b.ask("git sync kettle", nil)}
	var both sync.WaitGroup
	for i, worker := range []*job.Worker{b.worker, other} {
		both.Go(func() {
			if _, err := worker.Run(b.Context(), ids[i]); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	for _, id := range ids {
		b.ends(b.finished(id), job.Succeeded)
	}
	b.alike()
}
