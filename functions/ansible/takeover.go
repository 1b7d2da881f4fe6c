package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/attend"
	"github.com/handsoff/handsoff/shared/job"
)

// maxDead is how often a run that is safe to repeat is begun again because its function died.
const maxDead = 4

// takeOver deals with a program that an earlier worker began. again says that it is settled and a new start may be made.
func (r *runner) takeOver(ctx context.Context, run *job.Run, at *course) (out job.Outcome, again bool, err error) {
	gone, wait, err := r.goneFor(ctx, run, at)
	if !gone || err != nil {
		return wait, false, err
	}
	return r.died(ctx, run, at, "the function that attended it died")
}

// goneFor makes sure that nothing runs any more of what an earlier worker began. While it is not sure, it gives what to answer.
func (r *runner) goneFor(ctx context.Context, run *job.Run, at *course) (gone bool, wait job.Outcome, err error) {
	switch attend.Look(*at.Ref) {
	case attend.Gone:
		return true, wait, nil
	case attend.Alive:
		progress := job.Progress{Percent: -1, Line: "its function died; what it had started is being ended"}
		if err := run.Save(ctx, job.Change{Progress: &progress}); err != nil {
			return false, wait, fmt.Errorf("save: %w", err)
		}
		return false, job.Wait(time.Second), nil
	case attend.Elsewhere:
	}
	now, err := r.clock(ctx)
	if err != nil {
		return false, wait, err
	}
	if at.Missed.IsZero() {
		at.Missed = now
	}
	rest := at.Missed.Add(r.orphan).Sub(now)
	if rest <= 0 {
		return true, wait, nil
	}
	progress := job.Progress{
		Percent: -1, ETA: now.Add(rest),
		Line: fmt.Sprintf("it ran on %s, which cannot be seen from here; waiting until it has surely ended itself", plain(at.Ref.Host)),
	}
	if err := run.Save(ctx, job.Change{Checkpoint: at, Progress: &progress}); err != nil {
		return false, wait, fmt.Errorf("save: %w", err)
	}
	return false, job.Wait(min(rest, 10*time.Second)), nil
}

// died settles a start that ended with its function. One of which nothing was begun, or that is safe to repeat, is made
// again; else nobody can tell what the hosts came to, and a person decides.
func (r *runner) died(ctx context.Context, run *job.Run, at *course, why string) (out job.Outcome, again bool, err error) {
	if err := r.set.clearFolders(run.Job().ID); err != nil {
		r.log.WarnContext(ctx, "remove the folder of a run", "job", run.Job().ID, "error", err)
	}
	if !run.Intended(at.effect()) {
		at.over(nil)
		return out, true, nil
	}
	where := r.lastSeen(ctx, run.Job().ID, at)
	note := r.closeRecord(ctx, at, closing{Label: "interrupted", Why: why, Job: run.Job().ID})
	p, known := r.set.Playbooks[strings.TrimPrefix(run.Job().Command, runWords)]
	if known && p.Repeat && at.Dead < maxDead {
		at.Dead++
		at.over(nil)
		say := fmt.Sprintf("%s while ansible-playbook ran, %s. It has ended, and the playbook is safe to repeat: it is run again.", upper(why), where)
		if err := run.Save(ctx, job.Change{Checkpoint: at, Say: sentences(say, note), Links: r.links(at)}); err != nil {
			return out, false, fmt.Errorf("save: %w", err)
		}
		return out, true, nil
	}
	text := r.evidence(at, why, where)
	if note != "" {
		text += " " + note + "."
	}
	if known && p.Repeat {
		return job.Unsure(text + fmt.Sprintf(" It was begun %d times, and died with its function each time.", at.Try)), false, nil
	}
	return job.Unsure(text + " The playbook is not declared safe to repeat (repeat: true), so look, and then decide whether to retry."), false, nil
}

// sentences leaves out what is empty.
func sentences(all ...string) []string {
	return slices.DeleteFunc(all, func(text string) bool { return text == "" })
}

func (r *runner) evidence(at *course, why, where string) string {
	text := fmt.Sprintf("%s while ansible-playbook ran, %s. ansible-playbook has ended, and nothing of it is left on its machine; "+
		"what that task came to there cannot be told, nor whether it goes on on a remote host.", upper(why), where)
	if !at.Missed.IsZero() {
		text = fmt.Sprintf("%s while ansible-playbook ran on %s, %s. That machine cannot be seen from here; ansible-playbook has been ended there by now if the machine "+
			"is alive, and what that task came to cannot be told.", upper(why), plain(at.Ref.Host), where)
	}
	if links := r.links(at); len(links) > 0 {
		text += " ARA has what was recorded: " + links[len(links)-1].URL
	}
	return text
}

// where says at which task and host a run was.
func (p place) where() string {
	if p.Task == "" {
		return "before its first task was seen"
	}
	text := fmt.Sprintf("at task %d of ~%d, %q", p.N, p.Of, p.Task)
	if hosts := p.names(append(append([]string{}, p.Hosts...), p.Here...)); hosts != "" {
		return text + ", on " + hosts
	}
	if p.Last != "" {
		return text + "; the last host heard of was " + plain(p.Last)
	}
	return text
}

// names lists hosts for a sentence.
func (p place) names(hosts []string) string {
	if len(hosts) == 0 {
		return ""
	}
	text := plain(strings.Join(hosts, ", "))
	if p.More > 0 {
		text += fmt.Sprintf(" and %d more", p.More)
	}
	return text
}

func upper(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
