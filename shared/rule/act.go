package rule

import (
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
)

// Command is what the rule runs for an event: a command's words, and its arguments by name. No text of the event's can
// become another argument or another command: there are the names that the rule declares, each with one value, see
// [Args.Values]. In what GitHub shows as Markdown, what a hole brings formats nothing and calls nobody, see markdown.go.
// Without run the words are empty. An error is a sentence for people, and may quote the payload.
func (r *Rule) Command(env *Env) (words string, args map[string]any, err error) {
	if r.Run == "" {
		return "", nil, nil
	}
	args, err = r.Args.Values(env)
	if err != nil {
		return "", nil, fmt.Errorf("rule %s: %w", r.Name, err)
	}
	words = strings.Join(strings.Fields(strings.ToLower(r.Run)), " ")
	if name, is := markdownArgs[words]; is && r.Args[name].template != nil {
		text, err := r.Args[name].template.markdown(env)
		if err != nil {
			return "", nil, fmt.Errorf("rule %s: args.%s: %w", r.Name, name, err)
		}
		args[name] = text
	}
	return r.Run, args, nil
}

// Message is what the rule tells people of an event: its own text, else the topic's built-in one. It is not cleaned; output
// does that. Without notify it is empty.
func (r *Rule) Message(env *Env) (string, error) {
	if r.Notify == nil {
		return "", nil
	}
	if r.Notify.Text == nil {
		return Told(env, r.Notify.Expand), nil
	}
	text, err := r.Notify.Text.Text(env)
	if err != nil {
		return "", fmt.Errorf("rule %s: notify: %w", r.Name, err)
	}
	return chat.Shorten(text, maxMessage), nil
}

// Memory is what the rule remembers of an event. Without remember it is empty, and nothing is to be remembered; neither is
// it when the value is empty.
type Memory struct {
	Name, Value, Subject, URL string
}

// Memory is what the rule remembers of an event.
func (r *Rule) Memory(env *Env) (Memory, error) {
	m := r.Remember
	if m == nil {
		return Memory{}, nil
	}
	kept := Memory{Name: m.Name, Subject: env.Facts.Subject, URL: env.Facts.URL}
	for _, part := range []struct {
		of   *Template
		into *string
	}{{m.Value, &kept.Value}, {m.Subject, &kept.Subject}, {m.URL, &kept.URL}} {
		if part.of == nil {
			continue
		}
		text, err := part.of.Text(env)
		if err != nil {
			return Memory{}, fmt.Errorf("rule %s: remember: %w", r.Name, err)
		}
		*part.into = text
	}
	return kept, nil
}

// OnceFor is the value of once for an event, for each of which the rule acts at most once; ok is false when the rule has no
// such bound.
func (r *Rule) OnceFor(env *Env) (value string, ok bool, err error) {
	if r.Once == nil {
		return "", false, nil
	}
	value, err = r.Once.Text(env)
	if err != nil {
		return "", true, fmt.Errorf("rule %s: once: %w", r.Name, err)
	}
	return value, true, nil
}
