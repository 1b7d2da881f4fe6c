package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/rule"
	"github.com/handsoff/handsoff/shared/ruling"
)

const (
	// cells is how much of a text a list shows.
	cells = 60
	// shownOf is how many of a rule's decisions are shown.
	shownOf = 8
)

// aboutRule answers a command about one rule.
type aboutRule func(ctx context.Context, call command.Call, r *rule.Rule) (command.Answer, error)

// about finds the rule that a call names, and says so when there is none.
func (d *desk) about(answer aboutRule) function.CallFunc {
	return func(ctx context.Context, call command.Call) (command.Answer, error) {
		name := command.Values(call.Args).String("rule")
		if r := d.rules.Rule(name); r != nil {
			return answer(ctx, call, r)
		}
		return d.noRule(call, name), nil
	}
}

// noRule says that there is no such rule: because it is mistaken, or what was probably meant.
func (d *desk) noRule(call command.Call, name string) command.Answer {
	var wrong []string
	for _, fault := range d.faults {
		if fault.Name == name && !fault.Warning {
			wrong = append(wrong, fault.String())
		}
	}
	if len(wrong) > 0 {
		return problem(command.CodeConflict, "That rule is mistaken, so it does nothing. "+strings.Join(wrong, "\n"))
	}
	var names []string
	for _, r := range d.rules.Rules() {
		names = append(names, r.Name)
	}
	text := fmt.Sprintf("There is no rule %s; `rules list` shows those there are.", chat.Brief(name, cells))
	var suggestions []string
	for _, near := range command.Nearest(name, names) {
		suggestions = append(suggestions, call.Command+" "+near)
	}
	return problem(command.CodeNotFound, text, suggestions...)
}

// rulesList shows all rules and how they do, and what is wrong with those that are left out.
func (d *desk) rulesList(ctx context.Context, _ command.Call) (command.Answer, error) {
	now, pauses, tallies, err := d.standing(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	var rows [][]string
	for _, r := range d.rules.Rules() {
		state := "works"
		if p, is := pauses[r.Name]; is {
			state = chat.OneLine(p.String())
		}
		rows = append(rows, []string{
			r.Name, chat.Clip(state, 2*cells/3), tallies[r.Name].Since(now), chat.Clip(strings.Join(r.On, ", "), cells), chat.Brief(r.Acts(), cells),
		})
	}
	lines := []string{chat.Table(rows)}
	if len(rows) == 0 {
		lines = []string{"There are no rules; write some under rules: in the configuration."}
	}
	return command.Answer{Text: strings.Join(append(lines, d.mistakes()...), "\n")}, nil
}

// standing reads how the rules stand.
func (d *desk) standing(ctx context.Context) (time.Time, map[string]ruling.Pause, map[string]ruling.Tally, error) {
	now, err := d.Jobs.Now(ctx)
	if err != nil {
		return now, nil, nil, err
	}
	pauses, err := ruling.Pauses(ctx, d.Redis)
	if err != nil {
		return now, nil, nil, err
	}
	tallies, err := ruling.Tallies(ctx, d.Redis)
	return now, pauses, tallies, err
}

// mistakes are what is wrong with rules.
func (d *desk) mistakes() []string {
	var lines []string
	for _, fault := range d.faults {
		word := "Mistaken, and left out"
		if fault.Warning {
			word = "Works, but"
		}
		lines = append(lines, word+": "+chat.OneLine(fault.String()))
	}
	return lines
}

// ruleShow shows a rule as it is written, whether it can do what it is for, and what it decided last.
func (d *desk) ruleShow(ctx context.Context, _ command.Call, r *rule.Rule) (command.Answer, error) {
	now, pauses, tallies, err := d.standing(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	made, err := ruling.Decisions(ctx, d.Redis, shownOf, func(one *ruling.Decision) bool { return one.Rule == r.Name })
	if err != nil {
		return command.Answer{}, err
	}
	lines := []string{fmt.Sprintf("%s, line %d of the configuration; %s.", r.Name, r.Line, tallies[r.Name].Since(now))}
	if p, is := pauses[r.Name]; is {
		lines = append(lines, fmt.Sprintf("It does nothing: %s, %s.", chat.OneLine(p.String()), chat.Age(now.Sub(p.At))))
	}
	lines = append(lines, d.able(ctx, r)...)
	for _, fault := range d.faults {
		if fault.Name == r.Name {
			lines = append(lines, "Mind: "+chat.OneLine(fault.String()))
		}
	}
	lines = append(lines, indented(chat.Clean(strings.TrimSpace(r.Shown(command.Known(ctx, d.Redis, d.Log)))))...)
	if len(made) > 0 {
		lines = append(lines, "What it decided last:", table(made, now, func(one *ruling.Decision) []string {
			return []string{ruling.Meaning(one.Outcome), one.Topic, chat.Clip(one.Subject, cells), one.Author, one.Event, gist(one)}
		}))
	}
	return command.Answer{Text: strings.Join(lines, "\n")}, nil
}

// gist is what is to be said of a decision: its job, else why.
func gist(one *ruling.Decision) string { return chat.Clip(whole(one), cells) }

// whole is the same, uncut.
func whole(one *ruling.Decision) string {
	if one.Job != "" {
		return one.Job
	}
	return chat.OneLine(one.Text)
}

func indented(text string) []string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = "  " + lines[i]
	}
	return lines
}

