package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/shared/git"
	"github.com/handsoff/handsoff/shared/job"
)

// manyRefs is how many refs the large mirror has.
const manyRefs = 10_000

// many gives the upstream 5,000 branches and 5,000 tags over a history of as many commits.
func (b *bench) many(repository string) {
	b.Helper()
	var text strings.Builder
	for i := range manyRefs / 2 {
		fmt.Fprintf(&text, "commit refs/heads/main\nmark :%d\ncommitter A <a@example.org> %d +0000\ndata 1\nx\n", i+1, 1_700_000_000+i)
		fmt.Fprintf(&text, "M 100644 inline n\ndata %d\n%d\n\n", len(fmt.Sprint(i)), i)
	}
	path := b.path(repository)
	cmd := exec.CommandContext(b.Context(), "git", "fast-import", "--quiet", "--export-marks=marks")
	cmd.Dir, cmd.Stdin = path, strings.NewReader(text.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	marks, err := os.ReadFile(filepath.Join(path, "marks"))
	if err != nil {
		b.Fatal(err)
	}
	var branches, tags strings.Builder // all refs in one file: one by one they would take longer than the test
	for line := range strings.Lines(string(marks)) {
		mark, object, _ := strings.Cut(strings.TrimSpace(line), " ")
		number, err := strconv.Atoi(strings.TrimPrefix(mark, ":"))
		if err != nil {
			b.Fatal(err)
		}
		fmt.Fprintf(&branches, "%s refs/heads/topic/%d\n", object, number)
		fmt.Fprintf(&tags, "%s refs/tags/t%d\n", object, number)
	}
	plain(b, path, "update-ref", "-d", "refs/heads/main")
	if err := os.WriteFile(filepath.Join(path, "packed-refs"), []byte("# pack-refs with:\n"+branches.String()+tags.String()), 0o600); err != nil {
		b.Fatal(err)
	}
}

// TestManyRefs: ten thousand refs are pushed as a whole, and cost nothing when nothing is new. With HANDSOFF_BENCH set it
// compares with plain git.
func TestManyRefs(t *testing.T) {
	t.Parallel()
	b := newBench(t, "")
	b.many("upstream/many")
	b.configure(strings.Replace(benchConfig, "[http]", "[http, file]", 1) +
		"    many: {upstream: " + b.path("upstream/many") + ", downstream: " + b.path("acme/many") + "}\n")
	b.cap = b.capability(b.store)
	b.worker = b.newWorker(b.store, b.cap)
	first, j := b.timed()
	b.ends(j, job.Succeeded)
	b.says(b.story(j.ID), "Pushed 10000 refs")
	if b.refs("upstream/many") != b.refs("acme/many") {
		t.Error("the mirror is not what the upstream is")
	}
	_, j = b.timed()
	b.ends(j, job.Succeeded)
	b.says(b.story(j.ID), "Nothing new: 10000 refs")
	if os.Getenv("HANDSOFF_BENCH") != "" {
		fmt.Printf("the first sync of %d refs, with its fetch: %s\n", manyRefs, first.Round(time.Millisecond)) // a bench prints
		b.compare()
	}
}

// timed syncs, and says how long it took.
func (b *bench) timed() (time.Duration, *job.Job) {
	b.Helper()
	id := b.ask("git sync many", nil)
	began := time.Now()
	j := b.finished(id)
	return time.Since(began), j
}

// rounds is how often each side of a comparison is measured. They take turns, and the best of each counts.
const rounds = 3

// compare prints what we cost over plain git: a push of all that the copy has against push --mirror of a clone, to files and over HTTP,
// and a sync with nothing new against two ls-remote.
func (b *bench) compare() {
	b.Helper()
	clone := filepath.Join(b.TempDir(), "clone.git")
	plain(b, "/", "clone", "--quiet", "--mirror", "file://"+b.path("upstream/many"), clone)
	for i, way := range []struct {
		name     string
		of       func(repository string) string
		password string
		rounds   int
	}{
		{"to files", b.path, "", rounds},
		// Once: git's own push takes a minute there for so many refs, whoever starts it.
		{"over HTTP", func(repository string) string { b.path(repository); return b.web.URL + "/" + repository }, "handsoff:" + password + "@", 1},
	} {
		var ours, theirs []time.Duration
		for round := range way.rounds {
			to := way.of(fmt.Sprintf("acme/ours%d-%d", i, round))
			ours = append(ours, b.pushAll(to))
			to = strings.Replace(way.of(fmt.Sprintf("acme/plain%d-%d", i, round)), "://", "://"+way.password, 1)
			began := time.Now()
			plain(b, clone, "push", "--quiet", "--mirror", "--", to)
			theirs = append(theirs, time.Since(began))
		}
		b.printed(fmt.Sprintf("push of %d refs %s", manyRefs, way.name), "push --mirror", ours, theirs)
	}
	var ours, theirs []time.Duration
	for range 2 * rounds {
		took, _ := b.timed()
		ours = append(ours, took)
		began := time.Now()
		for _, repository := range []string{"upstream/many", "acme/many"} {
			plain(b, "/", "ls-remote", "--quiet", "file://"+b.path(repository))
		}
		theirs = append(theirs, time.Since(began))
	}
	b.printed("a sync with nothing new", "two ls-remote", ours, theirs)
}

// pushAll pushes all refs of the copy to an empty repository.
func (b *bench) pushAll(to string) time.Duration {
	b.Helper()
	upstream, err := b.cap.git.Address(b.path("upstream/many"))
	if err != nil {
		b.Fatal(err)
	}
	downstream, err := b.cap.git.Address(to)
	if err != nil {
		b.Fatal(err)
	}
	cache, err := b.cap.git.Cache(b.Context(), upstream, git.Watch{})
	if err != nil {
		b.Fatal(err)
	}
	defer cache.Close()
	refs, err := cache.Refs()
	if err != nil {
		b.Fatal(err)
	}
	updates := make([]git.Update, 0, len(refs))
	for name, object := range refs {
		updates = append(updates, git.Update{Name: name, Object: object})
	}
	began := time.Now()
	pushed, err := cache.Push(b.Context(), downstream, updates, git.Watch{})
	if took := time.Since(began); err == nil && len(pushed) == manyRefs {
		return took
	}
	b.Fatalf("%d refs pushed: %v", len(pushed), err)
	return 0
}

func (b *bench) printed(what, than string, ours, theirs []time.Duration) {
	b.Helper()
	best, plainly := slices.Min(ours), slices.Min(theirs)
	fmt.Printf("%s: %s; %s: %s (%.2f times)\n", // a bench prints
		what, best.Round(time.Millisecond), than, plainly.Round(time.Millisecond), best.Seconds()/plainly.Seconds())
}
