package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
)

// refusedFault is the error by which GitHub refuses our account; nil when it is none. A token that was rotated or a permission
// that nobody granted yet is for those who run the bot to mend: until then what needs an answer waits.
func refusedFault(err error) *github.Error {
	if fault, ok := errors.AsType[*github.Error](err); ok && fault.Kind == github.Refused {
		return fault
	}
	return nil
}

// isRefusal reports whether GitHub has no answer for us, for good or until somebody sees to our account.
func isRefusal(err error) bool { return isFinal(err) || refusedFault(err) != nil }

// tellRefused tells those who run the bot that GitHub refuses our account, once a day; what it may not do is told of each
// repository.
func (d *door) tellRefused(ctx context.Context, place github.Place, fault *github.Error) error {
	where := "everywhere"
	if fault.Status == http.StatusForbidden {
		where = place.Owner + "/" + place.Repo
	}
	key := fmt.Sprintf("account %d %s %d", fault.Status, where, d.now().Unix()/int64(24*time.Hour/time.Second))
	text := fmt.Sprintf("GitHub does not answer our account, so events wait that need an answer: %v. "+
		"See to the App's permissions, its key or the token. What waits is tried again for up to a day, "+
		"then it is with the dead: `events dead` lists them, `events revive github` and `events revive event` have them tried again.", fault)
	return d.notice(ctx, key, text, "It is told once a day for an account that is refused, and for each repository where it lacks a permission")
}

// delayed tells those who run the bot, and whoever asked for something by the delivery, that it waits because GitHub refuses
// our account. It gives the error, so that it is tried again.
func (v *visit) delayed(ctx context.Context, err error) error {
	fault := refusedFault(err)
	if fault == nil {
		return err
	}
	if failed := v.tellRefused(ctx, v.payload.Place(), fault); failed != nil {
		return errors.Join(err, failed)
	}
	return errors.Join(err, v.tellAsker(ctx))
}

// tellAsker tells whoever asked, once. notify says it as soon as GitHub lets us say anything.
func (v *visit) tellAsker(ctx context.Context) error {
	if v.place.Number == 0 {
		return nil
	}
	key := "delayed " + v.claim.ID
	if within, err := v.mayReply(ctx, key); err != nil || !within {
		return err
	}
	return v.tellThere(ctx, key, chat.OneLine(v.payload.Sender.Login)+": "+waits)
}

// tellThere has notify say something where it was asked for, once for a key, as soon as GitHub lets us say anything.
func (v *visit) tellThere(ctx context.Context, key, text string) error {
	notice := job.Notice("github", key, text, []string{v.place.Address()})
	notice.Limit, notice.Why.Notes = 24*time.Hour, []string{"GitHub refuses our account"}
	return v.tell(ctx, notice)
}

// waits is said to whoever asks while GitHub refuses our account.
const waits = "GitHub does not let me look up just now what I need for that. Those who run me are told. I try again by myself for up to " +
	"a day; you need not ask again."
