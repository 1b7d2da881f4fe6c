package question

import (
	"fmt"
	"maps"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/rule"
)

// when is the time of which people are told: now where none is said.
func (n *notifier) when(text string) string {
	if text = strings.TrimSpace(text); text != "" {
		return text
	}
	return n.now().UTC().Format(minute)
}

func (n *notifier) template(name string) (*Message, error) {
	if m := n.set.Owners.Templates[name]; m != nil {
		return m, nil
	}
	names := sorted(n.set.Owners.Templates)
	if len(names) == 0 {
		return nil, refuse(command.CodeMissing, "There are no templates: the configuration has none under openstack.owners.templates.")
	}
	text := fmt.Sprintf("There is no template %s; there %s %s.", chat.Brief(name, 60), chat.Are(len(names)), strings.Join(names, ", "))
	if near := command.Nearest(name, names); len(near) > 0 {
		text = fmt.Sprintf("There is no template %s. Did you mean %s?", chat.Brief(name, 60), near[0])
	}
	return nil, refuse(command.CodeNotFound, text)
}

// text is what an owner is told. What the values say cannot become a hole of the template.
func (m *Message) text(values map[string]any, o owner) (string, error) {
	all := map[string]any{"owner": o.Name, "servers": strings.Join(o.Servers, ", ")}
	maps.Copy(all, values)
	env := rule.NewEnv(all)
	subject, err := m.subject.Text(env)
	if err != nil {
		return "", refuse(command.CodeUsage, "The template's subject cannot be filled in: "+full(err.Error()))
	}
	body, err := m.body.Text(env)
	if err != nil {
		return "", refuse(command.CodeUsage, "The template's body cannot be filled in: "+full(err.Error()))
	}
	text := chat.OneLine(subject) + "\n\n" + strings.TrimSpace(chat.Clean(body))
	if len(text) > maxText {
		return "", refuse(command.CodeUsage, fmt.Sprintf("What %s would be told has %d bytes; %d are the most.", o.Name, len(text), maxText))
	}
	return text, nil
}

// maxPreviewed is how many owners a preview names.
const maxPreviewed = 30

// preview is what is shown before anybody is told.
func (at *telling) preview() []string {
	var say []string
	for i, o := range at.Owners {
		if i == maxPreviewed {
			say = append(say, "… and "+chat.Count(len(at.Owners)-i, "more owner"))
			break
		}
		say = append(say, fmt.Sprintf("to %s (%s), about %s", o.Name, strings.Join(o.Addresses, ", "), shortList(o.Servers)))
	}
	if len(at.Owners) > 0 {
		say = append(say, fmt.Sprintf("%s would be told:\n%s", at.Owners[0].Name, at.Owners[0].Text))
	}
	for i, lost := range at.Lost {
		if i == maxPreviewed {
			say = append(say, fmt.Sprintf("! … and %d more who cannot be told", len(at.Lost)-i))
			break
		}
		say = append(say, "! nobody knows how to tell "+lost)
	}
	return say
}

func shortList(names []string) string {
	const most = 5
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
