package form

import (
	"fmt"
	"strings"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// Submission is a form that was sent.
type Submission struct {
	Words        string         // of the command
	Args         map[string]any // as shared/command's Adopt takes them; what was left empty is not in it
	Conversation string         // where to show what becomes of it; empty for the person's direct messages
}

// Read reads a form that was sent. Mistakes, by block, are to be shown at their fields; with any, nothing is to be done.
func Read(v *goslack.View) (s Submission, mistakes map[string]string) {
	s = Submission{Words: v.PrivateMetadata, Args: make(map[string]any)}
	if v.State == nil {
		return s, nil
	}
	for block, actions := range v.State.Values {
		for kind, given := range actions {
			switch name, is := strings.CutPrefix(block, blockID(argBlock, s.Words, "")); {
			case is:
				if value := value(kind, &given); value != nil {
					s.Args[name] = value
				}
			case block == whereBlock:
				s.Conversation = given.SelectedConversation
			case block == blockID(extraBlock, s.Words, ""):
				pairs, mistake := pairs(given.Value)
				if mistake != "" {
					return s, map[string]string{block: mistake}
				}
				if len(pairs) > 0 {
					s.Args[command.ExtraArg] = pairs
				}
			}
		}
	}
	return s, nil
}

// value is what a field says; nil when it was left empty. Text that a command would read as a number, a time or a choice
// stays text here: the command says better what is wrong with it.
func value(kind string, given *goslack.BlockAction) any {
	switch kind {
	case command.TypeBool:
		switch given.SelectedOption.Value {
		case yes:
			return true
		case no:
			return false
		}
		return nil
	case command.TypeList:
		var items []string
		for line := range strings.Lines(given.Value) {
			if line = strings.TrimSpace(line); line != "" {
				items = append(items, line)
			}
		}
		if len(items) == 0 {
			return nil
		}
		return items
	}
	text := given.Value
	if text == "" {
		text = given.SelectedOption.Value
	}
	if strings.TrimSpace(text) == "" {
		return nil
	}
	return text
}

// pairs reads name=value lines.
func pairs(text string) (map[string]any, string) {
	found, n := make(map[string]any), 0
	for line := range strings.Lines(text) {
		n++
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		name = strings.TrimSpace(name)
		if !ok || name == "" {
			return nil, fmt.Sprintf("Line %d has not the form name=value.", n)
		}
		if found[name] != nil {
			return nil, fmt.Sprintf("Line %d: %s is given twice.", n, chat.Brief(name, 50))
		}
		found[name] = strings.TrimSpace(value)
	}
	return found, ""
}

// Errors are a refused command's mistake, at the field of the argument that is wrong; at the last field when it is about
// none. Slack shows no mistake at a field that the form does not have.
func Errors(v *goslack.View, a command.Answer) map[string]string {
	const most = 300
	block := whereBlock
	if a.Problem != nil && v.State != nil {
		kind, name := argBlock, a.Problem.Argument
		if name == command.ExtraArg {
			kind, name = extraBlock, ""
		}
		if id := blockID(kind, v.PrivateMetadata, name); v.State.Values[id] != nil {
			block = id
		}
	}
	return map[string]string{block: clip(a.Text, most)}
}
