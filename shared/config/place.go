package config

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
)

// PlacedError is a mistake with its line in the configuration. Its text does not name the line.
type PlacedError struct {
	Line int
	Err  error
}

// Error says what is wrong.
func (e *PlacedError) Error() string { return e.Err.Error() }

// Unwrap gives the mistake without its line.
func (e *PlacedError) Unwrap() error { return e.Err }

// Misplaced makes a mistake with its line.
func Misplaced(line int, format string, args ...any) error {
	return &PlacedError{line, fmt.Errorf(format, args...)}
}

// lineForm is how YAML and templates say where they found a mistake.
var lineForm = regexp.MustCompile(`(?s)^.*?line (\d+): `)

// Place says where a mistake is, and what it is: at its own line where it has one or names one as YAML and templates do, else
// at that of what it is in.
func Place(line int, err error) (at int, text string) {
	text = err.Error()
	if p, ok := errors.AsType[*PlacedError](err); ok {
		return p.Line, text
	}
	if m := lineForm.FindStringSubmatch(text); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			return n, text[len(m[0]):]
		}
	}
	return line, text
}
