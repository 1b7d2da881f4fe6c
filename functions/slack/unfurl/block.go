package unfurl

import (
	"fmt"
	"strings"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/slack/mrkdwn"
)

const (
	longestTitle  = 200  // cells; a title is a line
	longestDetail = 1500 // characters of the line below it; a context's text may have 2,000
	longestName   = 100  // cells of a name, a branch, a label
)

// Attachment shows what was found, as chat.unfurl takes it: the title as a link, and a line of what else matters.
func (f *Found) Attachment() goslack.Attachment {
	title := chat.Brief(f.Title, longestTitle)
	if title == "" {
		title = f.Name
	}
	details := []string{"*" + string(f.State) + "*", clip(f.Name)}
	add := func(format, text string) {
		if text != "" {
			details = append(details, fmt.Sprintf(format, clip(text)))
		}
	}
	add("by %s", f.Author)
	add("%s", f.Branch)
	details = append(details, fmt.Sprintf("+%d −%d", f.Added, f.Gone))
	for _, note := range f.Notes {
		add("%s", note)
	}
	return goslack.Attachment{
		Color:    f.State.color(),
		Fallback: chat.OneLine(fmt.Sprintf("%s (%s, %s)", title, f.Name, f.State)),
		Blocks: goslack.Blocks{BlockSet: []goslack.Block{
			goslack.NewSectionBlock(text("*"+mrkdwn.Link(title, f.URL)+"*"), nil, nil),
			goslack.NewContextBlock("", text(mrkdwn.Clip(strings.Join(details, " · "), longestDetail))),
		}},
	}
}

func text(mrkdwn string) *goslack.TextBlockObject {
	return goslack.NewTextBlockObject(goslack.MarkdownType, mrkdwn, false, true)
}

func clip(name string) string { return mrkdwn.Escape(chat.Brief(name, longestName)) }

// color is the bar beside what is shown, in the colours that GitHub has made usual.
func (s State) color() string {
	switch s {
	case Open:
		return "#1a7f37"
	case Merged:
		return "#8250df"
	case Closed, Abandoned:
		return "#cf222e"
	case Draft:
	}
	return "#59636e"
}
