package gerrit_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/gerrit"
)

func inDir(dir string) func(*gerrit.Options) { return func(o *gerrit.Options) { o.Dir = dir } }

// TestRestart finds everything again: changes, what was told, and the host key.
func TestRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := newRig(t, inDir(dir))
	n := r.push(gerrit.Upload{Topic: "t", Tags: []string{"x"}})
	r.approve(n)
	r.ok(r.as("ann").Submit(n))
	deleted := r.push(gerrit.Upload{})
	r.ok(r.as("bob").Delete(deleted))
	r.ok(r.gerrit.Err())
	r.gerrit.Close()

	again := newRig(t, inDir(dir))
	if before, after := r.gerrit.Changes(), again.gerrit.Changes(); !reflect.DeepEqual(before, after) {
		t.Errorf("before %+v, after %+v", before, after)
	}
	if before, after := r.gerrit.Told(0), again.gerrit.Told(0); !reflect.DeepEqual(before, after) {
		t.Errorf("%d events before, %d after", len(before), len(after))
	}
	if !bytes.Equal(r.first.Marshal(), again.first.Marshal()) {
		t.Error("it shows another host key")
	}
	if r.gerrit.Branch("acme/app", "main") != again.gerrit.Branch("acme/app", "main") {
		t.Error("the branch is another")
	}
	if next := again.push(gerrit.Upload{}); next != deleted+1 {
		t.Errorf("the next change is %d", next)
	}
}

// TestTornFiles were being written when the process was killed.
func TestTornFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := newRig(t, inDir(dir))
	n := r.push(gerrit.Upload{})
	r.gerrit.Close()
	for _, name := range []string{"gerrit.jsonl", "events.jsonl"} {
		file, err := os.OpenFile(filepath.Join(dir, name), os.O_APPEND|os.O_WRONLY, 0)
		r.ok(err)
		_, err = file.WriteString(`{"seq":99,"kind":"cha`)
		r.ok(err)
		r.ok(file.Close())
	}
	again := newRig(t, inDir(dir))
	if _, ok := again.gerrit.Change(n); !ok || len(again.gerrit.Told(0)) != 3 {
		t.Errorf("found %v, %d events", ok, len(again.gerrit.Told(0)))
	}
	again.push(gerrit.Upload{})
	again.gerrit.Close()
	if third := newRig(t, inDir(dir)); len(third.gerrit.Told(0)) != 6 {
		t.Errorf("then %d events", len(third.gerrit.Told(0)))
	}
}

// TestOldEvents go, from memory and from the file.
func TestOldEvents(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	small := func(o *gerrit.Options) { o.Dir, o.EventBytes = dir, 50_000 }
	r := newRig(t, small)
	r.ok(r.gerrit.Burst(t.Context(), gerrit.Burst{Events: 500}))
	told := r.gerrit.Told(0)
	if len(told) == 0 || len(told) > 50 || told[len(told)-1].Seq != 500 {
		t.Errorf("%d are kept", len(told))
	}
	info, err := os.Stat(filepath.Join(dir, "events.jsonl"))
	r.ok(err)
	if info.Size() > 150_000 {
		t.Errorf("the file has %d bytes", info.Size())
	}
	r.gerrit.Close()
	if again := newRig(t, small); !reflect.DeepEqual(told, again.gerrit.Told(0)) {
		t.Error("others are kept after a restart")
	}
}

// TestBadState is told of, and nothing is overwritten.
func TestBadState(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"gerrit.jsonl": "no json\n", "events.jsonl": "no json\n", "ssh_host_ed25519_key": "no key\n",
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s := gerrit.New(gerrit.Options{Dir: dir})
		if s.Err() == nil {
			t.Errorf("%s: it started", name)
		}
		s.Close()
		if now, err := os.ReadFile(file); err != nil || string(now) != text {
			t.Errorf("%s is %q now, %v", name, now, err)
		}
	}
	s := gerrit.New(gerrit.Options{Key: []byte("# mine\nno key\n")})
	defer s.Close()
	if err := s.Err(); err == nil || !strings.Contains(err.Error(), "read the user's public key") {
		t.Errorf("a bad key: %v", err)
	}
}
