package callback

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestReader(t *testing.T) {
	t.Parallel()
	var got []Event
	r := &Reader{Each: func(e Event) { e.Changed = nil; got = append(got, e) }}
	for _, part := range []string{
		`{"e": "playbook", "plays": 2, "ta`, "sks\": 7}\nnoise\n{}\n[1]\n",
		strings.Repeat("x", 3*maxLine), "\n{\"e\": \"ok\", \"host\": \"a\", \"changed\": true}\n",
		`{"e": "stats", "host": "a", "ok": 3, "changed": 2, "failures": 1, "unreachable": 4, "skipped": 5}` + "\n{\"e\": \"end\"}",
	} {
		if n, err := r.Write([]byte(part)); n != len(part) || err != nil {
			t.Fatal(n, err)
		}
	}
	want := []Event{
		{Kind: Playbook, Plays: 2, Tasks: 7},
		{Kind: OK, Host: "a"},
		{Kind: Stats, Host: "a", OK: 3, ChangedAll: 2, Failures: 1, Unreachable: 4, Skipped: 5},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}

// However the pipe cuts what is written, the same events come out.
func TestReaderTakesAnyCuts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOf(rapid.String()).Draw(t, "names")
		var text []byte
		for _, name := range names {
			line, _ := json.Marshal(map[string]any{"e": Task, "name": name})
			text = append(append(text, line...), '\n')
		}
		var got []string
		r := &Reader{Each: func(e Event) { got = append(got, e.Name) }}
		for len(text) > 0 {
			n := rapid.IntRange(1, len(text)).Draw(t, "cut")
			_, _ = r.Write(text[:n])
			text = text[n:]
		}
		for i, name := range names {
			if i >= len(got) || got[i] != strings.ToValidUTF8(name, "\uFFFD") {
				t.Fatalf("%q became %q", names, got)
			}
		}
	})
}

func FuzzReader(f *testing.F) {
	f.Add([]byte(`{"e":"task","name":"x"}`+"\n"), 3)
	f.Add([]byte(`{"e":"stats","changed":{}}`+"\n\n\x00"), 1)
	f.Fuzz(func(t *testing.T, text []byte, cut int) {
		r := &Reader{Each: func(e Event) {
			if e.Kind == "" {
				t.Error("an event without a kind")
			}
		}}
		cut = max(0, min(cut, len(text)))
		_, _ = r.Write(text[:cut])
		_, _ = r.Write(text[cut:])
		if len(r.rest) > maxLine {
			t.Errorf("%d bytes are held", len(r.rest))
		}
	})
}

func TestInstall(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := Install(dir); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, Name+".py"))
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() < 1000 {
		t.Error(info, err)
	}
	if err := Install(filepath.Join(dir, "nowhere")); err == nil {
		t.Error("installed into a folder that is not there")
	}
}
