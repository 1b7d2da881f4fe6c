package journal_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/sandbox/journal"
)

// A shelf keeps texts by their names in a journal.
type shelf struct {
	things  map[string]string
	journal *journal.Journal
}

func open(t *testing.T, dir string) *shelf {
	t.Helper()
	s := &shelf{things: map[string]string{}}
	j, err := journal.Open(dir, "things.jsonl", func(l journal.Line) error {
		if string(l.Value) == "null" {
			delete(s.things, l.ID)
			return nil
		}
		s.things[l.ID] = string(l.Value)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(j.Close)
	s.journal = j
	return s
}

func (s *shelf) put(id string, n int) {
	s.things[id] = fmt.Sprint(n)
	s.journal.Touch("thing", id)
}

func (s *shelf) flush() {
	s.journal.Flush(func(e journal.Entry) any {
		var n int
		if text, there := s.things[e.ID]; there {
			_, _ = fmt.Sscan(text, &n)
			return n
		}
		return nil
	}, func() []journal.Entry {
		var all []journal.Entry
		for _, id := range slices.Sorted(maps.Keys(s.things)) {
			all = append(all, journal.Entry{Kind: "thing", ID: id})
		}
		return all
	})
}

func TestWhatIsFlushedSurvives(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "when", "missing")
	s := open(t, dir)
	s.put("a", 1)
	s.put("b", 2)
	s.flush()
	s.put("a", 3)
	delete(s.things, "b")
	s.journal.Touch("thing", "b")
	s.flush()
	s.put("c", 4) // never flushed: the process is killed first
	again := open(t, dir)
	if want := map[string]string{"a": "3"}; !reflect.DeepEqual(again.things, want) {
		t.Errorf("there is %v, want %v", again.things, want)
	}
}

// TestTornLine: a process that was killed while it wrote leaves a line without an end, which is cut off.
func TestTornLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	s.put("a", 1)
	s.flush()
	file := filepath.Join(dir, "things.jsonl")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range len(whole) {
		if err := os.WriteFile(file, append(slices.Clone(whole), whole[:cut]...), 0o600); err != nil {
			t.Fatal(err)
		}
		again := open(t, dir)
		again.put("b", 2)
		again.flush()
		again.journal.Close()
		if third := open(t, dir); len(third.things) != 2 {
			t.Fatalf("with %d bytes of a torn line: %v", cut, third.things)
		}
	}
}

func TestFileIsWrittenAnew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	for i := range 5000 {
		s.put("a", i)
		s.flush()
	}
	text, err := os.ReadFile(filepath.Join(dir, "things.jsonl"))
	if lines := strings.Count(string(text), "\n"); err != nil || lines > 2000 {
		t.Errorf("it has %d lines, %v", lines, err)
	}
	if again := open(t, dir); again.things["a"] != "4999" {
		t.Errorf("there is %v", again.things)
	}
	if err := s.journal.Err(); err != nil {
		t.Error(err)
	}
}

func TestNothingIsKept(t *testing.T) {
	t.Parallel()
	s := open(t, "")
	s.put("a", 1)
	s.flush()
	s.journal.Close()
	if err := s.journal.Err(); err != nil {
		t.Error(err)
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "things.jsonl")
	none := func(journal.Line) error { return nil }
	if err := os.WriteFile(file, []byte("no json\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := journal.Open(dir, "things.jsonl", none); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("no JSON: %v", err)
	}
	if err := os.WriteFile(file, []byte("{}\n{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	n := 0
	if _, err := journal.Open(dir, "things.jsonl", func(journal.Line) error {
		if n++; n == 2 {
			return os.ErrInvalid
		}
		return nil
	}); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("what cannot be restored: %v", err)
	}
	if _, err := journal.Open(file, "things.jsonl", none); err == nil || !strings.Contains(err.Error(), "open the sandbox's folder") {
		t.Errorf("a file for a folder: %v", err)
	}
}

// TestFailureToWriteIsTold: what cannot be written anew shows in Err, and the old file goes on.
func TestFailureToWriteIsTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "things.jsonl.new"), 0o700); err != nil { // stands where the new file would
		t.Fatal(err)
	}
	s := open(t, dir)
	for i := range 2500 {
		s.put("a", i)
		s.flush()
	}
	if err := s.journal.Err(); err == nil || !strings.Contains(err.Error(), "save the sandbox's state") {
		t.Errorf("it says %v", err)
	}
	if again := open(t, dir); again.things["a"] != "2499" {
		t.Errorf("there is %v", again.things)
	}
}
