package pulls

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	gogithub "github.com/google/go-github/v62/github"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
)

// merged is a merge that was made.
type merged struct {
	SHA string `json:"sha"`
}

// merge merges the pull request: exactly the commit that was its head when the job began, or that was named.
func (d *Desk) merge(ctx context.Context, t *task) (job.Outcome, error) {
	pr, err := t.read(ctx)
	if err != nil {
		return job.Outcome{}, err
	}
	if pr.GetMerged() && !t.run.Intended("merge") {
		return t.done(ctx, pr, "%s was merged already, as %s.", t.name(), short(pr.GetMergeCommitSHA()))
	}
	if err := t.pin(ctx, pr); err != nil {
		return job.Outcome{}, err
	}
	if !pr.GetMerged() {
		if err := t.mergeable(pr); err != nil {
			return job.Outcome{}, err
		}
	}
	made, err := once(ctx, t, "merge", t.lookForMerge, func(ctx context.Context) (merged, error) {
		options := &gogithub.PullRequestOptions{SHA: t.kept.SHA, MergeMethod: t.args.String("method")}
		made, _, err := t.client.PullRequests.Merge(ctx, t.place.Owner, t.place.Repo, t.place.Number, "", options)
		return merged{made.GetSHA()}, t.unmerged(err)
	})
	if err != nil {
		return job.Outcome{}, err
	}
	return t.done(ctx, pr, "%s is merged as %s.", t.name(), short(made.SHA))
}

// pin decides once which commit is to be merged.
func (t *task) pin(ctx context.Context, pr *gogithub.PullRequest) error {
	if t.kept.SHA != "" {
		return nil
	}
	head, wanted := pr.GetHead().GetSHA(), strings.ToLower(t.args.String("sha"))
	if wanted != "" && (len(wanted) < 7 || !strings.HasPrefix(head, wanted)) {
		return refused(fmt.Sprintf("%s is at %s now, not at %s; nothing was merged.", t.name(), short(head), clip(wanted)))
	}
	t.kept.SHA = head
	if err := t.run.Save(ctx, job.Change{Checkpoint: &t.kept, Links: link(pr, t.place)}); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	return nil
}

// mergeable refuses what cannot be merged, in words that say what to do.
func (t *task) mergeable(pr *gogithub.PullRequest) error {
	head := pr.GetHead().GetSHA()
	switch {
	case pr.GetState() == closed:
		return refused(t.name() + " is closed; nothing was merged.")
	case pr.GetDraft():
		return refused(t.name() + " is a draft; its author must say that it is ready.")
	case head != t.kept.SHA:
		return refused(fmt.Sprintf("%s moved from %s to %s meanwhile; look at it and ask again. Nothing was merged.", t.name(), short(t.kept.SHA), short(head)))
	case pr.GetMergeableState() == "dirty":
		return refused(t.name() + " conflicts with " + pr.GetBase().GetRef() + "; its author must rebase it.")
	}
	return nil
}

// lookForMerge looks whether it is merged.
func (t *task) lookForMerge(ctx context.Context) (merged, job.Sighting, error) {
	pr, err := t.read(ctx)
	if err != nil || !pr.GetMerged() {
		return merged{}, job.Absent, err
	}
	return merged{pr.GetMergeCommitSHA()}, job.Present, nil
}

// unmerged says why GitHub does not merge.
func (t *task) unmerged(err error) error {
	if answer, ok := errors.AsType[*gogithub.ErrorResponse](err); ok && answer.Response != nil {
		switch answer.Response.StatusCode {
		case http.StatusMethodNotAllowed:
			return refused(t.name() + " cannot be merged: " + strings.TrimSuffix(chat.OneLine(answer.Message), ".") + ".")
		case http.StatusConflict:
			return refused(t.name() + " moved meanwhile; look at it and ask again. Nothing was merged.")
		}
	}
	return github.Classify("merge "+t.name(), err)
}

// short is a commit for people.
func short(sha string) string {
	const digits = 10
	return sha[:min(len(sha), digits)]
}
