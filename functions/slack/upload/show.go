package upload

import (
	"fmt"
	"strings"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/slack"
	"github.com/handsoff/handsoff/shared/slack/card"
	"github.com/handsoff/handsoff/shared/slack/mrkdwn"
)

const (
	longestLine   = 160 // cells of a line that is shown
	longestReason = 300
)

// Show shows each line, numbered, with what is wrong with it: a few messages for a long file. The first begins with what
// comes of it.
func Show(f *File, lines []Line) []card.Message {
	bad := Bad(lines)
	list := make([]string, len(lines))
	for i := range lines {
		list[i] = lines[i].String()
	}
	parts := mrkdwn.Split(mrkdwn.Code(strings.Join(list, "\n")), slack.MaxSection)
	summary := summary(f, len(lines), bad)
	messages := []card.Message{{Text: mrkdwn.Escape(summary), Blocks: []goslack.Block{section(mrkdwn.Escape(summary))}}}
	used := mrkdwn.Length(summary)
	for _, part := range parts {
		last := &messages[len(messages)-1]
		if used+mrkdwn.Length(part) > slack.MaxBlocksText {
			messages = append(messages, card.Message{Text: mrkdwn.Escape(f.Title() + ", continued")})
			last, used = &messages[len(messages)-1], 0
		}
		last.Blocks = append(last.Blocks, section(part))
		used += mrkdwn.Length(part)
	}
	return messages
}

// Bad is how many lines cannot be done.
func Bad(lines []Line) int {
	n := 0
	for i := range lines {
		if lines[i].Wrong != "" {
			n++
		}
	}
	return n
}

func summary(f *File, all, bad int) string {
	switch {
	case bad == 0 && all == 1:
		return f.Title() + " has one command, and it can be done. It waits for your word."
	case bad == 0:
		return fmt.Sprintf("%s has %d commands, and all of them can be done. They wait for your word, then run in order; the first failure stops them.",
			f.Title(), all)
	case bad == 1:
		return fmt.Sprintf("One line of %s cannot be done, so nothing was started. Mend it and upload the file again.", f.Title())
	}
	return fmt.Sprintf("%d lines of %s cannot be done, so nothing was started. Mend them and upload the file again.", bad, f.Title())
}

// String is the line as it is shown: " 3 ✓ jenkins build demo/slow", and what is wrong with it below.
func (l *Line) String() string {
	mark := "✓"
	if l.Wrong != "" {
		mark = "✗"
	}
	text := fmt.Sprintf("%3d %s %s", l.Number, mark, chat.Brief(l.Text, longestLine))
	if more := chat.Brief(l.Wrong, longestReason); more != "" {
		text += "\n      " + more
	}
	return text
}

func section(text string) goslack.Block {
	return goslack.NewSectionBlock(goslack.NewTextBlockObject(goslack.MarkdownType, text, false, true), nil, nil)
}
