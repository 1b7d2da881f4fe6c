package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
)

// The buttons of our check runs.
const (
	buttonCancel = "cancel"
	buttonRetest = "retest"
)

// clicked does what somebody clicked on a check run of ours, or GitHub's own "Re-run". It counts as their word: what they
// may do is asked of GitHub now. What came of it is seen in the check run; only a refusal is said in words.
func (v *visit) clicked(ctx context.Context) error {
	p := v.payload
	if p.Sender.Bot() || v.self.Is(p.Sender.Login, p.Sender.ID) || p.Repository.Owner == "" {
		return nil
	}
	v.place = p.Place()
	switch p.Event + "." + p.Action {
	case "check_run.requested_action", "check_run.rerequested":
		if v.self.AppID == 0 || p.CheckRun.App != v.self.AppID || !command.IsJobID(p.CheckRun.External) {
			return nil
		}
		return v.clickedJob(ctx, p.CheckRun.External)
	case "check_suite.rerequested":
		if v.self.AppID == 0 || p.CheckSuite.App != v.self.AppID {
			return nil
		}
		return v.clickedSuite(ctx)
	}
	return nil
}

// clickedJob does what was clicked on the check run of one job.
func (v *visit) clickedJob(ctx context.Context, id string) error {
	watched, err := v.watchedBy(ctx, id)
	if err != nil || !watched {
		return err
	}
	if err := v.identify(ctx); err != nil {
		return err
	}
	if v.done.Done == 0 {
		if err := v.press(ctx, id); err != nil {
			return err
		}
		v.done.Done = 1
		if err := v.claim.Note(ctx, v.done); err != nil {
			return err
		}
	}
	return v.reply(ctx, "click."+v.claim.ID)
}

// press does it, and remembers what is to be said.
func (v *visit) press(ctx context.Context, id string) error {
	line, says, problem, err := "", "", false, error(nil)
	switch v.payload.Button {
	case buttonCancel:
		line = "cancel " + id
		says, problem, err = v.ask(ctx, v.envelope("click."+v.claim.ID, "cancel", map[string]any{"id": id}))
	case buttonRetest, "":
		line = "retest " + id
		says, problem, err = v.again(ctx, id)
	}
	if err == nil && problem {
		v.done.Answers = []answer{{Line: line, Text: v.payload.Sender.Login + " clicked, and: " + says}}
	}
	return err
}

// again does a job again: as the rule has it that made it, else as it was.
func (v *visit) again(ctx context.Context, id string) (says string, problem bool, err error) {
	if v.place.Number > 0 {
		list, err := v.newest(ctx)
		if err != nil {
			return "", false, err
		}
		if at := slices.IndexFunc(list, func(a again) bool { return a.Job == id && v.repeatable(a) }); at >= 0 {
			seen, err := v.seenHead(ctx, v.payload.CheckRun.SHA)
			if err != nil {
				return "", false, err
			}
			refusal := movedOn
			if seen {
				refusal = v.mayRepeat(list[at])
			}
			if refusal != "" {
				return refusal, true, nil
			}
			says, err = v.repeat(ctx, "click."+v.claim.ID, nil, list[at:at+1])
			return says, false, err
		}
	}
	return v.ask(ctx, v.envelope("click."+v.claim.ID, "retry", map[string]any{"id": id}))
}

// movedOn is said when a check is clicked whose commit is no longer the head.
const movedOn = "the branch has moved since the commit of this check. Look at what is there now, then click the newest check or comment /retest; " +
	"nothing was started."

// seenHead reports whether the commit that was clicked on is the pull request's head: another one nobody has seen who clicked.
func (v *visit) seenHead(ctx context.Context, sha string) (bool, error) {
	pr, err := v.pull(ctx)
	return err == nil && strings.EqualFold(pr.GetHead().GetSHA(), sha), err
}

// clickedSuite does again what failed for the commit of a check suite.
func (v *visit) clickedSuite(ctx context.Context) error {
	numbers := v.payload.Pulls()
	if err := v.identify(ctx); err != nil {
		return err
	}
	for _, number := range numbers {
		v.place.Number, v.pr = number, nil
		list, err := v.newest(ctx)
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(a again) bool {
			return !a.job.State.Final() || a.job.State == job.Succeeded || a.Revision != v.payload.CheckSuite.SHA
		})
		if len(list) == 0 {
			continue
		}
		if seen, err := v.seenHead(ctx, v.payload.CheckSuite.SHA); err != nil {
			return err
		} else if !seen {
			continue
		}
		if _, err := v.repeat(ctx, "click."+v.claim.ID, nil, list); err != nil {
			return err
		}
	}
	return nil
}

// watchedBy reports whether a job shows itself in this repository, and finds the pull request there: a repository's secret
// reaches no other one's jobs.
func (v *visit) watchedBy(ctx context.Context, id string) (bool, error) {
	watchers, err := v.Jobs.Watchers(ctx, id)
	if err != nil && !errors.Is(err, job.ErrNotFound) {
		return false, err
	}
	here := github.Place{Owner: v.place.Owner, Repo: v.place.Repo}.Subject()
	for address := range watchers {
		at, ok := github.ParsePlace(address)
		if ok && (github.Place{Owner: at.Owner, Repo: at.Repo}).Subject() == here {
			v.place.Number = max(v.place.Number, at.Number)
			return true, nil
		}
	}
	return false, nil
}
