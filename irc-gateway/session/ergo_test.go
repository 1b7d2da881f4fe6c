package session_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestHistoryAsErgoTellsIt: Debian has no server with CHATHISTORY, so what one says was recorded. What its HistServ tells of is nobody's
// word, a notice is for nobody, and of a nick without an account nobody knows whose it was.
func TestHistoryAsErgoTellsIt(t *testing.T) {
	t.Parallel()
	recording, err := os.ReadFile("testdata/ergo.txt")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, time.November, 23, 1, 41, 27, 149e6, time.UTC)
	g := beginAt(t, now, "user: handsoff, realname: handsoff", "", now.Add(-time.Second))
	var asked []string
	for line := range strings.Lines(string(recording)) {
		side, text, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
		switch side {
		case "<":
			_ = g.says(text)
		case ">":
			asked = append(asked, text)
		}
	}
	_ = g.passes(10 * time.Second)

	timeless := regexp.MustCompile(`timestamp=\S+`)
	for i, line := range g.out {
		g.out[i] = timeless.ReplaceAllString(line, "timestamp")
	}
	for _, line := range asked {
		if line = timeless.ReplaceAllString(line, "timestamp"); !slices.Contains(g.out, line) {
			t.Errorf("it does not say %q but\n%s", line, strings.Join(g.out, "\n"))
		}
	}
	var got []string
	for _, line := range g.heard {
		got = append(got, fmt.Sprint(line.Principal, " ", line.Groups, " ", line.Text))
	}
	want := []string{
		"irc:test/ann [irc-op:test/#ptg] #nova now heard",
		"irc:test/ann [irc-op:test/#ptg] #nova next first",
		"irc:test/ann [irc-op:test/#ptg] jobs",
		"irc-nick:test/bob [] #nova next by a nick",
		"irc:test/ann [irc-op:test/#ptg] #nova next last",
	}
	if !slices.Equal(got, want) || !slices.Equal(g.caught, []string{"5 true"}) {
		t.Errorf("heard\n%s\nnot\n%s\ncaught up: %q", strings.Join(got, "\n"), strings.Join(want, "\n"), g.caught)
	}
}
