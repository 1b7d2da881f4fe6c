package form

import (
	"cmp"
	"fmt"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/slack/mrkdwn"
)

const (
	// CallbackID is the callback_id of the shortcut that opens the modal, and of the modal.
	CallbackID = "run"
	// ActionChoose is the action_id of the menu of commands.
	ActionChoose = "run:command"

	title = "Run a command" // a modal's title has at most 24 characters
)

const (
	// maxInput is the longest text of a field, https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element/
	maxInput = 3000
	maxHelp  = 2000 // of what is said about a command
)

// Choose is the first step: a menu of commands. trouble, a sentence, says why it is shown again; empty for nothing.
func Choose(trouble string) goslack.ModalViewRequest {
	v := modal(menu(nil))
	if trouble != "" {
		v.Blocks.BlockSet = append([]goslack.Block{section(":warning: " + mrkdwn.Escape(trouble))}, v.Blocks.BlockSet...)
	}
	return v
}

// Fields is the second step: a field for each argument of a command, and one for where to say what becomes of it. Another
// command can still be chosen.
func Fields(d *command.Declared) goslack.ModalViewRequest {
	v := modal(menu(d))
	v.PrivateMetadata = d.Words
	v.Submit = plain("Run")
	if chat.OneLine(d.Help) != "" {
		v.Blocks.BlockSet = append(v.Blocks.BlockSet, goslack.NewContextBlock("", markdown(mrkdwn.Clip(mrkdwn.Escape(d.Help), maxHelp))))
	}
	if d.Signoff != nil {
		v.Blocks.BlockSet = append(v.Blocks.BlockSet, goslack.NewContextBlock("", markdown(mrkdwn.Escape(signoff(d.Signoff)))))
	}
	for i := range d.Args {
		v.Blocks.BlockSet = append(v.Blocks.BlockSet, field(d.Words, &d.Args[i]))
	}
	if d.Extra != "" {
		v.Blocks.BlockSet = append(v.Blocks.BlockSet, extraField(d))
	}
	v.Blocks.BlockSet = append(v.Blocks.BlockSet, where())
	return v
}

func modal(blocks ...goslack.Block) goslack.ModalViewRequest {
	return goslack.ModalViewRequest{
		Type: goslack.VTModal, Title: plain(title), Close: plain("Close"), CallbackID: CallbackID,
		Blocks: goslack.Blocks{BlockSet: blocks},
	}
}

// menu offers the commands, and shows the one that is chosen. It stands beside a text, because a menu in a field of a form
// would tell us of a choice only with the whole form.
func menu(chosen *command.Declared) goslack.Block {
	none := 0
	choose := &goslack.SelectBlockElement{
		Type: goslack.OptTypeExternal, ActionID: ActionChoose, MinQueryLength: &none, Placeholder: plain("Type to search"),
		FocusOnLoad: chosen == nil,
	}
	said := "*Which command?*"
	if chosen != nil {
		said = "*" + mrkdwn.Escape(chosen.Words) + "*\n" + mrkdwn.Escape(chosen.Summary)
		choose.InitialOption = option(chosen)
	}
	return goslack.NewSectionBlock(markdown(said), nil, goslack.NewAccessory(choose), goslack.SectionBlockOptionBlockID("command"))
}

func signoff(s *command.SignoffSpec) string {
	text := fmt.Sprintf("It begins after %s by a person with the role %s", chat.Count(s.Need, "approval"), cmp.Or(s.Role, "approver"))
	if s.Unless != "" {
		text += fmt.Sprintf("; none is needed with %s=yes", s.Unless)
	}
	return text + "."
}

func section(text string) *goslack.SectionBlock {
	return goslack.NewSectionBlock(markdown(text), nil, nil)
}

func markdown(text string) *goslack.TextBlockObject {
	return goslack.NewTextBlockObject(goslack.MarkdownType, text, false, true)
}

// plain is a text that Slack shows as it is.
func plain(text string) *goslack.TextBlockObject {
	return goslack.NewTextBlockObject(goslack.PlainTextType, text, false, false)
}

// clipped is plain text on one line, no longer than Slack takes it.
func clipped(text string, most int) *goslack.TextBlockObject { return plain(clip(text, most)) }

func clip(text string, most int) string {
	text = chat.OneLine(text)
	for cells := most; mrkdwn.Length(text) > most; cells-- {
		text = chat.Clip(text, cells)
	}
	return text
}
