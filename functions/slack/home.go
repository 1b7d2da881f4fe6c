package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/functions/slack/home"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/slack"
	"github.com/handsoff/handsoff/shared/slack/card"
)

const (
	// lookedThrough is how many unfinished jobs are looked through for those that somebody's Home tab shows.
	lookedThrough = 500
	// catalogueTime is how long the list of commands may take. Whoever waits for it looks at a menu or at a tab.
	catalogueTime = 1500 * time.Millisecond
)

// homeOpened shows somebody their Home tab, when they look at it.
func (d *door) homeOpened(ctx context.Context, c *inbox.Claim) error {
	var e struct {
		Event struct {
			User string `json:"user"`
			Tab  string `json:"tab"` // "home", "messages"
		} `json:"event"`
	}
	if err := json.Unmarshal(c.Body, &e); err != nil {
		return fmt.Errorf("%w: app_home_opened: %w", errMalformed, err)
	}
	if e.Event.Tab != "home" {
		return nil
	}
	who, err := d.people.of(ctx, e.Event.User)
	if err != nil {
		return err
	}
	return d.showHome(ctx, who)
}

// homeClicked shows the tab anew.
func (d *door) homeClicked(ctx context.Context, _ *inbox.Claim, by person, _ *click) error {
	return d.showHome(ctx, by)
}

// showHome shows somebody their Home tab as things are now.
func (d *door) showHome(ctx context.Context, who person) error {
	facts, err := d.homeFacts(ctx, who)
	if err != nil {
		return err
	}
	_, err = d.app.Client.PublishViewContext(ctx, goslack.PublishViewContextRequest{UserID: who.ID, View: home.View(facts)})
	return d.unlessPassing(ctx, slack.Classify("show the Home tab of "+who.ID, err))
}

// unlessPassing logs an error that trying again would not mend, and is over it.
func (d *door) unlessPassing(ctx context.Context, err error) error {
	if err == nil || slack.KindOf(err) == slack.RateLimited || slack.KindOf(err) == slack.Down {
		return err
	}
	d.Log.ErrorContext(ctx, "Slack does not take it, and it is given up", "error", err)
	return nil
}

// homeFacts are what somebody's tab shows. What the function command does not tell is missing from it, and it says so.
func (d *door) homeFacts(ctx context.Context, who person) (home.Facts, error) {
	now, err := d.Jobs.Now(ctx)
	if err != nil {
		return home.Facts{}, err
	}
	f := home.Facts{
		Slash: d.section.Command, RunAction: actionOpen, Principal: who.Principal, Roles: d.rolesOf(who),
		Card: card.Options{Now: now, DashboardURL: d.dashboard},
	}
	if err := d.homeJobs(ctx, who, &f); err != nil {
		return home.Facts{}, err
	}
	if f.Commands, err = d.catalogue(ctx, who); err != nil {
		d.Log.WarnContext(ctx, "the Home tab is shown without the commands", "error", err)
		f.Missing = append(f.Missing, "The commands that you may use cannot be read now; press Refresh in a moment.")
	}
	if f.Schedules, err = d.calendar.Upcoming(ctx); err != nil {
		d.Log.WarnContext(ctx, "the Home tab is shown without the schedules", "error", err)
		f.Missing = append(f.Missing, "The schedules cannot be read now; press Refresh in a moment.")
	}
	return f, nil
}

// homeJobs are the unfinished jobs that somebody's tab shows: those that wait for their word, and their own.
func (d *door) homeJobs(ctx context.Context, who person, f *home.Facts) error {
	open, err := d.Jobs.Browse(ctx, job.Browse{Open: true, Limit: lookedThrough, Look: lookedThrough})
	if err != nil {
		return err
	}
	if open.Next != "" {
		f.Missing = append(f.Missing, fmt.Sprintf("More than %d jobs are unfinished; only the newest were looked through.", lookedThrough))
	}
	for _, j := range open.Jobs {
		switch {
		case home.Waits(j, who.Principal, f.Roles, d.Config.Same):
			f.Waiting = append(f.Waiting, j)
		case d.Config.Same(j.Principal, who.Principal):
			f.Mine = append(f.Mine, j)
		}
	}
	return errors.Join(d.whole(ctx, f.Waiting), d.whole(ctx, f.Mine))
}

// whole reads the jobs that get a card: it has links and offers, which a list has not.
func (d *door) whole(ctx context.Context, list []*job.Job) error {
	for i := range list[:min(len(list), home.MostCards)] {
		switch j, err := d.Jobs.Get(ctx, list[i].ID); {
		case err == nil:
			list[i] = j
		case !errors.Is(err, job.ErrNotFound):
			return err
		}
	}
	return nil
}

// rolesOf lists somebody's roles.
func (d *door) rolesOf(who person) []string {
	return d.Config.RolesOf(append([]string{who.Principal}, who.Groups...)...)
}

// catalogue lists the commands that somebody may use.
func (d *door) catalogue(ctx context.Context, who person) ([]command.Declared, error) {
	limited, cancel := context.WithTimeout(ctx, catalogueTime)
	defer cancel()
	return d.command.Catalogue(limited, who.Principal, who.Groups...)
}
