package github

import (
	"context"
	"time"

	gogithub "github.com/google/go-github/v62/github"

	"github.com/handsoff/handsoff/shared/github"
)

const (
	// skew is how far GitHub's clock may be behind ours.
	skew = 2 * time.Minute
	// pages is how many pages of comments or check runs are looked through, of perPage each.
	pages   = 10
	perPage = 100
)

func (s *showing) client(ctx context.Context) (*gogithub.Client, error) {
	return s.app.ClientFor(ctx, s.place.Owner, s.place.Repo)
}

// react gives the comment that asked its reaction. The same one twice is one.
func (s *showing) react(ctx context.Context) error {
	client, err := s.client(ctx)
	if err != nil {
		return err
	}
	p := s.place
	if p.Review {
		_, _, err = client.Reactions.CreatePullRequestCommentReaction(ctx, p.Owner, p.Repo, p.Comment, s.facts.reaction)
	} else {
		_, _, err = client.Reactions.CreateIssueCommentReaction(ctx, p.Owner, p.Repo, p.Comment, s.facts.reaction)
	}
	if err != nil {
		return github.Classify("react to a comment in "+p.Subject(), err)
	}
	s.reached, s.memory.Reaction = true, s.facts.reaction
	return nil
}

// postComment posts the reply.
func (s *showing) postComment(ctx context.Context) error {
	client, body, err := s.compose(ctx)
	if err != nil {
		return err
	}
	if err := s.begin(ctx, postComment); err != nil {
		return err
	}
	p := s.place
	made, _, err := client.Issues.CreateComment(ctx, p.Owner, p.Repo, p.Number, &gogithub.IssueComment{Body: &body})
	if err != nil {
		return github.Classify("comment on "+p.Subject(), err)
	}
	if made.GetID() == 0 {
		return &github.Error{Kind: github.Down, Doing: "comment on " + p.Subject(), Code: "GitHub gave the comment no number"}
	}
	s.reached, s.memory.Intent, s.memory.Comment.ID = true, "", made.GetID()
	s.memory.Comment.wrote(s.facts, s.view.Now)
	return nil
}

// editComment makes the reply show the present state.
func (s *showing) editComment(ctx context.Context) error {
	client, body, err := s.compose(ctx)
	if err != nil {
		return err
	}
	p := s.place
	if _, _, err = client.Issues.EditComment(ctx, p.Owner, p.Repo, s.memory.Comment.ID, &gogithub.IssueComment{Body: &body}); err != nil {
		return github.Classify("edit a comment on "+p.Subject(), err)
	}
	s.reached = true
	s.memory.Comment.wrote(s.facts, s.view.Now)
	return nil
}

// compose writes the reply.
func (s *showing) compose(ctx context.Context) (*gogithub.Client, string, error) {
	client, err := s.client(ctx)
	if err != nil {
		return nil, "", err
	}
	story, err := s.jobs.StoryTail(ctx, s.view.Job.ID, storyLines)
	if err != nil {
		return nil, "", err
	}
	return client, s.named(ctx, s.words(story).comment()), nil
}

// findComment looks for the reply that may have been posted: by its marker, among our own comments since the intent.
func (s *showing) findComment(ctx context.Context) error {
	client, err := s.client(ctx)
	if err != nil {
		return err
	}
	self, err := s.app.Self(ctx)
	if err != nil {
		return err
	}
	since := time.UnixMilli(s.memory.Since).Add(-skew)
	options := &gogithub.IssueListCommentsOptions{Since: &since, ListOptions: gogithub.ListOptions{PerPage: perPage}}
	for range pages {
		p := s.place
		comments, answer, err := client.Issues.ListComments(ctx, p.Owner, p.Repo, p.Number, options)
		if err != nil {
			return github.Classify("look for a comment on "+p.Subject(), err)
		}
		s.reached = true
		for _, c := range comments {
			id, marked := github.FindMarker(c.GetBody())
			if marked && id == s.view.Job.ID && self.Is(c.GetUser().GetLogin(), c.GetUser().GetID()) {
				s.memory.Intent, s.memory.Comment = "", mark{ID: c.GetID()} // what it shows is not known
				return nil
			}
		}
		if options.Page = answer.NextPage; options.Page == 0 {
			break
		}
	}
	s.memory.Intent = ""
	return nil
}
