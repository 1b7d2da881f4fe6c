package card_test

import (
	"fmt"
	"strings"
	"testing"

	goslack "github.com/slack-go/slack"
	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/shared/slack/slacktest"
)

// show writes blocks as a person could read them: sections line by line, small print behind "-", buttons in brackets with
// what they do.
func show(t *testing.T, blocks []goslack.Block) string {
	t.Helper()
	var lines []string
	for _, block := range blocks {
		switch b := block.(type) {
		case *goslack.SectionBlock:
			if !b.Text.Verbatim {
				t.Errorf("Slack looks for names in %q", b.Text.Text)
			}
			lines = append(lines, b.Text.Text)
		case *goslack.ContextBlock:
			for _, element := range b.ContextElements.Elements {
				lines = append(lines, "- "+element.(*goslack.TextBlockObject).Text)
			}
		case *goslack.ActionBlock:
			for _, element := range b.Elements.ElementSet {
				lines = append(lines, showButton(element.(*goslack.ButtonBlockElement)))
			}
		default:
			t.Errorf("a block of the type %T", b)
		}
	}
	return strings.Join(lines, "\n")
}

func showButton(b *goslack.ButtonBlockElement) string {
	does := b.Value
	if b.URL != "" {
		does = b.URL
	}
	text := fmt.Sprintf("[%s] %s", strings.TrimSpace(b.Text.Text+" "+string(b.Style)), does)
	if q := b.Confirm; q != nil {
		text += fmt.Sprintf(" (%s %s: %s, %s)", q.Title.Text, q.Text.Text, q.Confirm.Text, q.Deny.Text)
	}
	return text
}

// accepted fails the test when Slack would not take a message.
func accepted(t rapid.TB, blocks []goslack.Block, text string) {
	if err := slacktest.CheckMessage(blocks, text); err != nil {
		t.Errorf("Slack refuses it: %v", err)
	}
}
