package main

import (
	"context"
	"regexp"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

const (
	lineCells   = 100 // of a line as people see it
	answerCells = 300 // of what a command answered, in the story
	answerBytes = 1500
	answerLines = 12  // of it in the log
	textCells   = 500 // of how a step ended, as it is kept
	briefCells  = 40  // of it where there is no more room
)

// reads gives a line as people may see it, with what its command declares secret masked, and that command. Of a line that
// cannot be read, for which there is none, nobody knows where a secret is: only its first word is shown.
func (r *runner) reads(ctx context.Context, known *command.Catalogue, principal, line string) (shown string, d *command.Declared) {
	if parsed := r.parse(ctx, known, principal, line); parsed != nil {
		return chat.Brief(parsed.Line(), lineCells), parsed.Command
	}
	first, more, _ := strings.Cut(chat.OneLine(line), " ")
	if first = chat.Clip(first, 32); more != "" {
		first += " …"
	}
	return first, nil
}

// quotation is from the first to the last piece of a line that an answer repeats.
var quotation = regexp.MustCompile(`(?s)“.*”`)

// unquoted is an answer to a line that cannot be read, without what it repeats of the line: that may be a secret.
func unquoted(text string) string { return quotation.ReplaceAllString(text, "“…”") }

// known are the commands that there are; nil when that cannot be told.
func (r *runner) known(ctx context.Context) *command.Catalogue {
	catalogue, err := r.catalogue(ctx)
	if err != nil {
		r.log.WarnContext(ctx, "read the catalogue", "error", err)
		return nil
	}
	return catalogue
}

// parse reads a line as the function command will; nil when that cannot be told.
func (r *runner) parse(ctx context.Context, known *command.Catalogue, principal, line string) *command.Parsed {
	tidy, err := command.Tidy(line)
	if err != nil || known == nil {
		return nil
	}
	if id, said, ok := command.Addressed(tidy); ok {
		tidy = known.InThread(id, said)
	}
	if !known.Knows(tidy) {
		if tidy, err = r.aliases.Expand(ctx, principal, tidy); err != nil {
			r.log.WarnContext(ctx, "read the aliases", "error", err)
			return nil
		}
	}
	parsed, err := known.Parse(tidy)
	if err != nil {
		return nil
	}
	return parsed
}
