package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// Limits of a console in a job's log, in bytes.
const (
	maxLogged = 4 << 20
	maxCarry  = 64 << 10 // of a line that has not ended
)

// lastLines is how much of the console is shown when a build fails.
const lastLines = 20

// masked stands for a value that must not be shown.
const masked = "********"

// cursor is how far a build's console has been read into the job's log.
type cursor struct {
	Offset int64  `json:"offset,omitempty"`
	Carry  []byte `json:"carry,omitempty"` // a line whose end has not come yet
	Logged int64  `json:"logged,omitempty"`
	Full   bool   `json:"full,omitempty"`   // the log has all it can take
	Faults int    `json:"faults,omitempty"` // reads in a row that failed
}

// take moves the cursor past a chunk and returns the lines that are now whole, fit to be shown.
func (c *cursor) take(chunk remote.Chunk) []string {
	var lines []string
	if chunk.From > c.Offset {
		lines = append(c.end(), fmt.Sprintf("[%d bytes of the console are left out here]", chunk.From-c.Offset))
	}
	if chunk.Next < c.Offset { // the file was begun anew, and was read from its beginning
		c.Carry = nil
	}
	text := slices.Concat(c.Carry, []byte(chunk.Text))
	c.Offset, c.Carry, c.Faults = chunk.Next, nil, 0
	for {
		line, rest, whole := bytes.Cut(text, []byte{'\n'})
		if !whole {
			break
		}
		lines, text = append(lines, showable(string(line))), rest
	}
	if len(text) > maxCarry {
		lines, text = append(lines, showable(string(text))), nil
	}
	c.Carry = bytes.Clone(text)
	return lines
}

// end gives up the unfinished line, when nothing more will come.
func (c *cursor) end() []string {
	if len(c.Carry) == 0 {
		return nil
	}
	line := showable(string(c.Carry))
	c.Carry = nil
	return []string{line}
}

// admit keeps what the job's log can still take.
func (c *cursor) admit(lines []string) []string {
	for i, line := range lines {
		if c.Full {
			return lines[:i]
		}
		if c.Logged += int64(len(line)) + 1; c.Logged > maxLogged {
			c.Full = true
			return append(slices.Clone(lines[:i]), "[the console is longer than is kept here; the rest is in Jenkins]")
		}
	}
	return lines
}

// showable makes a console line safe to print: no escape sequences, no control characters, a carriage return as a
// terminal would show it.
func showable(line string) string {
	line = strings.TrimRight(line, "\r")
	if i := strings.LastIndexByte(line, '\r'); i >= 0 {
		line = line[i+1:]
	}
	line = withoutEscapes(strings.ToValidUTF8(line, "\uFFFD"))
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || unicode.IsPrint(r):
			return r
		case unicode.IsSpace(r):
			return ' '
		}
		return -1
	}, line)
}

// withoutEscapes drops terminal sequences: ESC [ … letter, ESC ] … BEL, and ESC with one character.
func withoutEscapes(line string) string {
	var kept strings.Builder
	for {
		before, after, found := strings.Cut(line, "\x1b")
		kept.WriteString(before)
		if !found {
			return kept.String()
		}
		line = after[escapeLength(after):]
	}
}

func escapeLength(text string) int {
	if text == "" {
		return 0
	}
	switch text[0] {
	case '[':
		if i := strings.IndexFunc(text[1:], func(r rune) bool { return r >= '@' && r <= '~' }); i >= 0 {
			return i + 2
		}
		return len(text)
	case ']':
		if i := strings.IndexByte(text, '\a'); i >= 0 {
			return i + 1
		}
		return len(text)
	}
	if text[0] < ' ' || text[0] > '~' {
		return 0
	}
	return 1
}

// readConsole reads on, masks what is secret, and notes a result that the console gave. Its error is for the log only
// while the build goes on: a console that cannot be read does not fail a build.
func (c *capability) readConsole(ctx context.Context, run *job.Run, p *pursuit, ended bool) ([]string, error) {
	chunk, err := c.api.Console(ctx, p.Job, p.Number, p.Console.Offset)
	if err != nil {
		p.Console.Faults++
		return nil, err
	}
	lines := p.Console.take(chunk)
	if ended && !chunk.More {
		lines = append(lines, p.Console.end()...)
	}
	hide := hider(run.Job(), p.Secrets)
	for i := range lines {
		lines[i] = hide(lines[i])
		if result, ok := findResult(lines[i], c.set.Results); ok {
			p.Result = result
		}
	}
	return lines, nil
}

// hider masks the values of secret parameters. Values of less than four bytes are left alone: they would be found everywhere.
func hider(j *job.Job, secrets []string) func(string) string {
	arguments := command.Values(j.Args)
	extra := parameterNames(arguments.Extra())
	var pairs []string
	for _, name := range secrets {
		for _, value := range []string{extra[name], arguments.String(name)} {
			if len(value) >= 4 {
				pairs = append(pairs, value, masked)
			}
		}
	}
	return strings.NewReplacer(pairs...).Replace
}

// tail is the end of a build's console, at most n lines.
func (c *capability) tail(ctx context.Context, name string, number int64, n int) ([]string, error) {
	chunk, err := c.api.Tail(ctx, name, number)
	if err != nil {
		return nil, err
	}
	text := strings.TrimRight(chunk.Text, "\n")
	if text == "" {
		return nil, nil
	}
	lines := strings.Split(text, "\n")
	lines = lines[max(0, len(lines)-n):]
	for i := range lines {
		lines[i] = showable(lines[i])
	}
	return lines, nil
}
