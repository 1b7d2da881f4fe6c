package main

import (
	"context"
	"fmt"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// maxTail is how many console lines "jenkins console" gives at most.
const maxTail = 500

// console answers "jenkins console": the last lines at once, or a job that follows.
func (c *capability) console(ctx context.Context, call command.Call) (command.Answer, error) {
	if command.Values(call.Args).Bool("follow") {
		return c.followConsole(ctx, call)
	}
	return c.ready(c.lastLines)(ctx, call)
}

func (c *capability) lastLines(ctx context.Context, call command.Call) ([]string, error) {
	arguments := command.Values(call.Args)
	wanted, err := targetOf(arguments)
	if err != nil {
		return nil, err
	}
	n := int(arguments.Int("lines"))
	if n <= 0 || n > maxTail { // once upon a time a negative number meant all
		n = maxTail
	}
	build, err := c.find(ctx, wanted)
	if err != nil {
		return nil, err
	}
	lines, err := c.tail(ctx, wanted.job, build.Number, n)
	if err != nil {
		return nil, err
	}
	state := word(build.Result)
	if build.Building {
		state = "still building"
	}
	if len(lines) == 0 {
		return []string{fmt.Sprintf("%s #%d (%s) has not printed anything.", wanted.job, build.Number, state)}, nil
	}
	head := fmt.Sprintf("%s #%d (%s), the last %d console lines:", wanted.job, build.Number, state, len(lines))
	return append([]string{head}, lines...), nil
}

// followConsole makes a job of the wish to read along. The call's id keeps a repeated call from making two.
func (c *capability) followConsole(ctx context.Context, call command.Call) (command.Answer, error) {
	if _, err := targetOf(command.Values(call.Args)); err != nil {
		return c.apologise(err)
	}
	request := job.Request{
		Function: "jenkins", Command: "jenkins console", Args: call.Args, Limit: buildLimit,
		Text:      fmt.Sprintf("jenkins console %v %v follow=true", call.Args["job"], call.Args["build"]),
		Principal: call.Principal, Groups: call.Groups, Origin: call.Origin, Watch: call.Watch,
	}
	if call.ID != "" {
		request.Key = "console " + call.Principal + " " + call.ID
	}
	accepted, err := c.accept(ctx, request)
	if err != nil {
		return command.Answer{}, fmt.Errorf("accept: %w", err)
	}
	return command.Answer{
		Text: fmt.Sprintf("Job %s follows the console; `log %s` shows what it has read.", accepted.ID, accepted.ID),
		Job:  accepted.ID, State: accepted.State, Accepted: true,
	}, nil
}
