package command

import (
	"slices"
	"strings"
)

// ThreadWord is what people say in a job's thread, and the command that it stands for.
type ThreadWord struct {
	Words   []string
	Command string // the job's id is its first argument
}

// threadWords is the one vocabulary for a job, at every door. Words behind one of these are the command's further
// arguments, "stop it hangs"; but a word that is also a command by itself counts only when it stands alone, so that
// "log k3f7", said about one job, may show another.
var threadWords = []ThreadWord{
	{Words: []string{"status", "state"}, Command: "job"},
	{Words: []string{"console", "log"}, Command: "log"},
	{Words: []string{"stop", "cancel", "abort", "kill", "quit"}, Command: "cancel"},
	{Words: []string{"yes", "ok", "go", "approve", "signoff"}, Command: "approve"},
	{Words: []string{"no", "reject"}, Command: "reject"},
	{Words: []string{"retry"}, Command: "retry"},
	{Words: []string{"why"}, Command: "why"},
}

// ThreadWords lists what can be said about a job in its thread.
func ThreadWords() []ThreadWord {
	list := slices.Clone(threadWords)
	for i := range list {
		list[i].Words = slices.Clone(list[i].Words)
	}
	return list
}

// threadCommand is the command that a thread word stands for; "" for any other word.
func threadCommand(word string) string {
	for _, t := range threadWords {
		if slices.Contains(t.Words, word) {
			return t.Command
		}
	}
	return ""
}

// Addressed splits a line that begins with @<id>: the id of the job that is spoken of, and what is said. Without words
// behind it, the job's status is meant.
func Addressed(line string) (id, said string, ok bool) {
	scan := scanner{line: line}
	tag, _ := scan.commandWord()
	id, isTag := strings.CutPrefix(tag, "@")
	if !isTag || !IsJobID(id) {
		return "", line, false
	}
	if said = strings.TrimFunc(scan.rest(), isSpace); said == "" {
		said = "status"
	}
	return id, said, true
}

// IsJobID reports whether text has the form of a job's id.
func IsJobID(text string) bool {
	const shortest, longest = 4, 16
	for _, r := range text {
		if (r < '0' || r > '9') && (r < 'a' || r > 'z') {
			return false
		}
	}
	return len(text) >= shortest && len(text) <= longest
}

// InThread turns what is said in the thread of a job into a whole command; anything but a thread word stays as it is.
func (c *Catalogue) InThread(id, said string) string {
	scan := scanner{line: said}
	first, ok := scan.commandWord()
	if !ok {
		return said
	}
	word := strings.TrimRight(first, ".!")
	target := threadCommand(word)
	if target == "" {
		return said
	}
	if scan.done() {
		return target + " " + id
	}
	if c.byWords[word] != nil || word != first {
		return said
	}
	return target + " " + id + " " + scan.rest()
}
