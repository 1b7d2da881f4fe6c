package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

func (d *dispatcher) aliasAdd(ctx context.Context, a *asked) (string, error) {
	args := command.Values(a.Args)
	alias, err := d.aliases.Add(ctx, a.catalogue, a.from.Principal, args.String("short"), args.String("long"))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("From now on, %s means for you: %s", alias.Short, alias.Long), nil
}

func (d *dispatcher) aliasRemove(ctx context.Context, a *asked) (string, error) {
	short := command.Values(a.Args).String("short")
	alias, found, err := d.aliases.Remove(ctx, a.from.Principal, short)
	if err != nil {
		return "", err
	}
	if !found {
		return "", &command.Mistake{
			Text:    fmt.Sprintf("You have no alias %s; alias list shows those you have.", chat.OneLine(short)),
			Problem: command.Problem{Code: command.CodeNotFound},
		}
	}
	return fmt.Sprintf("%s no longer means: %s", alias.Short, alias.Long), nil
}

func (d *dispatcher) aliasList(ctx context.Context, a *asked) (string, error) {
	list, err := d.aliases.List(ctx, a.from.Principal)
	if err != nil {
		return "", err
	}
	if len(list) == 0 {
		return "You have no aliases; alias add makes one, such as: alias add h help", nil
	}
	lines := make([]string, len(list))
	for i, alias := range list {
		lines[i] = alias.Short + " means: " + alias.Long
	}
	return strings.Join(lines, "\n"), nil
}

func (d *dispatcher) aliasClear(ctx context.Context, a *asked) (string, error) {
	n, err := d.aliases.Clear(ctx, a.from.Principal)
	if err != nil {
		return "", err
	}
	if n == 1 {
		return "Your alias is removed.", nil
	}
	return fmt.Sprintf("Your %d aliases are removed.", n), nil
}
