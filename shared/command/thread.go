package command

import (
	"slices"
	"strings"
)

// ThreadWord is what people say in a job's thread, and the command that it stands for.
type ThreadWord struct {
	Words   []string
	Command string // the job's id is its first argument
	Args    string // what the word says besides, "force=true"
}

// threadWords is the one vocabulary for a job, at every door. Words behind one of these are the command's further
// arguments, "stop it hangs"; but a word that is also a command by itself counts only when it stands alone, so that
// "log k3f7", said about one job, may show another. A word between colons, as chats write emoji, is that word.
var threadWords = []ThreadWord{
	{Words: []string{"status", "state"}, Command: "job"},
	{Words: []string{"console", "log"}, Command: "log"},
	{Words: []string{"stop", "cancel", "abort", "kill", "quit"}, Command: "cancel"},
	{Words: []string{"yes", "ok", "go", "approve", "signoff", "make-it-so", "hulk"}, Command: "approve"},
	{Words: []string{"no", "reject"}, Command: "reject"},
	{Words: []string{"retry"}, Command: "retry"},
	{Words: []string{"why"}, Command: "why"},
	{Words: []string{"force", "jfdi", "hulk-mad"}, Command: "approve", Args: "force=true"},
}

// ThreadWords lists what can be said about a job in its thread.
func ThreadWords() []ThreadWord {
	list := slices.Clone(threadWords)
	for i := range list {
		list[i].Words = slices.Clone(list[i].Words)
	}
	return list
}

// threadWord is what a word in a thread stands for; nil for any other word.
func threadWord(word string) *ThreadWord {
	for i := range threadWords {
		if slices.Contains(threadWords[i].Words, word) {
			return &threadWords[i]
		}
	}
	return nil
}

// about is the whole command for a job.
func (t *ThreadWord) about(id string) string {
	if t.Args == "" {
		return t.Command + " " + id
	}
	return t.Command + " " + id + " " + t.Args
}

// spoken is a word as the vocabulary has it: without what ends a sentence, and an emoji without its colons.
func spoken(word string) string {
	word = strings.TrimRight(word, ".!")
	if inner, ok := strings.CutPrefix(word, ":"); ok && strings.HasSuffix(inner, ":") {
		return strings.TrimSuffix(inner, ":")
	}
	return word
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
	if whole, ok := Alone(id, said); ok {
		return whole
	}
	scan := scanner{line: said}
	first, _ := scan.commandWord()
	t := threadWord(first)
	if t == nil || c.byWords[first] != nil {
		return said
	}
	return t.about(id) + " " + scan.rest()
}

// Alone turns a thread word that stands alone, "Cancel!", into a whole command. Among people, who talk to one another,
// that is all that counts: "stop it, you two" is not for the bot.
func Alone(id, said string) (whole string, ok bool) {
	scan := scanner{line: said}
	first, _ := scan.commandWord()
	t := threadWord(spoken(first))
	if t == nil || !scan.done() {
		return said, false
	}
	return t.about(id), true
}
