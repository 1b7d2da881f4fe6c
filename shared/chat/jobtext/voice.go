package jobtext

import (
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/job"
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

// Who names whoever asked for something, a time limit that has passed among them.
func Who(principal string) string { return Voice{}.who(principal) }

// who is the function of that name, in a door's voice.
func (v Voice) who(principal string) string {
	of, late := job.Deadline(principal)
	switch {
	case principal == "":
		return "nobody"
	case late && of != "":
		return "the time limit of " + v.text(chat.OneLine(of))
	case late:
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
