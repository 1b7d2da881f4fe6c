package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	lineCells   = 500      // of one line of a job's output
	outputLines = 1000     // shown at most
	outputBytes = 64 << 10 // shown at most; the end counts
)

// output shows the last lines of a job's log.
func (d *desk) output(ctx context.Context, call command.Call, j *job.Job) (command.Answer, error) {
	n := min(max(command.Values(call.Args).Int("lines"), 1), outputLines)
	lines, err := d.jobs.Tail(ctx, j.ID, n)
	if err != nil {
		return command.Answer{}, err
	}
	answer := command.Answer{Job: j.ID, State: j.State}
	if len(lines) == 0 {
		answer.Text = fmt.Sprintf("%s has written no output; `job %s` shows what is known of it.", j.ID, j.ID)
		return answer, nil
	}
	var shown []string
	size := 0
	for _, line := range slices.Backward(lines) {
		text := chat.Clip(strings.ReplaceAll(chat.Clean(line.Text), "\n", " "), lineCells)
		if size += len(text); size > outputBytes {
			break
		}
		shown = append(shown, text)
	}
	slices.Reverse(shown)
	answer.Text = strings.Join(shown, "\n")
	return answer, nil
}
