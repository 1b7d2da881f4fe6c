package life

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/openstack/cloud"
	"github.com/handsoff/handsoff/functions/openstack/environment"
	"github.com/handsoff/handsoff/functions/openstack/environment/template"
	"github.com/handsoff/handsoff/functions/openstack/resource"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// draft is an environment that could be made.
type draft struct {
	record  *environment.Record
	private string   // the private key that was made for it; a secret
	told    []string // the plan, for people
}

// claim is what an environment that is planned has already.
type claim struct {
	maker string           // the job that took its name
	fresh bool             // there is no such environment yet
	free  resource.Amounts // of the quota, what will be free by then
}

// draft plans what somebody asks for, and checks all of it. wrong is everything that stands in the way, a sentence each; an
// error is a cloud that cannot be asked now. maker is the job that asks, which may have taken the name already; empty for none.
func (l *Life) draft(ctx context.Context, w wish, maker string, now time.Time) (*draft, []string, error) {
	t, at, wrong := l.chosen(w)
	if len(wrong) > 0 {
		return nil, wrong, nil
	}
	wrong, bars := cannot(t, at), l.mayMake(t, at, w)
	if w.looks {
		if why := l.lacksGrade(at, cloud.Viewer, "A plan at "+at.Name(), w.who()...); why != "" {
			return nil, []string{why}, nil
		}
	} else {
		wrong, bars = append(wrong, bars...), nil
	}
	parameters, mistakes := t.Choose(w.parameters)
	wrong = append(wrong, mistakes...)
	owner, problem := l.ownerOf(w)
	wrong = append(wrong, problem...)
	members, problem := l.membersOf(w)
	wrong = append(wrong, problem...)
	ttl := t.TTL
	if w.ttl > 0 {
		ttl = w.ttl
	}
	if ttl > t.MaxTTL {
		wrong = append(wrong, fmt.Sprintf("An environment of %s may live for %s; %s is longer.", t.Name, command.FormatDuration(t.MaxTTL), command.FormatDuration(ttl)))
	}
	if len(wrong) > 0 {
		return nil, wrong, nil
	}
	record := &environment.Record{
		Name: w.name, Owner: owner, Members: members, By: w.principal, Groups: w.groups, Address: w.address, Bot: l.bot, Cloud: at.Name(), Template: t.Name,
		Parameters: parameters, Policy: t.Policy, Keep: t.Keep, Created: now, TTL: ttl, MaxTTL: t.MaxTTL,
	}
	d, wrong, err := l.fill(ctx, t, at, record, claim{maker: maker, fresh: true})
	if d != nil && len(bars) > 0 {
		d.told = append(d.told, "You could not make it: "+strings.Join(bars, " "))
	}
	return d, wrong, err
}

// fill expands the template for a record and checks that the cloud has what it takes.
func (l *Life) fill(ctx context.Context, t *template.Template, at *cloud.Cloud, record *environment.Record, c claim) (*draft, []string, error) {
	public, private, err := l.keyFor(t, record)
	if err != nil {
		return nil, nil, err
	}
	parameters, secrets, unfit, err := l.veil(t, record.Parameters)
	if err != nil || len(unfit) > 0 {
		return nil, unfit, err
	}
	record.Secrets = secrets
	if private != "" {
		record.Key = public
	}
	plan, err := t.Expand(template.Request{
		Name: record.Name, Owner: record.Owner, Cloud: at.Name(), Parameters: parameters, Key: public,
	})
	switch {
	case errors.Is(err, template.ErrNoKey):
		return nil, []string{"The template takes the public key of " + record.Owner + ", and the configuration has none of theirs (openstack.keys)."}, nil
	case err != nil:
		return nil, []string{fmt.Sprintf("The template %s: %s.", t.Name, strings.TrimSuffix(err.Error(), "."))}, nil
	}
	wrong, told, err := l.check(ctx, at, record, &plan, c)
	if f, passing := away(err); f != nil && !passing {
		return nil, []string{f.Sentence()}, nil
	}
	if err != nil || len(wrong) > 0 {
		return nil, wrong, err
	}
	record.Plan = plan
	if !record.Fits() {
		return nil, []string{"That is more than can be kept of one environment, 512 KiB: ask for fewer servers, or let their user_data or the Heat template fetch the long part."}, nil
	}
	return &draft{record: record, private: private, told: told}, nil, nil
}

// chosen finds the template and the cloud.
func (l *Life) chosen(w wish) (*template.Template, *cloud.Cloud, []string) {
	var wrong []string
	if !environment.IsName(w.name) {
		wrong = append(wrong, fmt.Sprintf("%.60q cannot be the name of an environment: small letters, digits and - can, a letter first, at most 41.", w.name))
	}
	t := l.templates.Named(w.template)
	if t == nil {
		return nil, nil, append(wrong, l.noTemplate(w.template))
	}
	name := w.cloud
	if name == "" {
		name = t.Cloud
	}
	at, err := l.clouds.Find(name)
	if err != nil {
		return nil, nil, append(wrong, cloud.Judge(err).Sentence())
	}
	return t, at, wrong
}

