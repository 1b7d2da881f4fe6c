package pulls

import (
	"context"
	"slices"
	"strings"

	gogithub "github.com/google/go-github/v62/github"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
)

// mostLabels is how many labels GitHub lets an issue have.
const mostLabels = 100

// label gives the pull request labels and takes some from it.
func (d *Desk) label(ctx context.Context, t *task) (job.Outcome, error) {
	add, remove := tidy(t.args.List("add")), tidy(t.args.List("remove"))
	if len(add)+len(remove) == 0 {
		return job.Outcome{}, refused("Say which labels: add=needs-review, remove=stale.")
	}
	if len(add)+len(remove) > mostLabels {
		return job.Outcome{}, refused("These are more labels than a pull request can have.")
	}
	pr, err := t.read(ctx)
	if err != nil {
		return job.Outcome{}, err
	}
	if len(add) > 0 {
		if _, err := once(ctx, t, "add", t.lookForLabels(add, nil), func(ctx context.Context) (bool, error) {
			_, _, err := t.client.Issues.AddLabelsToIssue(ctx, t.place.Owner, t.place.Repo, t.place.Number, add)
			return true, github.Classify("label "+t.name(), err)
		}); err != nil {
			return job.Outcome{}, err
		}
	}
	for _, name := range remove {
		if !has(pr.Labels, name) && !t.run.Intended("remove "+name) {
			continue
		}
		as := written(pr.Labels, name)
		if _, err := once(ctx, t, "remove "+name, t.lookForLabels(nil, []string{name}), func(ctx context.Context) (bool, error) {
			_, err := t.client.Issues.RemoveLabelForIssue(ctx, t.place.Owner, t.place.Repo, t.place.Number, as)
			if err = github.Classify("take a label from "+t.name(), err); github.KindOf(err) == github.Gone {
				err = nil // somebody else took it
			}
			return true, err
		}); err != nil {
			return job.Outcome{}, err
		}
	}
	return t.done(ctx, pr, "%s %s.", t.name(), labelled(add, remove))
}

// lookForLabels looks whether the pull request has these labels, and has not those.
func (t *task) lookForLabels(with, without []string) func(context.Context) (bool, job.Sighting, error) {
	return func(ctx context.Context) (bool, job.Sighting, error) {
		pr, err := t.read(ctx)
		if err != nil {
			return false, job.Hidden, err
		}
		missing := func(name string) bool { return !has(pr.Labels, name) }
		there := func(name string) bool { return has(pr.Labels, name) }
		if slices.ContainsFunc(with, missing) || slices.ContainsFunc(without, there) {
			return false, job.Absent, nil
		}
		return true, job.Present, nil
	}
}

// has reports whether a label is there. GitHub does not tell cases apart.
func has(labels []*gogithub.Label, name string) bool {
	return slices.ContainsFunc(labels, func(l *gogithub.Label) bool { return strings.EqualFold(l.GetName(), name) })
}

// written is a label's name as it is written there.
func written(labels []*gogithub.Label, name string) string {
	for _, l := range labels {
		if strings.EqualFold(l.GetName(), name) {
			return l.GetName()
		}
	}
	return name
}

func tidy(names []string) []string {
	var list []string
	for _, name := range names {
		if name = chat.OneLine(name); name != "" && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// labelled says what became of the labels.
func labelled(add, remove []string) string {
	var parts []string
	if len(add) > 0 {
		parts = append(parts, "has "+strings.Join(add, ", ")+" now")
	}
	if len(remove) > 0 {
		parts = append(parts, "has "+strings.Join(remove, ", ")+" no longer")
	}
	return strings.Join(parts, " and ")
}
