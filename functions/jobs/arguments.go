package main

import (
	"context"
	"maps"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// masked stands for a secret.
const masked = "***"

// arguments shows a job's arguments, those masked that its command declares secret. When the declaration cannot be had,
// nobody can tell which those are, and none is shown.
func (d *desk) arguments(ctx context.Context, j *job.Job) []string {
	if len(j.Args) == 0 {
		return nil
	}
	declared := d.declared(ctx, j.Command)
	if declared == nil {
		return []string{"(not shown: what “" + chat.OneLine(j.Command) + "” declares as secret is not known now)"}
	}
	shown := maps.Clone(j.Args)
	for _, arg := range declared.Args {
		if _, given := shown[arg.Name]; given && arg.Secret {
			shown[arg.Name] = masked
		}
	}
	if extra := command.Values(shown).Extra(); declared.Extra != "" && extra != nil {
		delete(shown, command.ExtraArg)
		for name, value := range extra { // an argument of the command is never among them
			shown[name] = value
		}
	}
	return chat.OutlineOf(shown)
}
