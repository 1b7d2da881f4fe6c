package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// answerTime bounds a command that answers at once: the function command waits for 15 s.
const answerTime = 12 * time.Second

func problem(code, text string, suggestions ...string) command.Answer {
	return command.Answer{Text: text, Problem: &command.Problem{Code: code, Suggestions: suggestions}}
}

func isGone(err error) bool { return errors.Is(err, job.ErrNotFound) }

// noSuchPlaybook answers "ansible run" for what is not declared: those that are have commands of their own.
func (c *capability) noSuchPlaybook(_ context.Context, call command.Call) (command.Answer, error) {
	name := command.Values(call.Args).String("playbook")
	names := sorted(c.set.Playbooks)
	switch {
	case len(names) == 0:
		return problem(command.CodeNotFound, "No playbook is declared; an admin declares them in the configuration, under ansible.playbooks."), nil
	case name == "":
		return problem(command.CodeUsage, "Which playbook? There is "+strings.Join(names, ", ")+"."), nil
	}
	text := fmt.Sprintf("There is no playbook %s", plain(name))
	var suggestions []string
	for _, near := range command.Nearest(name, names) {
		suggestions = append(suggestions, runWords+near)
	}
	if len(suggestions) > 0 {
		text += "; perhaps you meant " + strings.TrimPrefix(suggestions[0], runWords)
	}
	return problem(command.CodeNotFound, text+". There is "+strings.Join(names, ", ")+".", suggestions...), nil
}

// list answers "ansible list".
func (c *capability) list(context.Context, command.Call) (command.Answer, error) {
	if len(c.set.Playbooks) == 0 {
		return command.Answer{Text: "No playbook is declared."}, nil
	}
	lines := []string{"Playbooks:"}
	for _, name := range sorted(c.set.Playbooks) {
		p := c.set.Playbooks[name]
		lines = append(lines, fmt.Sprintf("    %s: %s (%s)", p.words(), plain(p.Summary), p.terms()))
	}
	lines = append(lines, "Inventories:")
	for _, name := range sorted(c.set.Inventories) {
		from := c.set.Inventories[name]
		line := fmt.Sprintf("    %s: %s", name, from.kind())
		if from.Summary != "" {
			line += ", " + plain(from.Summary)
		}
		lines = append(lines, line)
	}
	return command.Answer{Text: strings.Join(lines, "\n")}, nil
}

// terms says who may run a playbook, on what.
func (p *playbook) terms() string {
	parts := []string{"for " + p.Role, "on " + strings.Join(p.Inventories, ", ")}
	if p.Signoff != nil {
		parts = append(parts, fmt.Sprintf("needs %s", chat.Count(p.Signoff.Need, "sign-off")))
	}
	if p.Lock != "" {
		parts = append(parts, "alone on "+p.Lock)
	}
	if p.Repeat {
		parts = append(parts, "safe to repeat")
	}
	return strings.Join(parts, "; ")
}

func (i *inventory) kind() string {
	switch {
	case i.Static != "":
		return "static"
	case i.Script != "":
		return "by a script"
	case len(i.Plugin) > 0:
		return "by the plugin " + plain(fmt.Sprint(i.Plugin["plugin"]))
	case i.Repo != "":
		return i.Path + " of " + i.Repo
	}
	return i.Path
}

// araURL answers "ara url".
func (c *capability) araURL(context.Context, command.Call) (command.Answer, error) {
	if !c.set.ARA.records() {
		return command.Answer{Text: "Runs are not recorded here (ansible.ara.record is false)."}, nil
	}
	if c.ara == nil {
		return command.Answer{Text: "No ARA server is configured; runs are recorded on the function's machine, below " + c.set.araFolder() + "."}, nil
	}
	return command.Answer{Text: c.ara.Public() + "/"}, nil
}
