package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/job"
)

// pages are all that people read here, and the README.
func pages(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("*.md")
	if err != nil || len(all) == 0 {
		t.Fatal(all, err)
	}
	return append(all, "../README.md")
}

var (
	code    = regexp.MustCompile("(?s)\n```.*?\n```")
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
)

// TestLinksLead: what a page links to in the repository is there, and so is the heading that it names.
func TestLinksLead(t *testing.T) {
	t.Parallel()
	for _, page := range pages(t) {
		for _, found := range link.FindAllStringSubmatch(code.ReplaceAllString(read(t, page), ""), -1) {
			path, anchor, _ := strings.Cut(found[1], "#")
			if strings.Contains(path, "://") {
				continue
			}
			to := page
			if path != "" {
				to = filepath.Join(filepath.Dir(page), path)
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s links to %s: %v", page, found[1], err)
			} else if anchor != "" && !has(t, to, anchor) {
				t.Errorf("%s links to %s, and %s has no such heading", page, found[1], to)
			}
		}
	}
}

// has looks for a heading, by the name that GitHub gives it in addresses.
func has(t *testing.T, page, anchor string) bool {
	t.Helper()
	for _, found := range heading.FindAllStringSubmatch(read(t, page), -1) {
		name := strings.ReplaceAll(strings.ToLower(found[1]), " ", "-")
		if regexp.MustCompile(`[^\p{L}\p{N}_-]`).ReplaceAllString(name, "") == anchor {
			return true
		}
	}
	return false
}

// TestIndex: every page is found from the first one.
func TestIndex(t *testing.T) {
	t.Parallel()
	index := read(t, "README.md")
	for _, page := range pages(t) {
		if filepath.Base(page) != "README.md" && !strings.Contains(index, "("+page+")") {
			t.Errorf("docs/README.md does not lead to %s", page)
		}
	}
}

// TestPictureIsTrue: the picture of a job's life has every state there is, and no other; what ends leads nowhere, all else somewhere.
func TestPictureIsTrue(t *testing.T) {
	t.Parallel()
	picture := read(t, "job.svg")
	_, boxes, _ := strings.Cut(picture, `<g id="states">`)
	boxes, steps, _ := strings.Cut(boxes, `<g id="steps">`)
	drawn := make(map[job.State]bool)
	for _, found := range regexp.MustCompile(`>(\w+)</text>`).FindAllStringSubmatch(boxes, -1) {
		drawn[job.State(found[1])] = false
	}
	for _, state := range []job.State{
		job.Confirming, job.Queued, job.Running, job.Waiting, job.Cancelling, job.Succeeded, job.Failed, job.Cancelled, job.Unknown,
	} {
		if _, there := drawn[state]; !there {
			t.Errorf("the picture has no %s", state)
		}
	}
	for _, found := range regexp.MustCompile(`id="(\w+)-(\w+)"`).FindAllStringSubmatch(steps, -1) {
		from, to := job.State(found[1]), job.State(found[2])
		if _, there := drawn[to]; !there {
			t.Errorf("a step leads to %s, which is no state", to)
		}
		drawn[from] = true
	}
	for state, leads := range drawn {
		if leads == state.Final() {
			t.Errorf("%s is final: %v; leads on: %v", state, state.Final(), leads)
		}
	}
	if len(drawn) != 9 {
		t.Errorf("the picture has %d states", len(drawn))
	}
}

func read(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
