package main

import (
	"strings"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/slack"
	"github.com/handsoff/handsoff/shared/slack/mrkdwn"
)

// heed is how a message is to be taken.
type heed int

const (
	ignored   heed = iota // not for us
	asked                 // a command
	overheard             // said in a thread: a command only where the thread means a job and the words mean something
	marked                // said among people, with a mark at its beginning: whose lines these are says whether it is meant
	misplaced             // it names the bot, but not first: its author is told how to ask
	automatic             // it would be a command, but no person wrote it
)

// heedOf says how a message is to be taken, and the text of the command. That a thread means no job is for the caller to
// find out.
//
//	direct message                    all of it is a command
//	<@bot> … at a line's beginning    what follows is one
//	hey <@bot> … jobs please          none
//	#nova now … in a channel          perhaps one
//	in a thread                       perhaps one
//	anything else                     not for us
func heedOf(m *message, self slack.Self) (heed, string) {
	if !m.spoken() || ours(m, self) {
		return ignored, ""
	}
	rest, where := mrkdwn.Mention(m.Text, self.UserID)
	taken, text := ignored, said(rest)
	switch {
	case where == mrkdwn.AtStart:
		taken = asked
	case m.direct():
		taken = asked
		if text == "" {
			return ignored, "" // a picture, say
		}
	case command.PrefixedAmongPeople(text):
		taken = marked
	case where == mrkdwn.Elsewhere:
		taken = misplaced
	case m.reply() && text != "":
		taken = overheard
	}
	if m.User == "" || m.BotID != "" || m.User == slackbot {
		if taken != asked {
			return ignored, ""
		}
		taken = automatic
	}
	return taken, text
}

// slackbot is Slack's own, whom users.info calls no bot.
const slackbot = "USLACKBOT"

// ours reports whether the bot itself wrote a message.
func ours(m *message, self slack.Self) bool {
	return m.User != "" && string(m.User) == self.UserID || m.BotID != "" && m.BotID == self.BotID
}

// said is what a person typed, of text as Slack sends it.
func said(text string) string { return strings.TrimSpace(mrkdwn.Undo(text)) }

// orHelp is what is meant by saying nothing but the bot's name.
func orHelp(text string) string {
	if text == "" {
		return "help"
	}
	return text
}
