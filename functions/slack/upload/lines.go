package upload

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLines is how many commands a file may have.
const maxLines = 200

// Line is one command of a file.
type Line struct {
	Number int // in the file, from 1
	Text   string
	Wrong  string // why it cannot be done; empty when it can
}

// Unreadable is a sentence about a file that cannot be read as commands.
//
//nolint:errname // it is the person's, not the program's
type Unreadable string

// Error implements error.
func (u Unreadable) Error() string { return string(u) }

// Lines reads a file's commands: one a line; empty ones and those that begin with # are left out. Errors are [Unreadable].
func Lines(f *File, text []byte) ([]Line, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // some editors begin a file so
	if len(text) > MaxBytes {
		return nil, Unreadable(fmt.Sprintf("%s has more than %d bytes: split it.", f.Title(), MaxBytes))
	}
	if !utf8.Valid(text) {
		return nil, Unreadable(f.Title() + " is not UTF-8 text; save it as UTF-8 and upload it again.")
	}
	var lines []Line
	number := 0
	for line := range strings.Lines(strings.ReplaceAll(strings.ReplaceAll(string(text), "\r\n", "\n"), "\r", "\n")) {
		number++
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.ContainsFunc(line, hidden):
			return nil, Unreadable(fmt.Sprintf("Line %d of %s has characters that cannot be seen; take them out and upload it again.", number, f.Title()))
		case len(lines) == maxLines:
			return nil, Unreadable(fmt.Sprintf("%s has more than %d commands: split it.", f.Title(), maxLines))
		default:
			lines = append(lines, Line{Number: number, Text: line})
		}
	}
	if len(lines) == 0 {
		return nil, Unreadable(f.Title() + " has no command in it. I read one command a line; lines that begin with # are left out.")
	}
	return lines, nil
}

// hidden knows control characters: who reads the list must see what would be done.
func hidden(r rune) bool { return unicode.IsControl(r) && r != '\t' }
