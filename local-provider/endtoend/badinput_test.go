package endtoend

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/telnet-gateway/telnettest"
)

// bad is a line that is none, and what is said of it.
type bad struct{ name, line, says, over string }

// badLines are lines that cannot be typed in a script. says is the command line's answer; over is telnet's, where it is
// another one because the line does not get as far as the bot.
func badLines() []bad {
	const notText = "That line has control characters or is not UTF-8, so nothing was done."
	return []bad{
		{"a megabyte", "jenkins build " + strings.Repeat("a", 1<<20), "That is more than 256000 bytes; put the long part into a file", "That line is too long, so nothing was done. A line may have 16,384 bytes."},
		{"seventeen kilobytes", "jenkins build " + strings.Repeat("a", 17<<10), "and a command has at most 16384", "That line is too long, so nothing was done. A line may have 16,384 bytes."},
		{"not UTF-8", "jenkins build \xff\xfe", "That has bytes that are not UTF-8; send it again as UTF-8 text.", notText},
		{"half a letter", "jenkins build demo/\xc3", "That has bytes that are not UTF-8; send it again as UTF-8 text.", notText},
		{"an escape sequence", "jenkins build \x1b[2Jdemo/slow", "That has the control character U+001B; send it again without.", notText},
		{"a bell", "jenkins build \ademo/slow", "That has the control character U+0007; send it again without.", notText},
		{"reversed text", "jenkins build \u202eslow/omed", "That has the control character U+202E; send it again without.", notText},
		{"an open quote", "jenkins build 'demo/slow", "The quote ' before “demo/slow” is never closed; close it, or write \\' if it is meant as a letter.", ""},
		{"a last backslash", `jenkins build demo/slow\`, `The line ends in a backslash; a backslash itself is written \\ or '\'.`, ""},
		{"an option", "jenkins build demo/slow --force", "“--force” looks like an option, and I know none", ""},
		{"a dash that an editor made", "jenkins build demo/slow —force", "“—force” looks like an option, and I know none", ""},
		{"twice the same", "jenkins build demo/slow seconds=3 seconds=4", "seconds is given twice.", ""},
		{"a huge number", "jobs limit=99999999999999999999", "limit must be a whole number, not “99999999999999999999”.", ""},
	}
}

// TestBadInput: whatever comes in, one clear line goes out, the next line works, and nothing was started.
func TestBadInput(t *testing.T) { // its parts share one system, in turn
	t.Parallel()
	s := start(t)
	t.Run("at the command line", func(t *testing.T) { s.in(t).badRequests() })
	t.Run("over telnet", func(t *testing.T) { s.in(t).badTyping() })
	if n := s.jobsOf("cli:ann") + s.jobsOf("telnet:ann"); n != 0 || s.jenkins.starts() != 0 {
		t.Errorf("%d jobs and %d builds were started", n, s.jenkins.starts())
	}
}

func (s *system) badRequests() {
	for _, b := range append(badLines(), bad{"a NUL", "jenkins build demo/\x00slow", "That has the control character U+0000", ""}, bad{"nothing", " \n", "That is empty; type help", ""}) {
		status, text := s.request("/function/command", []byte(b.line), cliKey("ann"))
		first, _, _ := strings.Cut(text, "\n")
		if status < http.StatusBadRequest || status >= http.StatusInternalServerError || !strings.Contains(first, b.says) || len(text) > 400 {
			s.Errorf("%s: %d %.400s", b.name, status, text)
		}
	}
}

func (s *system) badTyping() {
	c := telnettest.Dial(s.TB, fmt.Sprintf("127.0.0.1:%d", s.ports.Telnet), telnettest.Manner{LineMode: true})
	c.Login(s.TB, "ann", s.password)
	for _, b := range badLines() {
		want := b.over
		if want == "" {
			want = b.says
		}
		c.Type(s.TB, strings.ReplaceAll(b.line, "\xff", "\xff\xff")) // as telnet sends that byte
		c.Expect(s.TB, want)
		c.Type(s.TB, "ping")
		c.Expect(s.TB, "pong")
	}
}
