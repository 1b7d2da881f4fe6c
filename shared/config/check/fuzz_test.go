package check_test

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/config/check"
)

// Whatever is in a file: nothing panics, every mistake is at a place in the file and is told in one line, and what the bot
// would refuse is found.
func FuzzFile(f *testing.F) {
	for _, m := range mistakes {
		f.Add([]byte(m.text))
	}
	sandbox, err := os.ReadFile("../../../config/sandbox.yml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sandbox)
	catalogue := command.NewCatalogue(map[string]string{"tea": "- {words: tea brew, summary: Brew tea, role: operator, needs: [tea]}"})
	f.Fuzz(func(t *testing.T, text []byte) {
		found := check.File(text, check.Known{Catalogue: catalogue})
		lines := strings.Split(string(text), "\n")
		for _, m := range found {
			if m.Line < 1 || m.Line > len(lines) || m.Column < 1 || m.Column > utf8.RuneCountInString(lines[m.Line-1])+1 {
				t.Errorf("line %d, column %d is not in the file: %s", m.Line, m.Column, m.Says())
			}
			for _, line := range []string{check.Plain("f", m), check.GitHub("f", m)} {
				if strings.ContainsAny(line, "\n\r") {
					t.Errorf("more than a line: %q", line)
				}
			}
		}
		if _, err := config.Parse(text); err != nil && !check.Wrong(found) {
			t.Errorf("the bot refuses it, and nothing was found: %v", err)
		}
	})
}
