package main

import (
	"context"
	"strconv"
	"strings"
	"time"

	gogithub "github.com/google/go-github/v62/github"

	"github.com/handsoff/handsoff/functions/github/webhook"
	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/github/comment"
)

// said is what somebody wrote where commands count.
type said struct {
	kind   string // "comment", "line" for one on a line of the files, "review"
	id     int64  // numbered for each kind by itself
	body   string
	author webhook.Account
	at     time.Time
	commit string // the commit that a review is of; empty where GitHub does not say
	edited bool
}

// saidIn is what a delivery says; nil when commands do not count there.
func saidIn(p *webhook.Payload) *said {
	s := &said{edited: p.Action == "edited"}
	switch p.Event + "." + p.Action {
	case "issue_comment.created", "issue_comment.edited":
		s.kind = "comment"
	case "pull_request_review_comment.created", "pull_request_review_comment.edited":
		s.kind = "line"
	case "pull_request_review.submitted", "pull_request_review.edited":
		s.kind, s.id, s.body, s.author, s.at, s.commit = "review", p.Review.ID, p.Review.Body, p.Review.User, p.Review.Submitted, p.Review.Commit
	default:
		return nil
	}
	if s.kind != "review" {
		s.id, s.body, s.author, s.at = p.Comment.ID, p.Comment.Body, p.Comment.User, p.Comment.Created
	}
	if s.id <= 0 || s.at.IsZero() {
		return nil
	}
	return s
}

// name names it among everything that is said at GitHub.
func (s *said) name() string { return s.kind + "." + strconv.FormatInt(s.id, 10) }

// byPerson reports whether a person said it themselves: no bot, not we, and nobody who only sent or changed what another
// one wrote.
func (s *said) byPerson(sender webhook.Account, self github.Identity) bool {
	return s.author.ID > 0 && s.author.ID == sender.ID && !s.author.Bot() && !sender.Bot() && !self.Is(sender.Login, sender.ID)
}

// standing is what GitHub has of something that was said, at this moment.
type standing struct {
	body   string
	author webhook.Account
	at     time.Time
	on     string // the address of the issue or pull request, which ends in its number
}

// reread asks GitHub for it; false when it is gone.
func (v *visit) reread(ctx context.Context, s *said) (now standing, there bool, err error) {
	client, err := v.client(ctx)
	if err != nil {
		return standing{}, false, err
	}
	switch s.kind {
	case "review":
		review, _, failed := client.PullRequests.GetReview(ctx, v.place.Owner, v.place.Repo, v.place.Number, s.id)
		now = standing{review.GetBody(), accountOf(review.GetUser()), review.GetSubmittedAt().Time, review.GetPullRequestURL()}
		err = failed
	case "line":
		line, _, failed := client.PullRequests.GetComment(ctx, v.place.Owner, v.place.Repo, s.id)
		now = standing{line.GetBody(), accountOf(line.GetUser()), line.GetCreatedAt().Time, line.GetPullRequestURL()}
		err = failed
	default:
		plain, _, failed := client.Issues.GetComment(ctx, v.place.Owner, v.place.Repo, s.id)
		now = standing{plain.GetBody(), accountOf(plain.GetUser()), plain.GetCreatedAt().Time, plain.GetIssueURL()}
		err = failed
	}
	if github.KindOf(err) == github.Gone {
		return standing{}, false, nil
	}
	return now, err == nil, github.Classify("read "+s.name()+" in "+v.place.Subject(), err)
}

// accountOf is an account as GitHub's interface tells of it.
func accountOf(u *gogithub.User) webhook.Account {
	return webhook.Account{ID: u.GetID(), Login: u.GetLogin(), Type: u.GetType()}
}

// confirmed reports whether GitHub has the same commands of the same author there: what signs a delivery may be a
// repository's own secret, and must not let anybody speak for others, pass a bot off as a person, or have said again what was
// said long ago.
func (v *visit) confirmed(ctx context.Context, s *said) (bool, error) {
	now, there, err := v.reread(ctx, s)
	if err != nil || !there || now.author.ID != s.author.ID || now.author.Bot() || !now.at.Equal(s.at) {
		return false, err
	}
	if now.on != "" && !strings.HasSuffix(now.on, "/"+strconv.Itoa(v.place.Number)) {
		return false, nil
	}
	was, _ := comment.Read(s.body)
	is, _ := comment.Read(now.body)
	return sameCommands(was, is), nil
}

// sameCommands compares the lines as written.
func sameCommands(a, b []event.Asked) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Line != b[i].Line {
			return false
		}
	}
	return true
}
