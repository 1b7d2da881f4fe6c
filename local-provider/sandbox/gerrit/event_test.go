package gerrit_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/gerrit"
)

// TestEveryEvent does what each type tells of, and looks at what the type has of its own.
func TestEveryEvent(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	s := r.stream()
	bob, ann := r.as("bob"), r.as("ann")
	n := r.push(gerrit.Upload{})
	rebased := func() error {
		if _, err := ann.PushBranch("acme/app", "refs/heads/main"); err != nil {
			return err
		}
		return bob.Rebase(n)
	}
	for _, step := range []struct {
		kind string
		do   func() error
		want map[string]any // by path, with dots
	}{
		{"reviewer-added", func() error { return bob.AddReviewer(n, "ann@example.com") }, map[string]any{"reviewer.username": "ann", "adder.username": "bob"}},
		{"topic-changed", func() error { return bob.SetTopic(n, "one") }, map[string]any{"change.topic": "one", "changer.username": "bob", "oldTopic": nil}},
		{"topic-changed", func() error { return bob.SetTopic(n, "two") }, map[string]any{"change.topic": "two", "oldTopic": "one"}},
		{"hashtags-changed", func() error { _, err := bob.SetHashtags(n, []string{"#b", "a"}, nil); return err }, map[string]any{
			"editor.username": "bob", "added.0": "a", "hashtags.1": "b", "change.hashtags.0": "a",
		}},
		{"wip-state-changed", func() error { return bob.SetWIP(n, true) }, map[string]any{"change.wip": true, "changer.username": "bob", "patchSet.number": 1.0}},
		{"wip-state-changed", func() error { return bob.SetWIP(n, false) }, map[string]any{"change.wip": nil}},
		{"comment-added", func() error { return ann.Review(n, gerrit.Review{Labels: map[string]int{"Code-Review": -1}}) }, map[string]any{
			"approvals.0.value": "-1", "approvals.0.oldValue": "0", "author.username": "ann", "comment": "Patch Set 1: Code-Review-1",
		}},
		{"comment-added", func() error {
			return ann.Review(n, gerrit.Review{Comments: map[string][]gerrit.CommentInput{"/PATCHSET_LEVEL": {{Message: "well"}}}})
		}, map[string]any{"comment": "Patch Set 1:\n\nwell"}},
		{"vote-deleted", func() error { return r.as("admin").DeleteVote(n, "ann", "Code-Review") }, map[string]any{
			"approvals.0.value": "0", "approvals.0.oldValue": "-1", "reviewer.username": "ann", "remover.username": "admin",
		}},
		{"reviewer-deleted", func() error { return bob.RemoveReviewer(n, "ann") }, map[string]any{"reviewer.username": "ann", "remover.username": "bob"}},
		{"patchset-created", func() error { return bob.Amend(n, gerrit.Upload{Kind: "NO_CODE_CHANGE", Subject: "Say it better"}) }, map[string]any{
			"patchSet.number": 2.0, "patchSet.kind": "NO_CODE_CHANGE", "change.subject": "Say it better",
		}},
		{"patchset-created", rebased, map[string]any{"patchSet.number": 3.0, "patchSet.kind": "TRIVIAL_REBASE"}},
		{"change-abandoned", func() error { return bob.Abandon(n, "no") }, map[string]any{"reason": "no", "abandoner.username": "bob", "change.status": "ABANDONED"}},
		{"change-restored", func() error { return bob.Restore(n, "yes") }, map[string]any{"reason": "yes", "restorer.username": "bob", "change.status": "NEW"}},
		{"change-deleted", func() error { return bob.Delete(n) }, map[string]any{"deleter.username": "bob", "patchSet": nil}},
		{"project-created", func() error { return ann.CreateProject("acme/new", "trunk") }, map[string]any{
			"projectName": "acme/new", "headName": "refs/heads/trunk", "change": nil,
		}},
		{"ref-replicated", func() error { r.gerrit.Replicate("acme/app", "refs/heads/main"); return nil }, map[string]any{
			"ref": "refs/heads/main", "status": "succeeded", "project": "acme/app",
		}},
	} {
		r.ok(step.do())
		e := s.await(step.kind)
		for path, want := range step.want {
			if got := at(e, steps(path)...); got != want {
				t.Errorf("%s: %s is %v, want %v", step.kind, path, got, want)
			}
		}
	}
}