// table shows decisions, a line each, with how long ago they were.
func table(list []ruling.Decision, now time.Time, row func(one *ruling.Decision) []string) string {
	rows := make([][]string, len(list))
	for i := range list {
		cells := append([]string{"  " + chat.Age(now.Sub(list[i].At))}, row(&list[i])...)
		for n := range cells[1:] {
			cells[n+1] = chat.OneLine(cells[n+1])
		}
		rows[i] = cells
	}
	return chat.Table(rows)
}

// able says what a rule needs to do what it is for: whether its command is there, and whether it may run it.
func (d *desk) able(ctx context.Context, r *rule.Rule) []string {
	if r.Run == "" {
		return nil
	}
	catalogue, err := command.Kept(ctx, d.Redis)
	if err != nil {
		d.Log.WarnContext(ctx, "read the catalogue", "error", err)
		return []string{"Whether it may run " + r.Run + " cannot be said now: the list of commands cannot be read."}
	}
	declared := catalogue.Lookup(r.Run)
	if declared == nil {
		return []string{"It cannot work: there is no command " + r.Run + " just now."}
	}
	by := "rule:" + r.Name
	lines := []string{fmt.Sprintf("%s needs the role %s.", r.Run, declared.Role)}
	granted, ok := command.Granted(d.Config, declared.Role, by)
	switch {
	case ok:
		lines[0] = fmt.Sprintf("It may: %s needs the role %s, and %s.", r.Run, declared.Role, granted)
	case r.Hears("github.comment"):
		lines[0] += fmt.Sprintf(" Who asks for it in a comment must have that role, or %s: list it under roles.%s.", by, declared.Role)
	default:
		lines[0] += fmt.Sprintf(" It lacks that, so nothing will be run: list %s under roles.%s in the configuration.", by, declared.Role)
	}
	for name := range r.Args {
		known := slices.ContainsFunc(declared.Args, func(a command.Arg) bool { return a.Name == name })
		if !known && declared.Extra == "" {
			lines = append(lines, fmt.Sprintf("It cannot work: %s has no argument %s.", r.Run, name))
		}
	}
	slices.Sort(lines[1:])
	return lines
}

// rulePause has a rule do nothing until it is resumed.
func (d *desk) rulePause(ctx context.Context, call command.Call, r *rule.Rule) (command.Answer, error) {
	now, err := d.Jobs.Now(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	p := ruling.Pause{By: call.Principal, At: now, Reason: chat.Brief(command.Values(call.Args).String("reason"), 2*cells)}
	fresh, err := ruling.SetPause(ctx, d.Redis, r.Name, &p)
	if err != nil {
		return command.Answer{}, err
	}
	if !fresh {
		return d.alreadyPaused(ctx, r)
	}
	err = d.Jobs.Audit(ctx, job.AuditEntry{Who: call.Principal, Act: "rule paused", Detail: r.Name + ": " + p.Reason})
	return command.Answer{Text: fmt.Sprintf("%s is paused; `rules resume %s` lets it go on. What runs already goes on.", r.Name, r.Name)}, err
}

func (d *desk) alreadyPaused(ctx context.Context, r *rule.Rule) (command.Answer, error) {
	pauses, err := ruling.Pauses(ctx, d.Redis)
	return problem(command.CodeConflict, fmt.Sprintf("%s is %s, already.", r.Name, chat.OneLine(pauses[r.Name].String()))), err
}

// ruleResume lets a rule go on.
func (d *desk) ruleResume(ctx context.Context, call command.Call, r *rule.Rule) (command.Answer, error) {
	was, err := ruling.SetPause(ctx, d.Redis, r.Name, nil)
	if err != nil {
		return command.Answer{}, err
	}
	if !was {
		return problem(command.CodeConflict, r.Name+" is not paused."), nil
	}
	err = d.Jobs.Audit(ctx, job.AuditEntry{Who: call.Principal, Act: "rule resumed", Detail: r.Name})
	return command.Answer{Text: r.Name + " works again. What happened meanwhile is not made up for."}, err
}
