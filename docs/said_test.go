package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/stack"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config/check"
)

var (
	inline = regexp.MustCompile("`([^`\n]+)`")
	word   = regexp.MustCompile(`^[a-z][a-z-]*$`)
)

// others are what begins like a command and is none: what pages say of other programs, and a span of traces.
var others = map[string]bool{"git format-patch": true, "show at <door>": true}

// TestCommandsAreThere: what a page writes as a command of several words is one, of those that are declared or that the sandbox's
// configuration makes.
func TestCommandsAreThere(t *testing.T) {
	t.Parallel()
	known, first := commands(t)
	for _, page := range pages(t) {
		text := code.ReplaceAllStringFunc(read(t, page), func(fenced string) string { return strings.Repeat("\n", strings.Count(fenced, "\n")) })
		for n, line := range strings.Split(text, "\n") {
			for _, found := range inline.FindAllStringSubmatch(line, -1) {
				if strings.Contains(found[1], "{") || others[found[1]] {
					continue // the name of a lock; not ours
				}
				one, _, _ := strings.Cut(found[1], `\|`) // one of several
				words := strings.Fields(one)
				if len(words) > 1 && first[words[0]] && word.MatchString(words[1]) && !begins(known, words) {
					t.Errorf("%s:%d: there is no command `%s`", page, n+1, found[1])
				}
			}
		}
	}
}

// TestWordsOfAGathering: what the page about gatherings writes with a mark is a command behind ptg, without one nothing stands there
// that is none, and what it says needs neither is a command alone.
func TestWordsOfAGathering(t *testing.T) {
	t.Parallel()
	known, _ := commands(t)
	for _, heading := range []string{"## For everybody", "## For organisers"} {
		_, text, _ := strings.Cut(read(t, "ptg.md"), heading+"\n")
		text, _, _ = strings.Cut(text, "\n## ")
		alone, table, found := strings.Cut(text, "\n| said |")
		if !found {
			t.Fatalf("there is no table below %s", heading)
		}
		for _, said := range regexp.MustCompile("`([a-z]+)`").FindAllStringSubmatch(alone, -1) {
			if said[1] != "ptg" && said[1] != "admin" && !known[said[1]] { // before a word, and a role
				t.Errorf("there is no command `%s`", said[1])
			}
		}
		for _, row := range regexp.MustCompile("(?m)^\\| `([^ `]+)").FindAllStringSubmatch(table, -1) {
			word := strings.TrimLeft(row[1], "+~")
			if row[1] != "ptg" && row[1][0] != '#' && (word == row[1] || !known["ptg "+word]) {
				t.Errorf("there is no command `%s`", row[1])
			}
		}
	}
}

// commands are the words of all commands, and the words with which only commands of several words begin.
func commands(t *testing.T) (known, first map[string]bool) {
	t.Helper()
	functions, err := stack.Load(filepath.Join(project, "stack.yml"), os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	declared := make(map[string]string)
	for _, f := range functions {
		declared[f.Name] = command.Declaration(f.Annotations)
	}
	configuration, err := os.ReadFile(filepath.Join(project, "config", "sandbox.yml"))
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := check.Catalogue(declared, configuration)
	if err != nil {
		t.Fatal(err)
	}
	known, first = make(map[string]bool), make(map[string]bool)
	for _, d := range catalogue.Commands() {
		for _, words := range append(d.Also, d.Words) {
			known[words] = true
		}
	}
	for words := range known {
		if begin, _, several := strings.Cut(words, " "); several && !known[begin] {
			first[begin] = true
		}
	}
	return known, first
}

// begins reports whether words begin with a command.
func begins(known map[string]bool, words []string) bool {
	for n := range words {
		if known[strings.Join(words[:n+1], " ")] {
			return true
		}
	}
	return false
}
