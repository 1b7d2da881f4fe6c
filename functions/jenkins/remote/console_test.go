package remote

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// logFile serves a console of so many 16-byte lines as Jenkins does.
func logFile(t *testing.T, lines int) *Client {
	t.Helper()
	var file strings.Builder
	for n := range lines {
		fmt.Fprintf(&file, "line %10d\n", n)
	}
	text := file.String()
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/job/demo/job/big/3/logText/progressiveText" {
			t.Errorf("asked for %s", r.URL.Path)
		}
		start, err := strconv.Atoi(r.URL.Query().Get("start"))
		if err != nil || start > len(text) {
			start = 0
		}
		w.Header().Set("X-Text-Size", strconv.Itoa(len(text)))
		w.Header().Set("X-More-Data", "true")
		_, _ = w.Write([]byte(text[start:]))
	})
}

func TestConsole(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name        string
		lines       int
		from        int64
		first, size int // the first line's number, -1 for none; the largest size
		skips       bool
	}{
		{"all of a small one", 100, 0, 0, 1600, false},
		{"from the middle", 100, 800, 50, 800, false},
		{"nothing new", 100, 1600, -1, 0, false},
		{"a large one is skipped to near its end", 1 << 20, 0, 1<<20 - maxChunk/32 + 1, maxChunk / 2, true},
	} {
		c := logFile(t, test.lines)
		chunk, err := c.Console(t.Context(), "demo/big", 3, test.from)
		if err != nil {
			t.Fatal(err)
		}
		first := -1
		if chunk.Text != "" {
			if _, err := fmt.Sscanf(chunk.Text, "line %d\n", &first); err != nil {
				t.Errorf("%s: begins with %.40q", test.name, chunk.Text)
			}
		}
		if first != test.first || len(chunk.Text) > test.size || chunk.Next != int64(test.lines)*16 || (chunk.From != test.from) != test.skips || !chunk.More {
			t.Errorf("%s: line %d, %d bytes, from %d to %d", test.name, first, len(chunk.Text), chunk.From, chunk.Next)
		}
	}
}

func TestTail(t *testing.T) {
	t.Parallel()
	for _, lines := range []int{3, 5000, 1 << 20} {
		chunk, err := logFile(t, lines).Tail(t.Context(), "demo/big", 3)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(chunk.Text, fmt.Sprintf("line %10d\n", lines-1)) || !strings.HasPrefix(chunk.Text, "line ") || len(chunk.Text) > 64<<10 {
			t.Errorf("%d lines: %d bytes, %.20q", lines, len(chunk.Text), chunk.Text)
		}
	}
}
