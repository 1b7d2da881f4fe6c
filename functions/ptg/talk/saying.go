package talk

import (
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/chat"
)

// Saying is a line that somebody said, as the function command hands it on.
type Saying struct {
	By        string   // the principal
	Name      string   // what people call them
	Groups    []string // what else roles know them by: who has voice in a channel, say
	Roles     []string // all that they have
	Door      string
	Where     string   // the address where it was said
	Watch     []string // who follows a job of it
	Cause     []string
	Line      string
	Overheard bool   // among people: perhaps not for us
	ID        string // the same for the same saying, however often it comes
}

// utterance is a saying that is about a gathering, taken apart.
type utterance struct {
	Saying

	g       *gathering.Gathering // as it was when it was said
	person  string               // who By is, at whatever door
	address string               // where they alone are told something; empty for nowhere
	line    string               // on one line
	mark    string               // of command.PrefixMarks; empty for a bare word
	first   string               // the first word as it was typed, without its mark
	word    string               // likewise, in lower case
	rest    []string             // the words behind it
}

// author is who makes a change.
func (u *utterance) author() gathering.Author {
	return gathering.Author{Principal: u.By, Name: u.Name}
}

// key is the saying's own, for what it does.
func (u *utterance) key() string { return u.By + " " + u.ID }

// text are the words behind the first n, with a space between.
func (u *utterance) text(n int) string { return strings.Join(u.rest[min(n, len(u.rest)):], " ") }

// divide takes a line apart.
func (u *utterance) divide(line string) {
	u.line = chat.OneLine(line)
	words := strings.Fields(u.line)
	if len(words) == 0 {
		return
	}
	u.first, u.rest = words[0], words[1:]
	if strings.ContainsAny(u.first[:1], marks) {
		u.mark, u.first = u.first[:1], u.first[1:]
	}
	u.word = strings.ToLower(u.first)
}
