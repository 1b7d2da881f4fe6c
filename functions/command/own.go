package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
)

// ownCommand answers a command of this function with text. A [command.Mistake] is told to the person.
type ownCommand func(ctx context.Context, a *asked) (string, error)

// ownCommands are the commands of this function, by their words; stack.yml declares them.
func (d *dispatcher) ownCommands() map[string]ownCommand {
	return map[string]ownCommand{
		"help":         d.help,
		"hello":        d.hello,
		"whoami":       d.whoami,
		"alias add":    d.aliasAdd,
		"alias remove": d.aliasRemove,
		"alias list":   d.aliasList,
		"alias clear":  d.aliasClear,
		"config check": d.configCheck,
		"config show":  d.configShow,
		"version":      d.version,
		"uptime":       d.uptime,
		"ping":         d.ping,
	}
}

func (d *dispatcher) answerOwn(ctx context.Context, a *asked) (command.Answer, error) {
	do := d.own[a.Command.Words]
	if do == nil {
		return command.Answer{
			Text:    fmt.Sprintf("%s is declared, but this version of mine does not know it; deploy the function %s again.", a.Command.Words, d.Name),
			Problem: &command.Problem{Code: command.CodeUnavailable},
		}, nil
	}
	text, err := do(ctx, a)
	if m := new(command.Mistake); errors.As(err, &m) {
		return m.Answer(), nil
	}
	return command.Answer{Text: text}, err
}

func (d *dispatcher) help(_ context.Context, a *asked) (string, error) {
	text, err := a.catalogue.Help(command.Values(a.Args).String("words"), d.reader(a.from.Principal, a.from.Groups))
	if err != nil {
		return "", err
	}
	if _, admin := d.Config.Grant(config.Admin, a.from.Who()...); !admin || command.Values(a.Args).Has("words") {
		return text, nil
	}
	for i, fault := range a.catalogue.Faults() {
		if i == 0 {
			text += "\n\nFor you as an admin, declarations that are not taken:"
		}
		text += "\n  " + fault.String()
	}
	return text, nil
}

// hello greets in the language of the minute.
func (d *dispatcher) hello(_ context.Context, _ *asked) (string, error) {
	greetings := []string{"Hello", "Bonjour", "Guten Tag", "Shalom", "Konnichiwa", "Namaste", "Hola", "Ahoj", "Merhaba", "Salaam"}
	word := greetings[time.Now().Minute()%len(greetings)]
	return fmt.Sprintf("%s! I am %s; type help to see what I can do.", word, d.Config.Bot.Name), nil
}

func (d *dispatcher) whoami(_ context.Context, a *asked) (string, error) {
	lines := []string{"You are " + a.from.Principal + ", at the door " + a.from.Origin.Door + "."}
	if a.from.Origin.Door == "" {
		lines[0] = "You are " + a.from.Principal + "."
	}
	if person := d.Config.Person(a.from.Principal); person != "" {
		lines = append(lines, d.elsewhere(person, a.from.Principal))
	}
	roles := d.Config.RolesOf(a.from.Who()...)
	if len(roles) == 0 {
		lines = append(lines, "You have no role; the configuration gives roles, under roles.")
	}
	for _, role := range roles {
		why, _ := d.Config.Grant(role, a.from.Who()...)
		lines = append(lines, fmt.Sprintf("You have the role %s: %s.", role, why))
	}
	return strings.Join(lines, "\n"), nil
}

// elsewhere says which person somebody is, and as whom else they are known.
func (d *dispatcher) elsewhere(person, principal string) string {
	text := "You are the person " + person
	if others := d.Config.Known(principal)[1:]; len(others) > 0 {
		text += ", elsewhere " + strings.Join(others, ", ")
	}
	return text + "."
}

func (d *dispatcher) configShow(_ context.Context, _ *asked) (string, error) {
	text, err := d.Config.Masked()
	if err != nil {
		return "", err
	}
	if text = strings.TrimSpace(text); text == "" {
		return "The configuration is empty.", nil
	}
	return text, nil
}

func (d *dispatcher) version(_ context.Context, _ *asked) (string, error) {
	release, commit := function.Version()
	if commit != "" {
		commit = " at " + commit
	}
	return fmt.Sprintf("I am handsoff %s%s, built with %s.", cmp.Or(release, "from source"), commit, runtime.Version()), nil
}

func (d *dispatcher) uptime(_ context.Context, _ *asked) (string, error) {
	now := time.Now()
	return fmt.Sprintf("I have been at work for %s, since %s; this process for %s.",
		age(now.Sub(d.first)), d.first.UTC().Format("2006-01-02 15:04 UTC"), age(now.Sub(d.Started))), nil
}

func (d *dispatcher) ping(_ context.Context, _ *asked) (string, error) { return "pong", nil }

// age is a duration to the second, or to the minute from an hour on.
func age(d time.Duration) string {
	unit := time.Second
	if d >= time.Hour {
		unit = time.Minute
	}
	return command.FormatDuration(max(d, 0).Truncate(unit))
}

// startedKey is a string: when the bot first started, in milliseconds of Redis' clock.
const startedKey = job.Prefix + "started"

// firstStart is when the bot first started on this Redis.
func firstStart(ctx context.Context, p *function.Platform) (time.Time, error) {
	now, err := p.Jobs.Now(ctx)
	if err != nil {
		return time.Time{}, err
	}
	if err := p.Redis.SetNX(ctx, startedKey, now.UnixMilli(), 0).Err(); err != nil {
		return time.Time{}, fmt.Errorf("record the first start: %w", err)
	}
	first, err := p.Redis.Get(ctx, startedKey).Int64()
	if err != nil {
		return time.Time{}, fmt.Errorf("read the first start: %w", err)
	}
	return time.UnixMilli(first), nil
}
