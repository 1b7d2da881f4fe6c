package slack

import (
	"encoding/json"
	"strings"
	"time"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/chat/jobtext"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/slack"
	"github.com/handsoff/handsoff/shared/slack/card"
	"github.com/handsoff/handsoff/shared/slack/mrkdwn"
)

const (
	// textMost is how long the text of a message is at most.
	textMost = slack.MaxText - 200
	// sectionMost is how long a section's text is at most.
	sectionMost = slack.MaxSection - 100
	// sectionsMost is how many sections a long story line is at most.
	sectionsMost = slack.MaxBlocksText / slack.MaxSection
	// sectionSlack is how much shorter than that a section may be, since it ends where a line or a word does.
	sectionSlack = 200
	// detailBytes and detailLines bound what the last word says besides the outcome.
	detailBytes = 2500
	detailLines = 40
)

// message is something to post or to edit.
type message struct {
	text      string
	blocks    []goslack.Block // nil for the text alone
	mark      goslack.SlackMetadata
	thread    string // the root of the thread it goes to; empty for the channel
	broadcast bool   // to the channel too
	edit      bool   // it takes the place of what the message was, blocks included
}

// options are what slack-go sends it with.
func (m message) options() []goslack.MsgOption {
	options := append(m.plain(), goslack.MsgOptionMetadata(m.mark))
	if m.blocks != nil {
		options = append(options, goslack.MsgOptionBlocks(m.blocks...))
	}
	return options
}

// plain sends its text alone, without blocks and mark.
func (m message) plain() []goslack.MsgOption {
	options := []goslack.MsgOption{
		goslack.MsgOptionText(mrkdwn.Clip(m.text, textMost), false),
		goslack.MsgOptionDisableLinkUnfurl(), goslack.MsgOptionDisableMediaUnfurl(),
	}
	if m.edit {
		options = append(options, goslack.MsgOptionBlocks())
	}
	if m.thread != "" {
		options = append(options, goslack.MsgOptionTS(m.thread))
	}
	if m.broadcast {
		options = append(options, goslack.MsgOptionBroadcast())
	}
	return options
}

// size is how many bytes its blocks are.
func (m message) size() int {
	text, err := json.Marshal(m.blocks)
	if err != nil {
		return -1
	}
	return len(text)
}

// card is the job's message.
func (s *showing) card() message {
	blocks, text := s.face()
	if s.memory.detour != "" {
		note := s.note()
		blocks = append([]goslack.Block{section(note)}, blocks...)
		text = note + "\n" + text
	}
	return message{text: text, blocks: blocks, mark: s.cardMark()}
}

// face is what a job looks like: a card, or a notice's own words.
func (s *showing) face() (blocks []goslack.Block, text string) {
	if plainly(s.view.Job) {
		text = mrkdwn.Clip(mrkdwn.Escape(chat.OneLine(s.view.Job.Text)), sectionMost)
		return []goslack.Block{section(text)}, text
	}
	return card.Job(s.view.Job, card.Options{Now: s.view.Now, DashboardURL: s.dashboard})
}

// note says why a job is shown to its requester, and what to do about it.
func (s *showing) note() string {
	where := "<#" + s.place.Channel + ">"
	switch s.memory.detour {
	case "not_in_channel", "channel_not_found":
		return "I cannot show this in " + where + ", since I am not in it. Say `/invite @" + mrkdwn.Escape(s.bot) +
			"` there, and I show the next job there."
	case "is_archived":
		return "I cannot show this in " + where + ", since it is archived."
	}
	return "I cannot show this in " + where + ": Slack says " + mrkdwn.Inline(s.memory.detour) + "."
}

// section is a block of text in which Slack links nothing by itself.
func section(text string) goslack.Block {
	return goslack.NewSectionBlock(&goslack.TextBlockObject{Type: goslack.MarkdownType, Text: text, Verbatim: true}, nil, nil)
}

// words makes one message of as many story lines as it takes, at least one, and says how many. A line that is longer than
// a message's text is a message of several sections.
func words(lines []job.Line) (message, int) {
	var parts []string
	length := 0
	for _, line := range lines {
		text := mrkdwn.Escape(door.Line(line))
		if text == "" {
			text = "…"
		}
		length += mrkdwn.Length(text) + 1
		if len(parts) > 0 && length > textMost {
			break
		}
		parts = append(parts, text)
	}
	m := message{text: strings.Join(parts, "\n")}
	if mrkdwn.Length(m.text) > textMost {
		for _, piece := range mrkdwn.Split(mrkdwn.Clip(m.text, sectionsMost*(sectionMost-sectionSlack)), sectionMost) {
			m.blocks = append(m.blocks, section(piece))
		}
	}
	return m, len(parts)
}

// lastWord says how a job ended. Said in the channel, it calls whoever asked for the job.
func lastWord(j *job.Job, now time.Time, loud bool) message {
	outcome, details, _ := strings.Cut(jobtext.EndTold(j, now), "\n")
	text := mrkdwn.Inline(j.ID) + " " + mrkdwn.Escape(outcome)
	if _, known := requester(j); loud && known {
		text = mrkdwn.Person(j.Principal) + " " + text
	}
	if details != "" {
		lines := strings.Split(chat.Bound(details, detailBytes, detailLines), "\n")
		for i, line := range lines {
			lines[i] = strings.TrimPrefix(line, "  ")
		}
		text += "\n" + mrkdwn.Code(strings.Join(lines, "\n"))
	}
	return message{text: text}
}
