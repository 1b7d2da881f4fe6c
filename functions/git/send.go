package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/git"
	"github.com/handsoff/handsoff/shared/job"
)

// send pushes all that is planned. Before git begins it is written down how the downstream is and how it would be.
func (s *syncer) send(ctx context.Context, run *job.Run, m *mirror, p *pursuit, plan *plan, cache *git.Cache, r *reporter) (*ending, error) {
	r.phase("pushing "+counted(plan.changes)+" to "+m.downstream.String(), afterCheck, almost)
	now, err := s.clock(ctx)
	if err != nil {
		return nil, err
	}
	result := m.result(plan)
	result.Pull = p.Pull
	p.Push = &pushing{
		Before: digest(plan.before), After: digest(plan.after()), Sample: plan.changes[:min(sampled, len(plan.changes))], Result: result, At: now,
	}
	p.Quiet, p.Unseen = 0, time.Time{}
	begin := func(keeper attend.Ref) error {
		p.Push.Keeper = keeper
		if err := r.save(ctx, job.Change{Checkpoint: p}); err != nil {
			return err
		}
		return s.reach(ctx, "push begins")
	}
	push := func(ctx context.Context) (struct{}, error) {
		pushed, err := cache.Push(ctx, m.downstream, plan.updates(), r.watchPush(begin))
		if fault, ok := errors.AsType[*git.Fault](err); ok && !fault.Passing() {
			err = s.unsent(ctx, m, p, plan, pushed, fault, r)
		}
		if err == nil {
			err = s.reach(ctx, "pushed")
		}
		return struct{}{}, err
	}
	_, err = job.Once(ctx, run, pushEffect, s.fate(m, p), push)
	if again, ok := errors.AsType[*movedError](err); ok {
		return &ending{wait: time.Second}, r.save(ctx, job.Change{Checkpoint: p, Say: []string{again.Error()}})
	}
	if err != nil {
		return nil, errors.Join(err, suspect(cache, err))
	}
	return s.sent(ctx, m, p, r)
}

// pushEffect is the name under which the engine knows a push, which is made once.
const pushEffect = "push"

// fate looks what became of a push that was begun.
func (s *syncer) fate(m *mirror, p *pursuit) func(context.Context) (struct{}, job.Sighting, error) {
	return func(ctx context.Context) (struct{}, job.Sighting, error) {
		if p.Push == nil { // git's keeper is written down before git begins
			return struct{}{}, job.Absent, nil
		}
		refs, err := s.git.List(ctx, m.downstream, git.Watch{})
		if err != nil {
			return struct{}{}, job.Hidden, err
		}
		return struct{}{}, p.Push.judge(refs), nil
	}
}

// movedError says that a push came too late, and is worth another look.
type movedError struct{}

func (*movedError) Error() string {
	return "Somebody else pushed to the downstream at the same time; looking again."
}

// sent says what was pushed.
func (s *syncer) sent(ctx context.Context, m *mirror, p *pursuit, r *reporter) (*ending, error) {
	result := p.Push.Result
	text := told(m, &result)
	result.told(text)
	ctx = context.WithoutCancel(ctx) // it has happened: a wish to stop that arrived meanwhile must not hide it
	return &ending{result: &result, summary: text}, r.save(ctx, job.Change{
		Checkpoint: p, Progress: &job.Progress{Percent: 100, Line: "pushed"}, Say: p.once(text),
	})
}

// told is a sentence about what was pushed.
func told(m *mirror, r *result) string {
	var how []string
	for _, part := range []struct {
		n    int
		what string
	}{{r.New, "new"}, {r.Forward, "brought forward"}, {r.Forced, "forced"}} {
		if part.n > 0 {
			how = append(how, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	var names []string
	for _, c := range r.Refs {
		names = append(names, short(c.Ref))
	}
	all := r.New + r.Forward + r.Forced
	shown := strings.Join(names[:min(len(names), maxListed)], ", ")
	if more := all - min(len(names), maxListed); more > 0 {
		shown += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Sprintf("Pushed %s to %s: %s (%s).", chat.Count(all, "ref"), m.downstream, shown, strings.Join(how, ", "))
}

// tooLate are the reasons of a refusal that say that a ref moved since it was looked at.
var tooLate = []string{"stale info", "fetch first", "non-fast-forward", "already exists", "cannot lock ref", "reference already exists", "failed to update ref"}

// maxTooLate is how often in a row a push may come too late.
const maxTooLate = 3

// unsent says why nothing was pushed, once the downstream was seen as it was; nil when it was pushed all the same.
func (s *syncer) unsent(
	ctx context.Context, m *mirror, p *pursuit, plan *plan, pushed []git.Pushed, fault *git.Fault, r *reporter,
) error {
	refs, err := s.git.List(ctx, m.downstream, r.watch())
	if err != nil {
		return err // the push is kept in mind, and resolved by the next step
	}
	switch p.Push.judge(refs) {
	case job.Present: // the server took it, and then said otherwise
		return nil
	case job.Hidden:
		return fmt.Errorf("%w: %s says that it took nothing, and has some of it: %s", job.ErrUnsure, m.downstream, list(refNames(plan.changes)))
	case job.Absent:
	}
	p.Push = nil
	if fault.Kind == git.Refused && moved(pushed) && p.Refused < maxTooLate {
		p.Refused++
		return job.NotDone(&movedError{})
	}
	if err := r.save(ctx, job.Change{Checkpoint: p}); err != nil {
		return err
	}
	if fault.Kind != git.Refused {
		return job.NotDone(fault)
	}
	return job.NotDone(refused(refusal(m, pushed, fault.Lines)))
}

func refNames(changes []change) []string {
	var names []string
	for _, c := range changes {
		names = append(names, short(c.Ref))
	}
	return names
}

// moved reports whether a push was refused only because refs had moved.
func moved(pushed []git.Pushed) bool {
	some := false
	for _, p := range pushed {
		if !p.Refused() || strings.Contains(p.Why, "atomic") {
			continue
		}
		if !slices.ContainsFunc(tooLate, func(why string) bool { return strings.Contains(p.Why, why) }) {
			return false
		}
		some = true
	}
	return some
}

// maxRemote is how many lines of the server's own words a sentence has.
const maxRemote = 5

// refusal says what the downstream refused, in its own words.
func refusal(m *mirror, pushed []git.Pushed, lines []string) string {
	by := map[string][]string{}
	var whys []string
	for _, p := range pushed {
		if !p.Refused() || strings.Contains(p.Why, "atomic") {
			continue
		}
		if by[p.Why] == nil {
			whys = append(whys, p.Why)
		}
		by[p.Why] = append(by[p.Why], short(p.Name))
	}
	var said, parts []string
	for _, line := range lines {
		if words, ok := strings.CutPrefix(line, "remote: "); ok && strings.TrimSpace(words) != "" && len(said) < maxRemote {
			said = append(said, strings.TrimSpace(words))
		}
	}
	for _, why := range whys {
		parts = append(parts, fmt.Sprintf("%s (%s)", list(by[why]), why))
	}
	text := fmt.Sprintf("%s refused %s, and so nothing was pushed.", m.downstream, strings.Join(parts, "; "))
	if len(said) > 0 {
		text += " It says: " + strings.Join(said, " / ")
	}
	return text
}
