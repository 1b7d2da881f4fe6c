// Command pipeline is the function behind commands that run other commands. There is one, "batch": it runs lines one after
// the other, each as the person who asked and with their roles at that moment, and stops at the first that does not succeed.
//
// A batch is a job like any other. What it starts are its children: whoever stops it stops them, and their end wakes it.
// handin.go gives a line to the function command, once; follow.go sees its job to its end; cancel.go stops it.
package main

import (
	"context"
	"net/http"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
)

// patience bounds one try to reach the function command, which waits for others up to fifteen seconds.
const patience = 20 * time.Second

func main() { function.Main("pipeline", setUp) }

func setUp(_ context.Context, p *function.Platform) (*function.Parts, error) {
	client := command.NewClient(p.GatewayURL, p.Keys, &http.Client{Timeout: patience})
	b := &batcher{
		jobs: p.Jobs, say: client.Do, aliases: command.NewAliases(p.Redis), log: p.Log,
		catalogue: func(ctx context.Context) (*command.Catalogue, error) { return command.Kept(ctx, p.Redis) },
		nudge:     p.Gateway.Nudge,
	}
	return &function.Parts{Steps: map[string]job.Stepper{"batch": b}}, nil
}
