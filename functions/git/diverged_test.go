package main

import (
	"strings"
	"testing"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/git"
	"github.com/handsoff/handsoff/shared/job"
)

func TestDivergedFails(t *testing.T) {
	t.Parallel()
	b := newBench(t, "")
	b.ends(b.sync(), job.Succeeded)
	b.downstream("main", "ours")
	b.downstream("main", "ours-too")
	b.upstream("main", "lid")
	b.upstream("stable/1.0", "handle")
	before := b.refs(sandbox.Mirror)
	j := b.sync()
	b.ends(j, job.Failed, "The downstream has diverged, and nothing was pushed: main has 2 commits that upstream has not, and lacks 1.",
		"git.mirrors.kettle.diverged can say skip or force instead")
	if after := b.refs(sandbox.Mirror); after != before {
		b.Errorf("something was pushed:\n%s", after)
	}
}

// TestAheadIsDiverged: the downstream has all that the upstream has, and more.
func TestAheadIsDiverged(t *testing.T) {
	t.Parallel()
	b := newBench(t, "")
	b.ends(b.sync(), job.Succeeded)
	b.downstream("main", "ours")
	b.ends(b.sync(), job.Failed, "main has 1 commit that upstream has not.")
}

func TestDivergedIsSkipped(t *testing.T) {
	t.Parallel()
	b := newBench(t, "      diverged: skip\n")
	b.ends(b.sync(), job.Succeeded)
	ours := b.downstream("main", "ours")
	b.upstream("main", "lid")
	fixed := b.upstream("stable/1.0", "handle")
	for range 2 { // the second time only what is left out is left
		j := b.sync()
		b.ends(j, job.Succeeded)
		b.says(b.story(j.ID), "Left out, because the downstream has diverged: main has 1 commit that upstream has not, and lacks 1.")
		b.says(b.refs(sandbox.Mirror), ours+" refs/heads/main", fixed+" refs/heads/stable/1.0")
		b.says(string(j.Result), `"skipped":["main has 1 commit`)
		if strings.Contains(string(j.Result), `"said"`) {
			t.Errorf("where only the end is told nobody hears of what was left out: %s", j.Result)
		}
	}
}

func TestDivergedIsForced(t *testing.T) {
	t.Parallel()
	b := newBench(t, "      diverged: force\n")
	b.ends(b.sync(), job.Succeeded)
	b.downstream("main", "ours")
	b.upstream("main", "lid")
	b.upstream("stable/1.0", "handle")
	j := b.sync()
	b.ends(j, job.Succeeded)
	b.says(b.story(j.ID), "Forced, because the downstream has diverged: main has 1 commit that upstream has not, and lacks 1.", "(1 brought forward, 1 forced)")
	b.alike()
}

func TestMovedTag(t *testing.T) {
	t.Parallel()
	for diverged, want := range map[string]job.State{"fail": job.Failed, "skip": job.Succeeded, "force": job.Succeeded} {
		t.Run(diverged, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, "      diverged: "+diverged+"\n")
			b.ends(b.sync(), job.Succeeded)
			before := b.refs(sandbox.Mirror)
			b.commit(sandbox.Commit{Repository: sandbox.Upstream, Branch: "moved", From: "v1.0", Message: "Again", Files: map[string]string{"x": "x"}, Tag: "v1.0"})
			plain(t, b.path(sandbox.Upstream), "update-ref", "-d", "refs/heads/moved")
			j := b.sync()
			b.ends(j, want)
			b.says(b.story(j.ID)+j.Error, "the tag v1.0 is ", " there and ", " upstream")
			if diverged == "force" {
				b.alike()
			} else if after := b.refs(sandbox.Mirror); after != before {
				b.Errorf("something was pushed:\n%s", after)
			}
		})
	}
}

func TestWhatIsNamedHasToBeThere(t *testing.T) {
	t.Parallel()
	b := newBench(t, "      branches: [main, none, stable/*]\n      tags: [v9, v1*]\n      tags_as_branches: [\"v8:x\"]\n")
	j := b.sync()
	b.ends(j, job.Failed, "Upstream has no none, v9 and v8:x. Nothing was pushed.")
	if refs := b.refs(sandbox.Mirror); refs != "" {
		b.Errorf("something was pushed:\n%s", refs)
	}
}

func TestChosenRefs(t *testing.T) {
	t.Parallel()
	b := newBench(t, "      branches: [stable/*]\n      tags: []\n      tags_as_branches: [\"v1*:release/1*/x\", \"v2.0:two\"]\n")
	up := b.path(sandbox.Upstream)
	plain(t, up, "-c", "user.name=x", "-c", "user.email=x@y", "tag", "-f", "-a", "-m", "annotated", "v2.0", "v2.0^{}")
	b.ends(b.sync(), job.Succeeded)
	want := plain(t, up, "rev-parse", "v1.0.1") + " refs/heads/release/1.0.1/x\n" +
		plain(t, up, "rev-parse", "v1.0") + " refs/heads/release/1.0/x\n" +
		plain(t, up, "rev-parse", "stable/1.0") + " refs/heads/stable/1.0\n" +
		plain(t, up, "rev-parse", "v2.0^{commit}") + " refs/heads/two"
	if got := b.refs(sandbox.Mirror); got != want {
		t.Errorf("the mirror has\n%s\nwant\n%s", got, want)
	}
}

func TestTwoForOne(t *testing.T) {
	t.Parallel()
	b := newBench(t, "      branches: [main]\n      tags_as_branches: [\"v1.0:main\"]\n")
	b.ends(b.sync(), job.Failed, "Both main and v1.0 of the upstream would become main of the downstream.")
}

func TestEmptyUpstream(t *testing.T) {
	t.Parallel()
	b := newBench(t, "")
	b.path("upstream/empty")
	b.configure(benchConfig + "    empty: {upstream: '@/upstream/empty', downstream: '@/acme/kettle'}\n    none: {upstream: '@/upstream/none', downstream: '@/acme/kettle'}\n")
	b.worker = b.newWorker(b.store, b.capability(b.store))
	b.ends(b.finished(b.ask("git sync empty", nil)), job.Failed, "is empty: there is nothing to sync")
	b.ends(b.finished(b.ask("git sync none", nil)), job.Failed, "There is no repository "+b.web.URL+"/upstream/none, or none that we may see.")
}

// TestHookRefuses tells what the downstream's hook says, and that nothing was pushed.
func TestHookRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ hook, script, want string }{
		"everything": {"pre-receive", "echo not on a Sunday >&2\nexit 1\n", "(pre-receive hook declined), and so nothing was pushed. It says: not on a Sunday"},
		"one tag":    {"update", "test \"$1\" != refs/tags/v1.0\n", "refused v1.0 (hook declined), and so nothing was pushed."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, "")
			b.hook(c.hook, c.script)
			b.ends(b.sync(), job.Failed, c.want)
			if refs := b.refs(sandbox.Mirror); refs != "" {
				b.Errorf("something was pushed:\n%s", refs)
			}
		})
	}
}

// TestNotAtomic: a server that could take half of a push gets none.
func TestNotAtomic(t *testing.T) {
	t.Parallel()
	b := newBench(t, "")
	plain(t, b.path(sandbox.Mirror), "config", "receive.advertiseAtomic", "false")
	b.ends(b.sync(), job.Failed, "cannot take several refs all or nothing, so that nothing was pushed.")
	if refs := b.refs(sandbox.Mirror); refs != "" {
		b.Errorf("something was pushed:\n%s", refs)
	}
}
