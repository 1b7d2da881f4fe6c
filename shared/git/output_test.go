package git

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/mask"
)

// However git's output comes in pieces, the same lines are taken, masked.
func TestOutputLineByLine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOf(rapid.StringMatching(`[a-z ]{0,12}`)).Draw(t, "lines")
		text := strings.Join(lines, "\n")
		var got []string
		o := newOutput(func(line string) error { got = append(got, line); return nil }, mask.New("abc"))
		for rest := []byte(text); len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "piece")
			if _, err := o.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if err := o.finish(); err != nil {
			t.Fatal(err)
		}
		want := strings.Split(strings.ReplaceAll(text, "abc", mask.Stars), "\n")
		if want[len(want)-1] == "" {
			want = want[:len(want)-1]
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%q, want %q", got, want)
		}
	})
}

func TestOutputIsBounded(t *testing.T) {
	t.Parallel()
	refusedFor := func(o *output, text string) error {
		for range 1 << 20 {
			if _, err := o.Write([]byte(text)); err != nil {
				select {
				case <-o.refused:
				default:
					t.Error("nobody is told")
				}
				return o.finish()
			}
		}
		return nil
	}
	if err := refusedFor(newOutput(nil, nil), strings.Repeat("x", 1000)); err == nil || err.Error() != "git printed more than can be taken" {
		t.Error(err)
	}
	var refs refList
	if err := refusedFor(newOutput(refs.take, nil), "x"); err == nil || err.Error() != "git printed a line that is too long" {
		t.Error(err)
	}
	if err := refusedFor(newOutput(refs.take, nil), strings.Repeat("0", 40)+"\trefs/heads/a\n"); err == nil ||
		err.Error() != "the server has more than 20000 branches and tags, and so many cannot be looked at at once" {
		t.Error(err)
	}
}

// As many refs as are looked at take little.
func TestManyRefsAreSmall(t *testing.T) { // it counts what all of the process needs
	const most = 5 << 20
	before := inUse()
	var refs refList
	o := newOutput(refs.take, nil)
	for i := range maxRefs {
		if _, err := fmt.Fprintf(o, "%040d\trefs/heads/a-branch-with-a-name-of-usual-length/%d\n", i, i); err != nil {
			t.Fatal(err)
		}
	}
	if took := int64(inUse()) - int64(before); took > most {
		t.Errorf("%d refs take %d bytes", len(refs), took)
	}
	runtime.KeepAlive(&refs)
}

func inUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
