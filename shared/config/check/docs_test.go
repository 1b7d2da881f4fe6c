package check_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/command/commandtest"
	"github.com/handsoff/handsoff/shared/config/check"
)

// block is a piece of configuration in a document.
type block struct {
	line int
	text string
}

// topKey is what a line with a key at the top looks like.
var topKey = regexp.MustCompile(`^([a-z_]+):`)

// blocks are the pieces of configuration in a document: fenced as YAML or indented, beginning with a section.
func blocks(text string) []block {
	var found []block
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		indent, fence := len(lines[i])-len(strings.TrimLeft(lines[i], " ")), false
		begin := i
		switch {
		case strings.HasPrefix(lines[i], "```y"):
			fence, begin = true, i+1
		case indent < 4 || i > 0 && strings.TrimSpace(lines[i-1]) != "":
			continue
		}
		var piece []string
		end := begin
		for ; end < len(lines); end++ {
			line := lines[end]
			if fence && strings.HasPrefix(line, "```") || !fence && line != "" && !strings.HasPrefix(line, strings.Repeat(" ", indent)) {
				break
			}
			piece = append(piece, line[min(indent, len(line)):])
		}
		first := slices.IndexFunc(piece, func(line string) bool { return line != "" && line[0] != '#' })
		if first >= 0 {
			if key := topKey.FindStringSubmatch(piece[first]); len(key) > 1 && slices.Contains(check.Sections(), key[1]) {
				found = append(found, block{begin + 1, strings.Join(piece, "\n") + "\n"})
			}
		}
		i = max(i, end-1)
		if fence {
			i = end
		}
	}
	return found
}

// made are the commands that a fragment names and a whole configuration would make.
var made = regexp.MustCompile(`(ansible run|git sync) ([a-z0-9][a-z0-9_.-]*)`)

// Every piece of configuration in the documents is right as a whole file: whoever copies it has no mistake.
func TestDocumentsShowWhatIsRight(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, name := range append(files, "../../../README.md") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range blocks(string(text)) {
			seen++
			for _, m := range check.File([]byte(b.text), whole(t, b.text)) {
				if !m.Warning {
					t.Errorf("%s:%d: %s", name, b.line+m.Line-1, m.Says())
				}
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d pieces of configuration were found", seen)
	}
}

// whole knows the commands of the project, with those that a fragment takes to be made elsewhere.
func whole(t *testing.T, text string) check.Known {
	t.Helper()
	annotations := map[string]string{"~fragment": ""}
	for name, all := range commandtest.Annotations(t) {
		annotations[name] = command.Declaration(all)
	}
	for _, m := range made.FindAllString(text, -1) {
		annotations["~fragment"] += "- {words: " + m + ", summary: Made elsewhere, role: operator, extra: anything}\n"
	}
	catalogue, err := check.Catalogue(annotations, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return check.Known{Catalogue: catalogue}
}
