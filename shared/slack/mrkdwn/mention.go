package mrkdwn

import "strings"

// Where says where in a message the bot is mentioned.
type Where int

// The places of a mention.
const (
	Nowhere   Where = iota
	AtStart         // at the beginning of the message or of a line
	Elsewhere       // in the middle of a line
)

// Mention finds the bot's mention <@botID> in text as Slack sends it. AtStart: rest is what follows the first mention that
// begins a line, on that line and the lines below, a ":" or "," dropped; it is still to be undone. Otherwise rest is the
// text. A mention in a code block is none: it is quoted there.
func Mention(text, botID string) (rest string, where Where) {
	if botID == "" {
		return text, Nowhere
	}
	quoted, begins := false, true // whether a code block is open; whether only white space stood before on this line
	for left := text; left != ""; {
		before, content, after, found := token(left)
		for i, line := range strings.SplitAfter(before, "\n") {
			if i > 0 {
				begins = true
			}
			quoted = quoted != (strings.Count(line, fence)%2 == 1)
			begins = begins && strings.TrimSpace(line) == ""
		}
		if !found {
			break
		}
		if id, _, _ := strings.Cut(content, "|"); id == "@"+botID && !quoted {
			if begins {
				return said(after), AtStart
			}
			where = Elsewhere
		}
		begins, left = false, after
	}
	return text, where
}

// said is what was said to whom was mentioned before it: "<@U0BOT>: jobs" says "jobs".
func said(after string) string {
	after = strings.TrimLeft(after, " \t\u00a0")
	if after != "" && (after[0] == ':' || after[0] == ',') {
		after = after[1:]
	}
	return strings.TrimSpace(after)
}
