package rule

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/chat"
)

//go:embed messages.yml
var messagesText []byte

// messages are the built-in templates: a topic, an event of GitHub's without its action, or a source alone.
var messages = sync.OnceValue(func() map[string]*Template {
	var all map[string]*Template
	if err := yaml.Unmarshal(messagesText, &all); err != nil {
		panic(fmt.Sprintf("messages.yml: %v", err)) // part of the program, and tested
	}
	return all
})

// maxMessage is the longest message, in bytes: more is no message but a document.
const maxMessage = 4000

// Told is an event as people are told of it where a rule has no text of its own: one to three lines. expand adds the
// commit's message where the event has one.
func Told(env *Env, expand bool) string {
	for _, key := range messageKeys(env) {
		t, ok := messages()[key]
		if !ok {
			continue
		}
		text, err := t.Text(env)
		if text = lines(text); err != nil || text == "" {
			continue // a payload of an unusual form: what fits any says less
		}
		if expand {
			text += expansion(env)
		}
		return chat.Shorten(text, maxMessage)
	}
	return env.names["event"].(map[string]any)["topic"].(string) //nolint:forcetypeassert // made by described
}

// messageKeys are where a topic's template may be, the most particular first.
func messageKeys(env *Env) []string {
	if env.Event == nil {
		return nil
	}
	keys := []string{}
	for topic := env.Event.Topic; topic != ""; {
		keys = append(keys, topic)
		cut := strings.LastIndexByte(topic, '.')
		topic = topic[:max(cut, 0)]
	}
	return append(keys, "any")
}

// expansion is the commit's message without its first line and footers, which the first lines of the text have said.
func expansion(env *Env) string {
	message := textIn(object(env.names, "change"), "commitMessage")
	_, rest, _ := strings.Cut(strings.TrimSpace(message), "\n")
	if rest = strings.TrimSpace(rest); rest == "" {
		return ""
	}
	return "\n" + rest
}

// lines leaves out empty lines and what is blank at the ends of others.
func lines(text string) string {
	var kept []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}
