package check

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/config/schema"
)

// maxSize bounds a configuration, in bytes, as where it is read.
const maxSize = 1 << 20

// Known is what is known besides the file.
type Known struct {
	// Catalogue has the commands that there are; nil where that is not known, and then nothing is said of commands.
	Catalogue *command.Catalogue
}

// sections are those that the functions' commands need.
func (k Known) sections() []string {
	if k.Catalogue == nil {
		return nil
	}
	var all []string
	for _, d := range k.Catalogue.Commands() {
		all = append(all, d.Needs...)
	}
	return all
}

// File checks a configuration and gives all mistakes in the order of their places.
func File(text []byte, known Known) config.Mistakes {
	if len(text) > maxSize {
		return config.Mistakes{{Line: 1, Column: 1, Text: fmt.Sprintf("the file is larger than %d bytes", maxSize)}}
	}
	if bad := notUTF8(text); bad != nil {
		return config.Mistakes{bad}
	}
	root, found := parse(text)
	if root != nil {
		w := &walker{root: root, known: known, left: mostNodes}
		w.value(root, schema.Root(), "", 0)
		w.addresses()
		w.given()
		found = append(found, w.found...)
		found = append(found, meaning(root, found, known)...)
	}
	place(found, text)
	slices.SortStableFunc(found, func(a, b *config.Mistake) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return slices.CompactFunc(found, func(a, b *config.Mistake) bool { return *a == *b })
}

// Wrong reports whether any is more than a warning.
func Wrong(found config.Mistakes) bool {
	return slices.ContainsFunc(found, func(m *config.Mistake) bool { return !m.Warning })
}

// parse reads the tree. It is nil when the file is empty or no YAML.
func parse(text []byte) (*yaml.Node, config.Mistakes) {
	d := yaml.NewDecoder(bytes.NewReader(text))
	var document, second yaml.Node
	switch err := d.Decode(&document); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, config.Mistakes{unreadable(text, err)}
	case len(document.Content) == 0:
		return nil, nil
	}
	switch err := d.Decode(&second); {
	case errors.Is(err, io.EOF):
		return document.Content[0], nil
	case err != nil:
		return nil, config.Mistakes{unreadable(text, err)}
	}
	return document.Content[0], config.Mistakes{{
		Line: second.Line, Column: second.Column, Text: "another document begins here, and only the first one is read; join them",
	}}
}

// notUTF8 finds the first byte that is not UTF-8, of which YAML does not say where it is; nil when there is none. A file that begins as
// UTF-16 does is YAML's.
func notUTF8(text []byte) *config.Mistake {
	if bytes.HasPrefix(text, []byte{0xfe, 0xff}) || bytes.HasPrefix(text, []byte{0xff, 0xfe}) {
		return nil
	}
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size <= 1 {
			line := text[bytes.LastIndexByte(text[:at], '\n')+1 : at]
			return &config.Mistake{
				Line: 1 + bytes.Count(text[:at], []byte{'\n'}), Column: 1 + utf8.RuneCount(line), Text: "this byte is not UTF-8; save the file as UTF-8",
			}
		}
		at += size
	}
	return nil
}

func unreadable(text []byte, err error) *config.Mistake {
	line, what := config.Place(1, err)
	what = "this is not YAML: " + strings.TrimPrefix(what, "yaml: ")
	if lines := strings.Split(string(text), "\n"); line <= len(lines) {
		bare := strings.TrimLeft(lines[line-1], " \t")
		if strings.Contains(strings.TrimSuffix(lines[line-1], bare), "\t") {
			what += "; the line is indented by a tab, and YAML takes only spaces there"
		}
	}
	return &config.Mistake{Line: line, Text: what}
}

// place puts every mistake within the file: what only has a line begins at its first letter, and YAML finds some mistakes where
// the file has ended.
func place(found config.Mistakes, text []byte) {
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	for _, m := range found {
		m.Line = max(1, min(m.Line, len(lines)))
		line := strings.TrimSuffix(lines[m.Line-1], "\r")
		if m.Column == 0 {
			m.Column = 1 + len(line) - len(strings.TrimLeft(line, " \t-"))
		}
		m.Column = max(1, min(m.Column, utf8.RuneCountInString(line)+1))
	}
}

// Sections are the names of the sections that handsoff itself has.
func Sections() []string { return slices.Clone(schema.Root().Properties.Names) }

func namesOf(m map[string]bool) []string { return slices.Sorted(maps.Keys(m)) }
