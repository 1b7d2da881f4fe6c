package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	sandbox "github.com/handsoff/handsoff/local-provider/sandbox/git"
	"github.com/handsoff/handsoff/shared/function"
	shared "github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
)

// patchRepo is where the tests' patches are.
const patchRepo = "ops/patches"

const patchConfig = `      branches: [main]
      patches: {repo: "@/ops/patches", path: kettle, pull_request: {repo: acme/patches}}
github:
  url: "%"
  api: "%/api/v3"
`

// boil is the upstream's file that the patches change.
const boil = "#!/bin/sh\nset -eu\necho one\necho two\necho three\necho four\necho five\necho six\n"

// hub is what of a GitHub has to do with pull requests.
type hub struct {
	mu    sync.Mutex
	pulls []map[string]any
}

// ServeHTTP lists pull requests and opens them, and loses the answer to the first that is opened.
func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.URL.Path != "/api/v3/repos/acme/patches/pulls" || r.Header.Get("Authorization") != "Bearer hub-token" {
		http.NotFound(w, r)
		return
	}
	if r.Method == http.MethodGet {
		found := []map[string]any{}
		for _, pull := range h.pulls {
			if r.FormValue("head") == fmt.Sprint("acme:", pull["head"].(map[string]any)["ref"]) {
				found = append(found, pull)
			}
		}
		_ = json.NewEncoder(w).Encode(found)
		return
	}
	var in struct {
		Title string `json:"title"`
		Body  string `json:"body"`
		Head  string `json:"head"`
		Base  string `json:"base"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	number := len(h.pulls) + 1
	h.pulls = append(h.pulls, map[string]any{
		"number": number, "title": in.Title, "body": in.Body, "head": map[string]any{"ref": in.Head}, "base": map[string]any{"ref": in.Base},
		"html_url": fmt.Sprintf("http://hub.test/acme/patches/pull/%d", number),
	})
	if number == 1 {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(h.pulls[number-1])
}

func (h *hub) opened() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.pulls)
}

// patched is a bench with a series of one patch, which changes "two", and a GitHub to propose to.
func patched(t *testing.T) (*bench, *hub) {
	t.Helper()
	h := &hub{}
	web := httptest.NewServer(h)
	web.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(web.Close)
	b := newBench(t, strings.ReplaceAll(patchConfig, "%", web.URL))
	b.boil(boil)
	b.commit(sandbox.Commit{Repository: patchRepo, Message: "Patches", Files: map[string]string{"kettle/0001-two.patch": b.patch("two", "2")}})
	section, err := shared.Read(b.config)
	if err != nil {
		t.Fatal(err)
	}
	b.cap.github, err = shared.New(section, func(name string) ([]byte, error) {
		if name == "github-token" {
			return []byte("hub-token"), nil
		}
		return nil, fmt.Errorf("%s: %w", name, function.ErrNoSecret)
	}, shared.Options{Redis: b.redis, Patience: pullPatience})
	if err != nil {
		t.Fatal(err)
	}
	return b, h
}

func (b *bench) boil(text string) {
	b.Helper()
	b.commit(sandbox.Commit{Repository: sandbox.Upstream, Message: "Boil otherwise", Files: map[string]string{"boil.sh": text}})
}

// patch makes a patch of the upstream as it is.
func (b *bench) patch(old, with string) string {
	b.Helper()
	dir := filepath.Join(b.TempDir(), "clone")
	plain(b, "/", "clone", "--quiet", b.path(sandbox.Upstream), dir)
	if err := os.WriteFile(filepath.Join(dir, "boil.sh"), []byte(strings.Replace(boil, old, with, 1)), 0o600); err != nil {
		b.Fatal(err)
	}
	plain(b, dir, "-c", "user.name=Ann", "-c", "user.email=ann@example.org", "commit", "--quiet", "--all", "--message", "Say "+with)
	return plain(b, dir, "format-patch", "-1", "--stdout") + "\n"
}

func TestPatchesApply(t *testing.T) {
	t.Parallel()
	b, _ := patched(t)
	j := b.sync()
	b.ends(j, job.Succeeded)
	b.says(b.story(j.ID), "The 1 patch of "+b.web.URL+"/ops/patches still apply to main.", "Pushed 4 refs")
}

// TestPatchesMerge: they are refreshed, proposed once, and the sync goes on.
func TestPatchesMerge(t *testing.T) {
	t.Parallel()
	b, h := patched(t)
	b.boil(strings.Replace(boil, "echo four", "echo 4", 1)) // beside what the patch changes
	for range 2 {
		j := b.sync()
		b.ends(j, job.Succeeded)
		b.says(b.story(j.ID), "only by merging: refresh them. Refreshed ones are proposed: ")
		if n := h.opened(); n != 1 {
			t.Errorf("%d pull requests were opened", n)
		}
	}
	branch := plain(t, b.path(patchRepo), "for-each-ref", "--format=%(refname)", "refs/heads/handsoff/")
	text := plain(t, b.path(patchRepo), "show", branch+":kettle/0001-two.patch")
	b.says(text, "Subject: [PATCH] Say 2", "echo 4")
}

func TestPatchesInConflict(t *testing.T) {
	t.Parallel()
	b, h := patched(t)
	b.boil(strings.Replace(boil, "echo two", "echo TWO", 1))
	j := b.sync()
	b.ends(j, job.Failed, "Patches of kettle are in conflict with main at ", "0001-two.patch (boil.sh). Nothing was pushed", "with the conflicts marked: http")
	if refs := b.refs(sandbox.Mirror); refs != "" {
		b.Errorf("something was pushed:\n%s", refs)
	}
	if n := h.opened(); n != 1 {
		t.Errorf("%d pull requests were opened", n)
	}
	branch := plain(t, b.path(patchRepo), "for-each-ref", "--format=%(refname)", "refs/heads/handsoff/")
	b.says(plain(t, b.path(patchRepo), "show", branch+":kettle/0001-two.patch"), "<<<<<<<", ">>>>>>>")
}

func TestSeriesIsChecked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"named and not there": {map[string]string{"kettle/series": "none.patch # why\n"}, "the series names none.patch, which is not there"},
		"no patch":            {map[string]string{"kettle/0002-x.patch": "hello\n"}, "0002-x.patch ("},
		"out of the folder":   {map[string]string{"kettle/series": "../../../etc/passwd\n"}, "the series names ../../../etc/passwd, which is not there"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			b, _ := patched(t)
			b.commit(sandbox.Commit{Repository: patchRepo, Message: "Odd", Files: c.files})
			b.ends(b.sync(), job.Failed, c.want)
		})
	}
}