// steps is a path with dots as at takes it.
func steps(path string) []any {
	var out []any
	for s := range strings.SplitSeq(path, ".") {
		if len(s) == 1 {
			out = append(out, int(s[0]-'0'))
		} else {
			out = append(out, s)
		}
	}
	return out
}

// TestPrivateState is told to who sees the change.
func TestPrivateState(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	n := r.push(gerrit.Upload{})
	s := r.stream("-s", "private-state-changed")
	r.ok(r.as("bob").SetPrivate(n, true))  // which handsoff cannot see any more
	r.ok(r.as("bob").SetPrivate(n, false)) // and this it can
	if e := s.next(); at(e, "change", "private") != nil || at(e, "changer", "username") != "bob" {
		t.Errorf("heard %v", e)
	}
}

// TestNoise is what comes with a patch set: its ref, and the meta ref with each update.
func TestNoise(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	n := r.push(gerrit.Upload{})
	r.ok(r.as("ann").Review(n, gerrit.Review{Message: "x"}))
	var kinds []string
	for _, e := range r.gerrit.Told(0) {
		kinds = append(kinds, e.Type)
	}
	if want := []string{"ref-updated", "ref-updated", "patchset-created", "ref-updated", "comment-added"}; !slices.Equal(kinds, want) {
		t.Errorf("told %v", kinds)
	}
}

// TestEmit tells of what this Gerrit would never make, on one line.
func TestEmit(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	s := r.stream()
	r.ok(r.gerrit.Emit([]byte("{\"type\":\"invented\",\n \"change\": {\"number\": 7, \"project\": \"acme/app\"}}")))
	if e := s.next(); e["type"] != "invented" || at(e, "change", "number") != 7.0 {
		t.Errorf("heard %v", e)
	}
	if err := r.gerrit.Emit([]byte(`[]`)); err == nil {
		t.Error("a list is no event")
	}
}

// TestBurst sends many events as fast as they are read, each once and in order.
func TestBurst(t *testing.T) {
	t.Parallel()
	const events = 10_000
	r := newRig(t, func(o *gerrit.Options) { o.EventBytes, o.StreamQueue = 64<<20, 20 })
	s := r.stream()
	ended := make(chan error, 1)
	go func() { ended <- r.gerrit.Burst(t.Context(), gerrit.Burst{Events: events}) }()
	told := 0
	for range events {
		line, err := s.lines.ReadBytes('\n')
		r.ok(err)
		var e struct {
			Type string `json:"type"`
		}
		r.ok(json.Unmarshal(line, &e))
		if e.Type != "comment-added" {
			t.Fatalf("heard %s", e.Type)
		}
		told++
	}
	r.ok(<-ended)
	if n := len(r.gerrit.Told(0)); n != told {
		t.Errorf("told %d, heard %d", n, told)
	}
}

// TestPace keeps a burst to its rate.
func TestPace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := gerrit.New(gerrit.Options{})
		defer s.Close()
		start := time.Now()
		if err := s.Burst(t.Context(), gerrit.Burst{Events: 960, Rate: 1000}); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 960*time.Millisecond {
			t.Errorf("960 at 1000 a second took %s", took)
		}
	})
}

// BenchmarkBurst is how fast events are made when nobody is slow to read them.
func BenchmarkBurst(b *testing.B) {
	r := gerrit.New(gerrit.Options{Password: password})
	defer r.Close()
	for b.Loop() {
		if err := r.Burst(b.Context(), gerrit.Burst{Events: 1000}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(1000*b.N)/b.Elapsed().Seconds(), "events/s")
}
