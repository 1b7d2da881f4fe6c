package pulls

import (
	"context"
	"fmt"
	"strings"
	"time"

	gogithub "github.com/google/go-github/v62/github"

	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// longest is how much a comment may say, in bytes; GitHub takes 65,536 characters.
	longest = 60_000
	// skew is how far GitHub's clock may be behind ours.
	skew = 5 * time.Minute
	// commentPages and commentPage bound how far a comment is looked for.
	commentPages = 10
	commentPage  = 100
)

// posted is a comment that was made.
type posted struct {
	URL string `json:"url"`
}

// mark is the hidden line by which what a job said is found again. What the job itself looks like is shown by another
// comment, which has another one.
func mark(job string) string { return "<!-- handsoff said " + job + " -->" }

// comment says something on the pull request, or the issue.
func (d *Desk) comment(ctx context.Context, t *task) (job.Outcome, error) {
	text := t.args.String("text")
	if strings.TrimSpace(text) == "" {
		return job.Outcome{}, refused("There is nothing to say: the text is empty.")
	}
	issue, _, err := t.client.Issues.Get(ctx, t.place.Owner, t.place.Repo, t.place.Number)
	if err != nil {
		return job.Outcome{}, github.Classify("read "+t.name(), err)
	}
	made, err := t.say(ctx, text)
	if err != nil {
		return job.Outcome{}, err
	}
	pr := &gogithub.PullRequest{HTMLURL: &made.URL, Title: issue.Title}
	return t.done(ctx, pr, "Said on %s.", t.name())
}

// say comments once.
func (t *task) say(ctx context.Context, text string) (posted, error) {
	if len(text) > longest {
		return posted{}, refused(fmt.Sprintf("The comment has %d bytes, and GitHub takes %d. Say it in parts.", len(text), longest))
	}
	body := strings.TrimSpace(text) + "\n\n" + mark(t.run.Job().ID)
	return once(ctx, t, "comment", t.lookForComment, func(ctx context.Context) (posted, error) {
		made, _, err := t.client.Issues.CreateComment(ctx, t.place.Owner, t.place.Repo, t.place.Number, &gogithub.IssueComment{Body: &body})
		return posted{made.GetHTMLURL()}, github.Classify("comment on "+t.name(), err)
	})
}

// lookForComment looks for the job's comment among those of our own account.
func (t *task) lookForComment(ctx context.Context) (posted, job.Sighting, error) {
	self, err := t.App.Self(ctx)
	if err != nil {
		return posted{}, job.Hidden, err
	}
	since := t.run.Job().Created.Add(-skew)
	options := &gogithub.IssueListCommentsOptions{Since: &since, ListOptions: gogithub.ListOptions{PerPage: commentPage}}
	for range commentPages {
		list, answer, err := t.client.Issues.ListComments(ctx, t.place.Owner, t.place.Repo, t.place.Number, options)
		if err != nil {
			return posted{}, job.Hidden, github.Classify("look for my comment on "+t.name(), err)
		}
		for _, c := range list {
			if self.Is(c.GetUser().GetLogin(), c.GetUser().GetID()) && strings.HasSuffix(strings.TrimSpace(c.GetBody()), mark(t.run.Job().ID)) {
				return posted{c.GetHTMLURL()}, job.Present, nil
			}
		}
		if options.Page = answer.NextPage; options.Page == 0 {
			return posted{}, job.Absent, nil
		}
	}
	return posted{}, job.Hidden, nil
}
