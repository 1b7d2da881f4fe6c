package life

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/environment/template"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// mostListed is how many environments a list shows: those that expire first.
const mostListed = 500

// list answers "openstack env list".
func (l *Life) list(ctx context.Context, call command.Call) (command.Answer, error) {
	args := command.Values(call.Args)
	at, owner := args.String("cloud"), args.String("owner")
	if owner == "me" {
		owner = call.Principal
	}
	now, err := l.jobs.Now(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	rows, more := [][]string{{"name", "state", "cloud", "template", "owner", "expires"}}, 0
	err = l.envs.Each(ctx, func(env *environment.Environment) error {
		switch {
		case at != "" && env.Cloud != at || owner != "" && !env.Belongs(append(l.names(owner), owner)...) || !l.visible(env, call):
		case len(rows) > mostListed:
			more++
		default:
			rows = append(rows, []string{env.Name, string(env.State), env.Cloud, env.Template, env.Owner, until(env, now)})
		}
		return nil
	})
	if err != nil {
		return command.Answer{}, err
	}
	if len(rows) == 1 {
		return command.Answer{Text: "There are no environments" + map[bool]string{true: " that you asked for", false: ""}[at+owner != ""] + "."}, nil
	}
	text := chat.Table(rows)
	if more > 0 {
		text += fmt.Sprintf("\nand %d more; say whose (owner=) or where (cloud=)", more)
	}
	return command.Answer{Text: chat.Clean(text)}, nil
}

// visible reports whether somebody may see an environment: their own, or one at a cloud that they may look at.
func (l *Life) visible(env *environment.Environment, call command.Call) bool {
	if env.Belongs(l.names(call.Principal)...) {
		return true
	}
	at, err := l.clouds.Find(env.Cloud)
	return err == nil && l.lacksGrade(at, cloud.Viewer, "", call.Who()...) == ""
}

// until says when an environment expires, from now.
func until(env *environment.Environment, now time.Time) string {
	if rest := env.Expires.Sub(now); rest > 0 {
		return "in " + chat.Duration(rest)
	}
	return chat.Age(now.Sub(env.Expires))
}

// show answers "openstack env show".
func (l *Life) show(ctx context.Context, call command.Call) (command.Answer, error) {
	name := command.Values(call.Args).String("name")
	env, err := l.envs.Get(ctx, strings.ToLower(name))
	if errors.Is(err, environment.ErrNotFound) {
		return l.noEnvironment(ctx, name, showWords)
	}
	if err != nil {
		return command.Answer{}, err
	}
	if !l.visible(env, call) {
		at, err := l.clouds.Find(env.Cloud)
		if err != nil {
			return command.Answer{Text: sentence(err.Error()), Problem: &command.Problem{Code: command.CodeNotFound}}, nil
		}
		return command.Answer{
			Text: l.lacksGrade(at, cloud.Viewer, showWords+" at "+env.Cloud, call.Who()...), Problem: &command.Problem{Code: command.CodeForbidden},
		}, nil
	}
	now, err := l.jobs.Now(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	return command.Answer{Text: chat.Clean(l.shown(env, now, env.Belongs(l.names(call.Principal)...))), Job: env.Job}, nil
}

// shown is all that is known of an environment; which secrets it has is for those whose it is.
func (l *Life) shown(env *environment.Environment, now time.Time, theirs bool) string {
	var s chat.Sheet
	s.Add("state", strings.TrimSuffix(string(env.State)+": "+env.Why, ": "))
	s.Add("cloud", env.Cloud)
	s.Add("template", env.Template)
	s.Add("parameters", parametersText(env, theirs))
	s.Add("owner", env.Owner)
	s.Add("members", strings.Join(env.Members, ", "))
	s.Add("made", clock(env.Created)+", by "+env.By)
	s.Add("expires", clock(env.Expires)+", "+until(env, now)+". "+fate(env))
	s.Add("last job", env.Job)
	s.Add("lease", env.Lease)
	for _, m := range machines(env) {
		text := strings.Join(m.Addresses, ", ")
		if len(m.Addresses) > 0 {
			text += ", ssh " + strings.TrimPrefix(m.Login+"@", "@") + m.Addresses[0]
		}
		s.Add(m.Name, text)
	}
	for _, line := range outputLines(env) {
		name, value, _ := strings.Cut(line, " = ")
		s.Add(name, value)
	}
	if at, err := l.clouds.Find(env.Cloud); err == nil && at.Horizon() != "" {
		s.Add("Horizon", dashboard(at.Horizon(), env))
	}
	rows := [][]string{}
	for _, item := range env.Inventory() {
		state := string(item.State)
		if spoilt(env, item) {
			state = "failed"
		}
		rows = append(rows, []string{label(item.Kind), item.Name, state, item.ID, item.Why})
	}
	return env.Name + "\n" + s.String() + "\n\n" + chat.Table(rows)
}

func parametersText(env *environment.Environment, theirs bool) string {
	parameters := maps.Clone(env.Parameters)
	for _, one := range env.Secrets {
		if !theirs {
			parameters[one.Parameter] = masked
		}
	}
	names := make([]string, 0, len(parameters))
	for name := range parameters {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		names[i] = fmt.Sprintf("%s=%v", name, parameters[name])
	}
	return strings.Join(names, " ")
}

// listTemplates answers "openstack env templates".
func (l *Life) listTemplates(ctx context.Context, _ command.Call) (command.Answer, error) {
	if len(l.templates.Templates)+len(l.templates.Faults) == 0 {
		return command.Answer{Text: "There is no template: the configuration has none under openstack.templates (see docs/openstack.md)."}, nil
	}
	var text strings.Builder
	for _, t := range l.templates.Templates {
		fmt.Fprintf(&text, "%s: %s\n", t.Name, t.Summary)
		fmt.Fprintf(&text, "  for %s, at most %s", command.FormatDuration(t.TTL), command.FormatDuration(t.MaxTTL))
		if t.Cloud != "" {
			text.WriteString("; at " + t.Cloud)
		}
		if t.Role != "" {
			text.WriteString("; needs the role " + t.Role)
		}
		if t.Signoff != nil {
			text.WriteString("; takes a sign-off")
		}
		if took, err := l.envs.Took(ctx, t.Name); err == nil && len(took) > 0 {
			text.WriteString("; took " + chat.Duration(took[0]) + " the last time")
		}
		text.WriteString("\n")
		for _, p := range t.Parameters {
			fmt.Fprintf(&text, "  %s\n", parameterText(p))
		}
	}
	for _, fault := range l.templates.Faults {
		fmt.Fprintf(&text, "✗ %s; it is left out\n", fault)
	}
	return command.Answer{Text: chat.Clean(strings.TrimSpace(text.String()))}, nil
}

// parameterText is a parameter with what may be chosen: "size=m1.nano|m1.small (m1.nano): the flavor".
func parameterText(p template.Parameter) string {
	text := p.Name + "=" + p.Type
	if len(p.Choices) > 0 {
		text = p.Name + "=" + strings.Join(p.Choices, "|")
	}
	if p.Default != nil {
		text += fmt.Sprintf(" (%v)", p.Default)
	}
	if p.Secret {
		text += ", a secret's name"
	}
	if p.Help != "" {
		text += ": " + p.Help
	}
	return text
}

// planWithin bounds the asking for a plan, all its requests together: the function command waits for 15 s.
const planWithin = 12 * time.Second

// plan answers "openstack env plan": what would be made, or what stands in the way.
func (l *Life) plan(ctx context.Context, call command.Call) (command.Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, planWithin)
	defer cancel()
	w := wishIn(call.Args)
	w.principal, w.groups, w.address, w.looks = call.Principal, call.Groups, call.Origin.Address, true
	now, err := l.jobs.Now(ctx)
	if err != nil {
		return command.Answer{}, err
	}
	d, wrong, err := l.draft(ctx, w, "", now)
	if f, passing := away(err); f != nil && passing {
		return command.Answer{Text: f.Sentence() + " Nothing was planned; try again.", Problem: &command.Problem{Code: command.CodeUnavailable}}, nil
	}
	if err != nil {
		return command.Answer{}, err
	}
	if len(wrong) > 0 {
		return command.Answer{Text: chat.Clean(refusal(wrong)), Problem: &command.Problem{Code: command.CodeConflict}}, nil
	}
	lines := slices.Clone(d.told)
	rows := [][]string{}
	for _, item := range d.record.Plan.Items {
		rows = append(rows, []string{label(item.Kind), item.Name, needsText(item.Needs)})
	}
	lines = append(lines, "", chat.Table(rows), "", fmt.Sprintf("It would expire %s. %s", clock(now.Add(d.record.TTL)), fate(&environment.Environment{Record: *d.record, Expires: now.Add(d.record.TTL)})))
	return command.Answer{Text: chat.Clean(strings.Join(lines, "\n"))}, nil
}

func needsText(needs []string) string {
	if len(needs) == 0 {
		return ""
	}
	return "after " + strings.Join(needs, ", ")
}
