package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

const (
	lineCells   = 100 // of a line as people see it
	answerCells = 300 // of what a command answered, in the story
	answerBytes = 1500
	answerLines = 12 // of it in the log
)

// reads gives a line as people may see it, with what its command declares secret masked, and that command's words. Of a
// line that cannot be read nobody knows where a secret is: only its first word is shown.
func (b *batcher) reads(ctx context.Context, known *command.Catalogue, principal, line string) (shown, words string) {
	if parsed := b.parse(ctx, known, principal, line); parsed != nil {
		return chat.Clip(chat.OneLine(parsed.Line()), lineCells), parsed.Command.Words
	}
	first, more, _ := strings.Cut(chat.OneLine(line), " ")
	if first = chat.Clip(first, 32); more != "" {
		first += " …"
	}
	return first, ""
}

// quotation is from the first to the last piece of a line that an answer repeats.
var quotation = regexp.MustCompile(`(?s)“.*”`)

// unquoted is an answer to a line that cannot be read, without what it repeats of the line: that may be a secret.
func unquoted(text string) string { return quotation.ReplaceAllString(text, "“…”") }

// known are the commands that there are; nil when that cannot be told.
func (b *batcher) known(ctx context.Context) *command.Catalogue {
	catalogue, err := b.catalogue(ctx)
	if err != nil {
		b.log.WarnContext(ctx, "read the catalogue", "error", err)
		return nil
	}
	return catalogue
}

// parse reads a line as the function command will; nil when that cannot be told.
func (b *batcher) parse(ctx context.Context, known *command.Catalogue, principal, line string) *command.Parsed {
	tidy, err := command.Tidy(line)
	if err != nil || known == nil {
		return nil
	}
	if id, said, ok := command.Addressed(tidy); ok {
		tidy = known.InThread(id, said)
	}
	if !known.Knows(tidy) {
		if tidy, err = b.aliases.Expand(ctx, principal, tidy); err != nil {
			b.log.WarnContext(ctx, "read the aliases", "error", err)
			return nil
		}
	}
	parsed, err := known.Parse(tidy)
	if err != nil {
		return nil
	}
	return parsed
}

// place names the line under way: "line 2 of 5".
func (s *standing) place(lines []string) string {
	return fmt.Sprintf("line %d of %d", s.Next+1, len(lines))
}

// left says how many lines behind the one under way will not be run; "" for none.
func (s *standing) left(lines []string) string {
	switch n := len(lines) - s.Next - 1; n {
	case 0:
		return ""
	case 1:
		return "; one more line was not begun"
	default:
		return fmt.Sprintf("; %d more lines were not begun", n)
	}
}
