package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// The commands' words.
const (
	syncWords   = "git sync"
	freeWords   = "sync repo"
	syncsWords  = "git syncs"
	statusWords = "git status"
)

// maxSummary bounds a command's summary, in bytes.
const maxSummary = 90

// specs lists the mirrors as commands of their own, so that each has its own role, lock, sign-off and time limit.
func (c *capability) specs(context.Context) ([]command.Spec, error) {
	specs := make([]command.Spec, 0, len(c.set.mirrors))
	for _, name := range slices.Sorted(maps.Keys(c.set.mirrors)) {
		m := c.set.mirrors[name]
		specs = append(specs, command.Spec{
			Words: syncWords + " " + name, Summary: chat.Cut(m.summary, maxSummary), Role: m.role,
			Lock: strings.NewReplacer("{", "", "}", "").Replace(m.lock), Limit: m.limit, Signoff: m.signoff, Needs: []string{"git"},
			Help: fmt.Sprintf("From %s to %s. Everything that is wanted is pushed at once, or nothing is.", m.upstream, m.downstream),
		})
	}
	return specs, nil
}

// unknownMirror answers "git sync" of what no command is for.
func (c *capability) unknownMirror(_ context.Context, call command.Call) (command.Answer, error) {
	return c.noMirror(command.Values(call.Args).String("name")), nil
}

// noMirror says which mirrors there are.
func (c *capability) noMirror(name string) command.Answer {
	names := slices.Sorted(maps.Keys(c.set.mirrors))
	problem := &command.Problem{Code: command.CodeNotFound}
	switch {
	case len(names) == 0:
		return command.Answer{Text: "No mirrors are configured (git.mirrors).", Problem: problem}
	case c.set.mirrors[name] != nil:
		return command.Answer{
			Text:    fmt.Sprintf("The mirror %s is new, and its command is not known everywhere yet. Try again in a moment.", name),
			Problem: &command.Problem{Code: command.CodeUnavailable},
		}
	}
	text := fmt.Sprintf("There is no mirror %s. There are %s.", chat.Quote(name, 80), list(names))
	if near := command.Nearest(name, names); len(near) > 0 {
		problem.Suggestions = []string{syncWords + " " + near[0]}
		text = fmt.Sprintf("There is no mirror %s. Did you mean %s?", chat.Quote(name, 80), near[0])
	}
	return command.Answer{Text: text, Problem: problem}
}
