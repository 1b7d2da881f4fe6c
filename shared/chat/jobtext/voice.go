package jobtext

import (
	"github.com/handsoff/handsoff/shared/chat"
)

// Voice is how a door writes what the sentences are made of. The zero value writes plain text.
type Voice struct {
	Text   func(text string) string      // text from outside, such as a reason; nil leaves it as it is
	Person func(principal string) string // somebody, "telnet:ann"; nil is Text
}

func (v Voice) text(text string) string {
	if v.Text == nil {
		return text
	}
	return v.Text(text)
}

// who names whoever asked for something.
func (v Voice) who(principal string) string {
	switch {
	case principal == "":
		return "nobody"
	case principal == deadline:
		return "its time limit"
	case v.Person == nil:
		return v.text(chat.OneLine(principal))
	}
	return v.Person(principal)
}

// all names several people, "telnet:ann and slack:U1".
func (v Voice) all(principals []string) string {
	names := make([]string, len(principals))
	for i, principal := range principals {
		names[i] = v.who(principal)
	}
	return chat.Series(names, "and")
}
