package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	gogithub "github.com/google/go-github/v62/github"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/github"
)

// errMoved says that it is not certain that a comment was made against the commit that is the head now.
var errMoved = errors.New("the branch has moved since the comment, or may have")

// pull asks for the pull request of a visit.
func (v *visit) pull(ctx context.Context) (*gogithub.PullRequest, error) {
	if v.pr != nil {
		return v.pr, nil
	}
	client, err := v.client(ctx)
	if err != nil {
		return nil, err
	}
	pr, answer, err := client.PullRequests.Get(ctx, v.place.Owner, v.place.Repo, v.place.Number)
	if err != nil {
		return nil, github.Classify("read "+v.place.Subject(), err)
	}
	if !github.IsSHA(pr.GetHead().GetSHA()) {
		return nil, fmt.Errorf("read %s: it has no head", v.place.Subject())
	}
	v.pr, v.seen = pr, v.now()
	if at, err := time.Parse(time.RFC1123, answer.Header.Get("Date")); err == nil {
		v.seen = at
	}
	return pr, nil
}

// pin gives the commit that a comment was made against: what is the head now, where it certainly was the head then. It gives
// errMoved otherwise; what nobody has seen when they asked is not built.
func (v *visit) pin(ctx context.Context, s *said) (event.Head, error) {
	pr, err := v.pull(ctx)
	if err != nil {
		return event.Head{}, err
	}
	head := headOf(pr)
	last, err := v.lastHead(ctx, v.place)
	if err != nil {
		return event.Head{}, err
	}
	if certain(pr, s, last) {
		return head, nil
	}
	// So that the next comment can be known to be made against it.
	at := v.seen
	if !at.After(last.at) {
		at = last.at.Add(time.Millisecond)
	}
	return head, errors.Join(errMoved, v.saw(ctx, v.place, head.SHA, at, last.sha != "" && last.sha != head.SHA))
}

// certain reports whether what is the head now was it when something was said. last is what became the head, as far as we
// were told. Times are whole seconds, so what became it in the second of the comment may have become it later; but what a
// pull request was opened with was its head before anybody could say anything there.
func certain(pr *gogithub.PullRequest, s *said, last knownHead) bool {
	head := pr.GetHead().GetSHA()
	switch {
	case last.sha != "" && last.sha != head: // GitHub's answer does not have a push yet, or we have not been told of one
		return false
	case s.commit != "":
		return s.commit == head
	case last.sha != "":
		opened := last.only && last.at.Equal(pr.GetCreatedAt().Time)
		return last.at.Before(s.at) || opened && last.at.Equal(s.at)
	}
	return untouched(pr, s.at)
}

// untouched reports whether nothing at all was pushed to the head's repository since before a time.
func untouched(pr *gogithub.PullRequest, at time.Time) bool {
	pushed := pr.GetHead().GetRepo().GetPushedAt().Time
	return !pushed.IsZero() && pushed.Before(at)
}

// headOf is the head of a pull request.
func headOf(pr *gogithub.PullRequest) event.Head {
	return event.Head{
		SHA: pr.GetHead().GetSHA(), Ref: pr.GetHead().GetRef(), Repo: pr.GetHead().GetRepo().GetFullName(),
		Base: pr.GetBase().GetRef(), Number: pr.GetNumber(),
	}
}
