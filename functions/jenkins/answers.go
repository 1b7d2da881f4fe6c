package main

import (
	"context"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// answerTime bounds a command that answers at once, all its requests together: the function command waits for 15 s.
const answerTime = 12 * time.Second

// ready makes an answering command of one that gives lines. Errors become sentences: a person waits for this answer.
func (c *capability) ready(lines func(ctx context.Context, call command.Call) ([]string, error)) func(context.Context, command.Call) (command.Answer, error) {
	return func(ctx context.Context, call command.Call) (command.Answer, error) {
		ctx, cancel := context.WithTimeout(ctx, answerTime)
		defer cancel()
		text, err := lines(ctx, call)
		if err != nil {
			return c.apologise(err)
		}
		return command.Answer{Text: strings.Join(text, "\n")}, nil
	}
}

// apologise puts an error into an answer.
func (c *capability) apologise(err error) (command.Answer, error) {
	if text, final := c.final(err); final {
		return command.Answer{Text: sentence(text), Problem: &command.Problem{Code: codeOf(err)}}, nil
	}
	return command.Answer{
		Text:    sentence(err.Error()) + " Try again in a moment.",
		Problem: &command.Problem{Code: command.CodeUnavailable},
	}, nil
}

func codeOf(err error) string {
	switch {
	case remote.Is(err, remote.Denied):
		return command.CodeForbidden
	case remote.Is(err, remote.NotFound):
		return command.CodeNotFound
	}
	return command.CodeConflict
}

// ago says how long ago something began, for people.
func ago(now time.Time, milliseconds int64) string {
	if milliseconds <= 0 {
		return "at an unknown time"
	}
	return chat.Age(now.Sub(time.UnixMilli(milliseconds)))
}
