package pulls

import (
	"context"

	gogithub "github.com/google/go-github/v62/github"

	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
)

// closed and open are GitHub's words.
const closed = "closed"

// ended is what became of a pull request.
type ended struct {
	State string `json:"state"`
}

// close closes the pull request, and says why before that.
func (d *Desk) close(ctx context.Context, t *task) (job.Outcome, error) {
	pr, err := t.read(ctx)
	if err != nil {
		return job.Outcome{}, err
	}
	if pr.GetState() == closed && !t.run.Intended("close") {
		if pr.GetMerged() {
			return job.Outcome{}, refused(t.name() + " is merged already.")
		}
		return t.done(ctx, pr, "%s was closed already; nothing was said and nothing done.", t.name())
	}
	if text := t.args.String("comment"); text != "" {
		if _, err := t.say(ctx, text); err != nil {
			return job.Outcome{}, err
		}
	}
	look := func(ctx context.Context) (ended, job.Sighting, error) {
		pr, err := t.read(ctx)
		if err != nil || pr.GetState() != closed {
			return ended{}, job.Absent, err
		}
		return ended{closed}, job.Present, nil
	}
	_, err = once(ctx, t, "close", look, func(ctx context.Context) (ended, error) {
		state := closed
		_, _, err := t.client.PullRequests.Edit(ctx, t.place.Owner, t.place.Repo, t.place.Number, &gogithub.PullRequest{State: &state})
		return ended{closed}, github.Classify("close "+t.name(), err)
	})
	if err != nil {
		return job.Outcome{}, err
	}
	return t.done(ctx, pr, "%s is closed.", t.name())
}
