package main

import (
	"context"
	"errors"
	"time"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/rule"
)

// settled is how old an event of Gerrit's must be before Gerrit is asked about it: one that is asked sooner may not know
// yet what it has just told.
const settled = 10 * time.Second

// asking asks which files an event's change has, once for all rules.
type asking struct {
	desk *desk
	now  bool // ask however young the event is

	done  bool
	files []string
}

var _ rule.Asker = (*asking)(nil)

// Files implements rule.Asker.
func (a *asking) Files(ctx context.Context, e *event.Event) ([]string, error) {
	if a.done {
		return a.files, nil
	}
	files, err := a.ask(ctx, e)
	if err == nil {
		a.files, a.done = files, true
	}
	return files, err
}

func (a *asking) ask(ctx context.Context, e *event.Event) ([]string, error) {
	if !isGerrit(e) {
		return a.desk.filesAtGitHub(ctx, e)
	}
	if a.desk.gerrit == nil {
		return nil, errors.New("the configuration has no section gerrit, so nobody can be asked")
	}
	if age := a.desk.now().Sub(e.At); age < settled && !a.now {
		return nil, inbox.Later(min(settled-age, settled))
	}
	if err := a.desk.looking.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer a.desk.looking.Release(1)
	return a.desk.gerrit.Files(ctx, e)
}

// filesAtGitHub asks which files a pull request changes. What is no pull request has none.
func (d *desk) filesAtGitHub(ctx context.Context, e *event.Event) ([]string, error) {
	place, ok := github.ParsePlace(e.Subject)
	if !ok || place.Number == 0 {
		return nil, nil
	}
	if err := d.looking.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer d.looking.Release(1)
	var answer struct {
		Files []string `json:"files"`
	}
	err := d.askGitHub(ctx, "/files", map[string]any{"repo": place.Owner + "/" + place.Repo, "number": place.Number}, &answer)
	return answer.Files, err
}
