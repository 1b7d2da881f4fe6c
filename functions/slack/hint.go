package main

import (
	"github.com/handsoff/handsoff/shared/slack"
	"github.com/handsoff/handsoff/shared/slack/card"
)

// hintHowToAsk is what somebody is told who named the bot, but not first.
func hintHowToAsk(self slack.Self) card.Message {
	me := "<@" + self.UserID + ">"
	return card.Message{
		Text: "If that was for me, begin the message, or a line of it, with my name: " + me + " help",
	}
}
