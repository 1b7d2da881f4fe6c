package journal_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/openfaas/faas-provider/logs"

	"github.com/handsoff/handsoff/local-provider/journal"
)

func query(t *testing.T, j *journal.Journal, r logs.Request) []string {
	t.Helper()
	messages, err := j.Query(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for m := range messages {
		lines = append(lines, m.Instance+":"+m.Text)
	}
	return lines
}

func write(t *testing.T, j *journal.Journal, instance string, lines ...string) {
	t.Helper()
	for _, text := range lines {
		if err := j.Write("f", instance, text); err != nil {
			t.Fatal(err)
		}
	}
}

func TestQuery(t *testing.T) {
	t.Parallel()
	j := journal.New(t.TempDir())
	defer j.Close()
	write(t, j, "f-1", "one", "two  spaced ")
	between := time.Now()
	write(t, j, "f-2", "three", "")
	soon := time.Now().Add(time.Hour)
	for name, c := range map[string]struct {
		request logs.Request
		want    string
	}{
		"all":      {logs.Request{Name: "f"}, "f-1:one|f-1:two  spaced |f-2:three|f-2:"},
		"tail":     {logs.Request{Name: "f", Tail: 2}, "f-2:three|f-2:"},
		"instance": {logs.Request{Name: "f", Instance: "f-1"}, "f-1:one|f-1:two  spaced "},
		"both":     {logs.Request{Name: "f", Instance: "f-1", Tail: 1}, "f-1:two  spaced "},
		"since":    {logs.Request{Name: "f", Since: &between}, "f-2:three|f-2:"},
		"future":   {logs.Request{Name: "f", Since: &soon}, ""},
		"other":    {logs.Request{Name: "g"}, ""},
	} {
		if got := strings.Join(query(t, j, c.request), "|"); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestFollowMissesAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	j := journal.New(t.TempDir())
	defer j.Close()
	const lines = 500
	go func() {
		for n := range lines {
			_ = j.Write("f", "f-1", fmt.Sprint(n))
		}
	}()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	messages, err := j.Query(ctx, logs.Request{Name: "f", Follow: true})
	if err != nil {
		t.Fatal(err)
	}
	for n := range lines {
		if m := <-messages; m.Text != fmt.Sprint(n) || m.Namespace != "openfaas-fn" {
			t.Fatalf("line %d is %+v", n, m)
		}
	}
	cancel()
	if _, open := <-messages; open {
		t.Error("the stream goes on after its end")
	}
}

func TestUnfollowEndsStreams(t *testing.T) {
	t.Parallel()
	j := journal.New(t.TempDir())
	defer j.Close()
	messages, err := j.Query(t.Context(), logs.Request{Name: "f", Follow: true})
	if err != nil {
		t.Fatal(err)
	}
	j.Unfollow()
	if _, open := <-messages; open {
		t.Error("the stream goes on")
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := journal.New(dir)
	defer j.Close()
	long := strings.Repeat("x", 60<<10)
	for n := range 60 {
		write(t, j, "f-1", fmt.Sprint(n)+long)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 3 {
		t.Errorf("files %v, %v", files, err)
	}
	lines := query(t, j, logs.Request{Name: "f"})
	if len(lines) < 30 || !strings.HasPrefix(lines[len(lines)-1], "f-1:59x") {
		t.Errorf("%d lines are left", len(lines))
	}
	// Lines from several files come in order.
	if got := query(t, j, logs.Request{Name: "f", Tail: 25}); !strings.HasPrefix(got[0], "f-1:35x") {
		t.Errorf("the 25th last begins %.10s", got[0])
	}
}

// A crash may cut the last line short; the next life's lines are unharmed.
func TestHalfALine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f.log"), []byte("2026-01-01T00:\ngarbage\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	j := journal.New(dir)
	defer j.Close()
	write(t, j, "f-1", "fine")
	if got := query(t, j, logs.Request{Name: "f"}); len(got) != 1 || got[0] != "f-1:fine" {
		t.Errorf("lines %q", got)
	}
}

func TestPipe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pipe := filepath.Join(dir, "p")
	if err := journal.MakePipe(pipe); err != nil {
		t.Fatal(err)
	}
	out, err := journal.OpenOutput(pipe)
	if err != nil {
		t.Fatal(err)
	}
	// Written while nobody reads: as when the provider was killed.
	if _, err := out.WriteString("early\n"); err != nil {
		t.Fatal(err)
	}
	j := journal.New(dir)
	defer j.Close()
	done, err := j.Follow(pipe, "f", "f-1")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = out.Write(append(bytes.Repeat([]byte("y"), 70<<10), "\nlast"...))
	_ = out.Close()
	<-done
	lines := query(t, j, logs.Request{Name: "f"})
	if len(lines) != 4 || lines[0] != "f-1:early" || lines[3] != "f-1:last" || len(lines[1])+len(lines[2]) < 70<<10 {
		t.Errorf("%d lines, last %.20q", len(lines), lines[len(lines)-1])
	}
}
