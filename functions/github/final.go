package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/functions/github/webhook"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/inbox"
)

// errOversize says that an event is larger than the rules take. It will not get smaller.
var errOversize = errors.New("it is too large for the rules")

// isFinal reports whether trying again would not mend an error: what GitHub does not have or does not take, and what is too
// large. What passes by itself, what is no answer of GitHub's, and a refusal of our account, which somebody can mend, is tried
// again.
func isFinal(err error) bool {
	if fault, ok := errors.AsType[*github.Error](err); ok {
		return !fault.Passing() && fault.Kind != github.Refused
	}
	return errors.Is(err, errOversize) || errors.Is(err, github.ErrNoAccount)
}

// orNever makes of a final error one by which the delivery is put with the dead at once, after those who run the bot were
// told: once a day for the same of one repository.
func (d *door) orNever(ctx context.Context, id string, p *webhook.Payload, err error) error {
	if err == nil || !isFinal(err) {
		return err
	}
	what, why := p.Topic(), "not there"
	if at := p.Subject(); at != "" {
		what += " about " + at
	}
	if errors.Is(err, errOversize) {
		why = "too large"
	}
	place := github.Place{Owner: p.Repository.Owner, Repo: p.Repository.Name}
	key := fmt.Sprintf("final %s %s %s/%s %d", why, p.Topic(), place.Owner, place.Repo, d.now().Unix()/int64(24*time.Hour/time.Second))
	text := fmt.Sprintf("What GitHub told of %s was not dealt with: %v. It is with the dead, as others of that repository may be: "+
		"`events dead` lists them, `events revive %s` has it tried again.", what, err, id)
	if failed := d.notice(ctx, key, text, "It is told once a day for each repository and event"); failed != nil {
		return failed
	}
	return inbox.Never(err)
}
