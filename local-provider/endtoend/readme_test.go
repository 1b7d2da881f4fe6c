package endtoend

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReadme holds the conversation on the README's first screen with a system that has just been brought up. Numbers and
// ids differ; nothing else may.
func TestReadme(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(project, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, block, ok := strings.Cut(string(text), "```console\n")
	block, _, closed := strings.Cut(block, "```")
	if !ok || !closed {
		t.Fatal("the README has no conversation")
	}
	s := start(t)
	s.jenkins.order("clock?speed=0.2") // so that it builds for as long as it takes to stop it, on a busy machine
	ops := s.telnet("ops")
	const id = "k3f7" // in the README
	var actual string
	for line := range strings.Lines(block) {
		line = strings.TrimSuffix(line, "\n")
		if typed, ok := strings.CutPrefix(line, prompt+" "); ok {
			ops.Say(strings.ReplaceAll(typed, id, actual))
			if strings.HasPrefix(typed, "cancel ") {
				s.jenkins.order("clock?speed=1")
			}
			continue
		}
		if actual == "" {
			s.eventually("a job is accepted", func() bool { actual = jobIn(ops.Heard()); return actual != "" })
		}
		want := regexp.MustCompile("(?m)^" + general(line, id, actual) + "$")
		s.eventually("there is a line like "+line, func() bool { return want.MatchString(ops.Heard()) })
	}
}

// general makes a pattern of a line: other numbers, other times, another id, and a bar as long as that.
func general(line, id, actual string) string {
	pattern := regexp.QuoteMeta(strings.ReplaceAll(line, id, "\x00"))
	pattern = regexp.MustCompile(`\d+ s\b`).ReplaceAllString(pattern, "\x01")
	pattern = regexp.MustCompile(`\d+`).ReplaceAllString(pattern, `\d+`)
	pattern = strings.ReplaceAll(pattern, "\x01", `(?:\d+ m \d+ s|\d+ m|[\d.]+ s)`)
	pattern = regexp.MustCompile(`\\\[[#-]+\\\]`).ReplaceAllString(pattern, `\[[#-]+\]`)
	return strings.ReplaceAll(pattern, "\x00", actual)
}
