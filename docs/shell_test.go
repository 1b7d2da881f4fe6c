package docs_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asWritten are the pages whose shell blocks are run, in this order, as somebody would who reads one after the other.
func asWritten() []string {
	return []string{"../README.md", "tutorial.md", "writing-a-function.md"}
}

// elsewhere are the blocks that cannot be run here, by how they begin, with the reason. They are fenced as console.
func elsewhere() map[string]string {
	return map[string]string{
		"handsoff> jenkins build demo/slow seconds=30": "a conversation: local-provider/endtoend holds it, by telnet",
		"faas-cli new":                 "needs faas-cli; local-provider/endtoend lays out and deploys what it would",
		"faas-cli template store pull": "needs faas-cli and its store",
	}
}

// around are scripts of testdata that run before and after a block, by what the block has in it: the reader is elsewhere then. faas-cli is the
// one that FAAS_CLI names, else a stand-in.
func around() map[string][2]string {
	return map[string][2]string{
		"faas-cli login": {"cluster", ""},
		"faas-cli up -f": {"", "deployed"},
	}
}

const (
	// patience is for all pages together, on a machine that builds everything anew while it is busy.
	patience = 12 * time.Minute
	// parting is what is left of the time for all tests when patience is at its end: a block that is stuck is named, and not the test.
	parting = 3 * time.Minute
	// mark stands before what each block prints, with its number.
	mark = "\x1e"
)

// TestWhatIsWrittenWorks runs every shell block of the pages as it stands, in a copy of the repository and a network of its own, and
// compares what each prints with what the page shows.
func TestWhatIsWrittenWorks(t *testing.T) {
	t.Parallel()
	var run []block
	for _, page := range asWritten() {
		for _, b := range blocks(t, page) {
			switch {
			case b.lang == "sh" || b.file != "":
				run = append(run, b)
			case b.lang == "console" && !excused(b):
				t.Errorf("%s:%d: a console block that is not among those that cannot be run here: %.60q", b.page, b.line, b.text)
			case b.lang == "" || b.lang == "bash" || b.lang == "shell" || b.lang == "text":
				t.Errorf("%s:%d: a block of %q is not run: fence it as sh, with what it prints as text behind it, or as console", b.page, b.line, b.lang)
			}
		}
	}
	if t.Failed() {
		return
	}
	dir := clone(t)
	printed, whole := perform(t, dir, scriptOf(t, dir, run))
	compare(t, run, printed, whole)
}

func excused(b block) bool {
	for begins := range elsewhere() {
		if strings.HasPrefix(b.text, begins) {
			return true
		}
	}
	return false
}

// scriptOf is the script that runs the blocks in a folder, and writes the files that others are the text of.
func scriptOf(t *testing.T, dir string, run []block) string {
	t.Helper()
	var script strings.Builder
	fmt.Fprintf(&script, "set -eu\nexec </dev/null\ncd %s\n", dir)
	for n, b := range run {
		fmt.Fprintf(&script, "printf '%s%d\\n'\n", `\036`, n)
		if b.lang == "sh" {
			script.WriteString(surrounded(b.text))
			continue
		}
		text := filepath.Join(filepath.Dir(dir), "block-"+strconv.Itoa(n))
		if err := os.WriteFile(text, []byte(b.text), 0o600); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&script, "mkdir -p $(dirname %s)\ncp %s %s\n", b.file, text, b.file)
	}
	path := filepath.Join(filepath.Dir(dir), "script")
	if err := os.WriteFile(path, []byte(script.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// surrounded is a block with the scripts around it.
func surrounded(text string) string {
	for has, scripts := range around() {
		if strings.Contains(text, has) {
			for i, name := range scripts {
				if name != "" {
					scripts[i] = ". docs/testdata/" + name + "\n"
				}
			}
			return scripts[0] + text + scripts[1]
		}
	}
	return text
}

// perform runs the script, and returns what it printed, and whether it came to its end. What it brought up is taken down at the end.
func perform(t *testing.T, dir, script string) (text string, whole bool) {
	t.Helper()
	out, err := os.Create(script + ".out") // a file, which what goes on in the background may hold open
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = out.Close() }()
	begun := time.Now()
	end := begun.Add(patience)
	if all, bounded := t.Deadline(); bounded && all.Add(-parting).Before(end) {
		end = all.Add(-parting)
	}
	ctx, cancel := context.WithDeadline(t.Context(), end)
	defer cancel()
	cmd := apart(ctx, t, script)
	cmd.Stdout, cmd.Stderr = out, out
	// Without the record of Ansible's runs, which takes seconds of both processors, and built as `make up` does outside of tests.
	cmd.Env = append(cmd.Env, "UP=-ara=false", "CGO_ENABLED=0", "LANG=C.UTF-8")
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	t.Cleanup(func() { takeDown(t, dir) })
	if err := cmd.Start(); errors.Is(err, syscall.EPERM) && os.Getenv("CI") != "true" {
		t.Skipf("a network of its own cannot be had here: %v", err)
	} else if err != nil {
		t.Fatal(err)
	}
	ended := cmd.Wait()
	printed, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case ctx.Err() != nil:
		t.Errorf("the shell was ended after %s: a block is stuck, or this machine is too busy", time.Since(begun).Round(time.Second))
	case ended != nil:
		t.Errorf("the shell ended so: %v", ended)
	}
	return string(printed), ended == nil
}

// compare looks whether each block printed what its page shows. When the shell has stopped, it was at the last one that began.
func compare(t *testing.T, run []block, printed string, whole bool) {
	t.Helper()
	parts := strings.Split(printed, mark)[1:]
	for n, part := range parts {
		said := strings.TrimPrefix(part, strconv.Itoa(n)+"\n")
		b := run[n]
		if !whole && n == len(parts)-1 {
			t.Errorf("%s:%d was the last block to begin:\n%s\nit printed:\n%s", b.page, b.line, b.text, said)
		} else if b.shows != "" && !general(b.shows).MatchString(said) {
			t.Errorf("%s:%d:\n%s\nprints:\n%s\nand the page shows:\n%s", b.page, b.line, b.text, said, b.shows)
		}
	}
	if len(parts) < len(run) && whole {
		t.Errorf("%d of %d blocks began", len(parts), len(run))
	}
}

// takeDown ends what the pages brought up, if they did not.
func takeDown(t *testing.T, dir string) {
	t.Helper()
	program := filepath.Join(dir, "bin", "local-provider")
	if _, err := os.Stat(program); err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "down", "-home", filepath.Join(dir, ".handsoff"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("down: %v\n%s", err, out)
	}
}
