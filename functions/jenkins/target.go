package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
)

// target is a build that a command names: a job, and a number or "last".
type target struct {
	job    string
	number int64 // 0 for the last one
}

func targetOf(arguments command.Values) (target, error) {
	name, err := remote.Clean(arguments.String("job"))
	if err != nil {
		return target{}, refused(err.Error())
	}
	text := strings.TrimPrefix(arguments.String("build"), "#")
	if text == "" || strings.EqualFold(text, "last") {
		return target{job: name}, nil
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < 1 {
		return target{}, refused("a build is a number or “last”, not " + chat.Quote(text, 40))
	}
	return target{job: name, number: number}, nil
}

// find reads the build that is meant. Its errors are Jenkins' or a refused sentence.
func (c *capability) find(ctx context.Context, t target) (*remote.Build, error) {
	if t.number == 0 {
		found, err := c.api.Job(ctx, t.job)
		switch {
		case remote.Is(err, remote.NotFound):
			return nil, c.noSuchJob(ctx, t.job)
		case err != nil:
			return nil, err
		case found.Folder():
			return nil, refused(t.job + " is a folder, not a job")
		case found.Last == nil || found.Last.Number == 0:
			return nil, refused(t.job + " has never been built")
		}
		t.number = found.Last.Number
	}
	build, err := c.api.Build(ctx, t.job, t.number)
	if !remote.Is(err, remote.NotFound) {
		return build, err
	}
	if _, err := c.api.Job(ctx, t.job); remote.Is(err, remote.NotFound) {
		return nil, c.noSuchJob(ctx, t.job)
	}
	return nil, refused(fmt.Sprintf("%s has no build #%d; it may have been deleted", t.job, t.number))
}
