package command

import (
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
)

// Usage is the command's usage line: "jenkins build <job> [lines=20] [name=value …]".
func (s *Spec) Usage() string {
	var b strings.Builder
	b.WriteString(s.Words)
	for i := range s.Args {
		b.WriteByte(' ')
		b.WriteString(s.Args[i].usage())
	}
	if s.Extra != "" {
		b.WriteString(" [name=value …]")
	}
	return b.String()
}

func (a *Arg) usage() string {
	const most = 40 // letters of choices; more are told by the help only
	name := a.Name
	if a.kind() == TypeRest {
		name += "…"
	}
	choices := strings.Join(a.Choices, "|")
	if len(choices) > most {
		choices = ""
	}
	switch {
	case a.required() && choices != "":
		return "<" + name + ":" + choices + ">"
	case a.required():
		return "<" + name + ">"
	case a.Default != nil && a.defaultText() != "" && len(a.defaultText()) <= most:
		return "[" + a.Name + "=" + a.defaultText() + "]"
	case choices != "":
		return "[" + name + ":" + choices + "]"
	default:
		return "[" + name + "]"
	}
}

// defaultText is the default as it would be typed; a secret's is not shown.
func (a *Arg) defaultText() string {
	switch {
	case a.Default == nil:
		return ""
	case a.Secret:
		return mask
	}
	if list, ok := texts(a.Default); ok {
		return strings.Join(list, ",")
	}
	if yes, ok := a.Default.(bool); ok {
		return yesNo(yes)
	}
	text, _ := scalar(a.Default)
	return text
}

// describe is the argument's line in the help, without its name.
func (a *Arg) describe() string {
	var parts []string
	if a.Help != "" {
		parts = append(parts, a.Help)
	}
	switch a.kind() {
	case TypeInt:
		parts = append(parts, "a whole number")
	case TypeBool:
		parts = append(parts, "yes or no")
	case TypeDuration:
		parts = append(parts, "a time such as 90s, 1h30m or 2d")
	case TypeChoice:
		if len(a.Choices) > 1 { // of one, the default or the usage line tells
			parts = append(parts, chat.Series(a.Choices, "or"))
		}
	case TypeList:
		parts = append(parts, "split by commas")
	case TypeRest:
		parts = append(parts, "everything to the end of the line")
	}
	switch {
	case a.required():
		parts = append(parts, "must be given")
	case a.defaultText() != "":
		parts = append(parts, fmt.Sprintf("%s unless given", a.defaultText()))
	}
	return strings.Join(parts, "; ")
}
