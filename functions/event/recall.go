package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/memory"
)

// changesShown is how many of a name's changes are shown.
const changesShown = 10

// remembered shows what rules remember, or one name with its newest changes.
func (d *desk) remembered(ctx context.Context, call command.Call) (command.Answer, error) {
	now, err := d.Jobs.Now(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	if name := command.Values(call.Args).String("name"); name != "" {
		return d.rememberedAs(ctx, name, now)
	}
	names, err := memory.Names(ctx, d.Redis)
	if err != nil {
		return command.Answer{}, err
	}
	slices.Sort(names)
	more := max(0, len(names)-listed)
	known, err := memory.Recall(ctx, d.Redis, names[:len(names)-more]...)
	if err != nil {
		return command.Answer{}, err
	}
	var rows [][]string
	for _, name := range names[:len(names)-more] {
		rows = append(rows, append([]string{name}, changeRow(known[name], now)...))
	}
	if len(rows) == 0 {
		return command.Answer{Text: "Nothing is remembered; a rule with remember: keeps something."}, nil
	}
	text := chat.Table(rows)
	if more > 0 {
		text += fmt.Sprintf("\nThere %s %d more; say `remembered <name>`.", chat.Are(more), more)
	}
	return command.Answer{Text: text}, nil
}

// rememberedAs shows one name.
func (d *desk) rememberedAs(ctx context.Context, name string, now time.Time) (command.Answer, error) {
	known, err := memory.Recall(ctx, d.Redis, name)
	if err != nil {
		return command.Answer{}, err
	}
	c, is := known[name]
	if !is {
		return d.notRemembered(ctx, "remembered ", name)
	}
	changes, whole, err := memory.Since(ctx, d.Redis, name, "", changesShown)
	if err != nil {
		return command.Answer{}, err
	}
	var sheet chat.Sheet
	sheet.Add("value", chat.Clean(c.Value))
	sheet.Add("subject", chat.OneLine(c.Subject))
	sheet.Add("address", chat.OneLine(c.URL))
	sheet.Add("since", chat.Clock(c.At, now)+", "+chat.Age(now.Sub(c.At)))
	sheet.Add("rule", chat.OneLine(c.Rule))
	sheet.Add("event", chat.OneLine(c.Event))
	rows := make([][]string, len(changes))
	for i, change := range changes {
		rows[i] = append([]string{"  "}, changeRow(change, now)...)
	}
	heading := "Its changes, the newest first:"
	if !whole {
		heading = fmt.Sprintf("Its newest %d changes:", len(changes))
	}
	return command.Answer{Text: strings.Join([]string{name, sheet.String(), heading, chat.Table(rows)}, "\n")}, nil
}

// notRemembered says that there is no such name, and what was probably meant.
func (d *desk) notRemembered(ctx context.Context, asked, name string) (command.Answer, error) {
	names, err := memory.Names(ctx, d.Redis)
	if err != nil {
		return command.Answer{}, err
	}
	var suggestions []string
	for _, near := range command.Nearest(name, names) {
		suggestions = append(suggestions, asked+near)
	}
	return problem(command.CodeNotFound, fmt.Sprintf("Nothing is remembered as %s.", chat.Brief(name, cells)), suggestions...), nil
}

// forget lets go of what is remembered under a name.
func (d *desk) forget(ctx context.Context, call command.Call) (command.Answer, error) {
	name := command.Values(call.Args).String("name")
	known, err := memory.Recall(ctx, d.Redis, name)
	if err != nil {
		return command.Answer{}, err
	}
	was, err := memory.Forget(ctx, d.Redis, name)
	if err != nil {
		return command.Answer{}, err
	}
	if !was {
		return d.notRemembered(ctx, "remembered forget ", name)
	}
	err = d.Jobs.Audit(ctx, job.AuditEntry{Who: call.Principal, Act: "remembered value forgotten", Detail: name + ": " + known[name].Value})
	return command.Answer{Text: fmt.Sprintf("%s is forgotten; it was %s.", name, chat.Brief(known[name].Value, cells))}, err
}

// changeRow is a change in a table.
func changeRow(c memory.Change, now time.Time) []string {
	return []string{
		chat.Brief(c.Value, cells), chat.Age(now.Sub(c.At)), chat.OneLine(c.Rule), chat.Brief(c.Subject, cells),
	}
}
