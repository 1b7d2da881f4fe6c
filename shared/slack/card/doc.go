// Package card shows jobs and answers as Slack's blocks, with a text for where blocks are not shown. The words are those of
// the package jobtext, so that every door says the same. All of it is escaped, and below Slack's limits whatever a job's
// record holds.
//
// A card has, from the top: the command and how the job stands; how far it has come; why and how it ended, with the receipt;
// links; the result; who asked and what to do next; buttons. Buttons are those that fit the state. A job that is over has no
// Cancel; its Log and Open stay, and Retry unless it succeeded, because what somebody wants after the end is just these.
package card

import (
	"cmp"
	"strings"
	"time"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/slack/mrkdwn"
)

// Options of a card.
type Options struct {
	Now          time.Time // by the clock that jobs are kept by
	DashboardURL string    // where people find a job's page at /jobs/<id>; empty for no Open button
	Buttonless   bool      // no buttons at all, for where a click could not be answered
}

// Message is a message to post: Text is shown where blocks are not, such as in notifications.
type Message struct {
	Text   string
	Blocks []goslack.Block
}

// voice is how sentences are written in Slack.
var voice = jobtext.Voice{Text: mrkdwn.Text, Person: mrkdwn.Person}

// section is a block of text that Slack does not look for names and links in; nil for nothing.
func section(text string, limit int) *goslack.SectionBlock {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	return goslack.NewSectionBlock(markup(mrkdwn.Clip(text, limit)), nil, nil)
}

func markup(text string) *goslack.TextBlockObject {
	return goslack.NewTextBlockObject(goslack.MarkdownType, text, false, true)
}

func label(text string, limit int) *goslack.TextBlockObject {
	return goslack.NewTextBlockObject(goslack.PlainTextType, mrkdwn.Clip(cmp.Or(text, "…"), limit), false, false)
}

// said reports whether an answer has something to show.
func said(a command.Answer) bool {
	return strings.TrimSpace(a.Text) != "" && (a.Problem == nil || a.Problem.Code != command.CodeOverheard)
}
