package card

import (
	"slices"
	"strings"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/slack/mrkdwn"
)

const (
	// answerLimit is the text of one section of an answer, below slack.MaxSection.
	answerLimit = 2700
	// answerSections is how many of them one message has, so that all of it stays below slack.MaxBlocksText.
	answerSections = 3
	// mostSuggestions and longestSuggestion (in characters) bound the buttons, as the package command does.
	mostSuggestions   = 5
	longestSuggestion = 300
)

// Answer shows an answer: one line as text, more as a code block so that columns stay columns, over several messages when
// it is long. The suggestions of a problem are buttons that run them. It is empty for an answer that says nothing.
func Answer(a command.Answer) []Message {
	if !said(a) {
		return nil
	}
	parts := mrkdwn.Split(words(a), answerLimit)
	var messages []Message
	for len(parts) > 0 {
		n := min(answerSections, len(parts))
		messages = append(messages, message(parts[:n]))
		parts = parts[n:]
	}
	if buttons := suggestions(a.Problem); len(buttons) > 0 && len(messages) > 0 {
		last := &messages[len(messages)-1]
		last.Blocks = append(last.Blocks, goslack.NewActionBlock("", buttons...))
	}
	return messages
}

// words are the answer's text as Slack shows it.
func words(a command.Answer) string {
	text := strings.Trim(chat.Clean(a.Text), "\n")
	shown := mrkdwn.Text(text)
	if strings.Contains(text, "\n") {
		shown = mrkdwn.Code(text)
	}
	if a.Problem == nil {
		return shown
	}
	if a.Problem.Usage != "" {
		shown += "\nUsage: " + mrkdwn.Inline(a.Problem.Usage)
	}
	for i, suggestion := range useful(a.Problem.Suggestions) {
		if i == 0 {
			shown += "\nTry:"
		}
		shown += " " + mrkdwn.Inline(suggestion)
	}
	return shown
}

func message(parts []string) Message {
	m := Message{Text: parts[0]}
	for _, part := range parts {
		m.Blocks = append(m.Blocks, section(part, answerLimit))
	}
	return m
}

// useful are the first suggestions that are not too long to help anybody.
func useful(suggestions []string) []string {
	suggestions = slices.DeleteFunc(slices.Clone(suggestions), func(text string) bool {
		return strings.TrimSpace(text) == "" || mrkdwn.Length(text) > longestSuggestion
	})
	return suggestions[:min(mostSuggestions, len(suggestions))]
}

// suggestions are buttons that run whole commands instead.
func suggestions(p *command.Problem) []goslack.BlockElement {
	if p == nil {
		return nil
	}
	var buttons []goslack.BlockElement
	for number, text := range useful(p.Suggestions) {
		if button := Button(number, chat.OneLine(text), Action{Text: text}); button != nil {
			buttons = append(buttons, button)
		}
	}
	return buttons
}