// noTemplate says which templates there are.
func (l *Life) noTemplate(name string) string {
	for _, fault := range l.templates.Faults {
		if fault.Name == name {
			return "The template " + name + " has a mistake, so it is left out: " + fault.String() + "."
		}
	}
	names := l.templates.Names()
	switch near := command.Nearest(name, names); {
	case len(names) == 0:
		return "No templates are configured (openstack.templates)."
	case len(near) > 0:
		return fmt.Sprintf("There is no template %.60q. Did you mean %s?", name, strings.Join(near, " or "))
	}
	return fmt.Sprintf("There is no template %.60q; there %s %s.", name, chat.Are(len(names)), strings.Join(names, ", "))
}

// cannot says why nobody makes an environment of a template at a cloud.
func cannot(t *template.Template, at *cloud.Cloud) []string {
	var wrong []string
	if !at.Environments() {
		wrong = append(wrong, fmt.Sprintf("No environments are made at %s (openstack.clouds.%s.environments).", at.Name(), at.Name()))
	}
	if t.HasProject() && !at.HasAdmin() {
		wrong = append(wrong, fmt.Sprintf("The template %s takes a project of its own, and openstack.clouds.%s.admin names no administrator.", t.Name, at.Name()))
	}
	return wrong
}

// mayMake says why somebody may not make an environment of a template.
func (l *Life) mayMake(t *template.Template, at *cloud.Cloud, w wish) []string {
	var wrong []string
	what := "An environment at " + at.Name()
	if why := l.lacksGrade(at, cloud.Operator, what, w.who()...); why != "" {
		wrong = append(wrong, why)
	} else if t.HasProject() {
		if why := l.lacksGrade(at, cloud.Admin, what+" with a project of its own", w.who()...); why != "" {
			wrong = append(wrong, why)
		}
	}
	if why := l.lacks(t.Role, "The template "+t.Name, w.who()...); why != "" {
		wrong = append(wrong, why)
	}
	return wrong
}

// ownerOf is whose the environment will be.
func (l *Life) ownerOf(w wish) (string, []string) {
	if w.owner == "" {
		return w.principal, nil
	}
	return w.owner, l.strange(w.owner)
}

func (l *Life) membersOf(w wish) ([]string, []string) {
	var wrong []string
	for _, member := range w.members {
		wrong = append(wrong, l.strange(member)...)
	}
	const most = 50
	if len(w.members) > most {
		wrong = append(wrong, fmt.Sprintf("An environment may have %d members.", most))
	}
	return w.members, wrong
}

// strange says that somebody is nobody.
func (l *Life) strange(who string) []string {
	if _, person := l.roles.People[who]; person || command.IsPrincipal(who) {
		return nil
	}
	people := make([]string, 0, len(l.roles.People))
	for name := range l.roles.People {
		people = append(people, name)
	}
	slices.Sort(people)
	text := fmt.Sprintf("%.60q is nobody: write a principal such as slack:U123, or the name of a person of the configuration", who)
	if near := command.Nearest(who, people); len(near) > 0 {
		text += ", perhaps " + near[0]
	}
	return []string{text + "."}
}

// check looks everything up that the plan takes of the cloud. wrong is what is missing; told is the plan for people.
func (l *Life) check(ctx context.Context, at *cloud.Cloud, record *environment.Record, plan *template.Plan, c claim) (wrong, told []string, err error) {
	if env, err := l.envs.Get(ctx, record.Name); err == nil && env.Maker != c.maker {
		wrong = append(wrong, takenText(&environment.TakenError{Name: env.Name, State: env.State, Maker: env.Maker}))
	} else if err != nil && !errors.Is(err, environment.ErrNotFound) {
		return nil, nil, err
	}
	seen := at
	own := plan.Item(projectKey) != nil
	if own {
		if seen, err = at.Admin(); err != nil {
			return nil, nil, err
		}
	}
	if full, err := l.atCeiling(ctx, record.Owner); err != nil {
		return nil, nil, err
	} else if c.fresh && full != "" {
		wrong = append(wrong, full)
	}
	found, err := l.ground(ctx, seen, wishesOf(record.Name, plan), own)
	if err != nil {
		return nil, nil, err
	}
	for _, one := range found.taken {
		if c.fresh || one.Mark.Env != record.Name || one.Mark.Bot != record.Bot { // what is made anew is gone by then
			found.missing = append(found.missing, one.Text)
		}
	}
	for _, text := range found.missing {
		text = unworded(record, text)
		if text = sentence(strings.ToUpper(text[:1]) + text[1:]); !slices.Contains(wrong, text) { // once for all servers of a kind
			wrong = append(wrong, text)
		}
	}
	if len(found.missing) > 0 {
		return wrong, nil, nil
	}
	record.Project = found.project
	for i := range found.wishes {
		plan.Items[i].Spec = found.wishes[i].Spec
	}
	short, quota := compare(at.Name(), resource.Need(found.wishes), found.usage, c.free)
	wrong = append(wrong, short...)
	took, err := l.envs.Took(ctx, record.Template)
	if err != nil {
		return nil, nil, err
	}
	return wrong, planText(record, plan, quota, found.told, took), nil
}

// unworded is a text of the cloud's without the words that stand for secrets.
func unworded(record *environment.Record, text string) string {
	for _, one := range record.Secrets {
		text = strings.ReplaceAll(text, one.Word, masked)
	}
	return text
}

// loginOf is the user to log in to a server as.
func loginOf(spec json.RawMessage, usual string) string {
	var server resource.ServerSpec
	if json.Unmarshal(spec, &server) == nil && server.Login != "" {
		return server.Login
	}
	return usual
}
