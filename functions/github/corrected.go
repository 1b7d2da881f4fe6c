package main

import (
	"context"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/event"
	"github.com/handsoff/handsoff/shared/github/comment"
)

// editedOnly tells somebody who wrote a command into a comment afterwards that it does not count: who reads a comment must
// be able to rely on what was done because of it. What was there before the edit was heard then.
func (v *visit) editedOnly(ctx context.Context, s *said, ours []wish) error {
	from, textual := v.payload.Before()
	before, _ := comment.Read(from)
	added := slices.ContainsFunc(ours, func(w wish) bool {
		return !slices.ContainsFunc(before, func(b event.Asked) bool { return b.Line == w.Line })
	})
	if !added || !textual {
		return nil
	}
	v.done.Answers = []answer{{Text: "A command in an edited comment does not count. Write it as a new comment."}}
	return v.reply(ctx, s.name()+".edited")
}

// withdrawn deals with a comment that GitHub does not have as it was sent to us: it was deleted or edited meanwhile, it is so
// old that nobody knows whether it was heard, or what we were sent is not true. Nothing of it is done.
func (v *visit) withdrawn(ctx context.Context, s *said) error {
	v.Log.WarnContext(ctx, "a comment with commands is not at GitHub as it was sent; it does not count",
		"subject", v.place.Subject(), "comment", s.name(), "sender", strings.ToLower(v.payload.Sender.Login))
	return v.Jobs.Count(ctx, "github_withdrawn", 1)
}
