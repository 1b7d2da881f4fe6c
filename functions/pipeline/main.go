// Command pipeline is the function behind commands that run other commands: "batch", which runs lines one after the other, and
// the pipelines of the configuration, each a command of its own, whose steps run after one another or side by side. Each step
// runs as the person who asked and with their roles at that moment.
//
// A run is a job like any other. What it starts are its children: whoever stops it stops them, and their end wakes it. How far
// it is, is kept before and after anything happens (standing.go), so that whatever dies, each step is begun once and told of
// once. runner.go makes one change at a time: handin.go gives a step to the function command, follow.go sees its job to its end,
// cancel.go stops what runs and runs what always runs. What differs between the two kinds is a script: batch.go, flow.go.
package main

import (
	"context"
	"net/http"
	"time"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/pipeline"
)

// patience bounds one try to reach the function command, which waits for others up to fifteen seconds.
const patience = 20 * time.Second

func main() { function.Main("pipeline", setUp) }

func setUp(_ context.Context, p *function.Platform) (*function.Parts, error) {
	client := command.NewClient(p.GatewayURL, p.Keys, &http.Client{Timeout: patience})
	set := pipeline.Read(p.Config)
	for _, fault := range set.Faults {
		p.Log.Error("a pipeline is left out", "fault", fault.String())
	}
	with := func(s script) *runner {
		return &runner{
			script: s, jobs: p.Jobs, say: client.Do, aliases: command.NewAliases(p.Redis), log: p.Log,
			catalogue: func(ctx context.Context) (*command.Catalogue, error) { return command.Kept(ctx, p.Redis) },
			nudge:     p.Nudge,
		}
	}
	runs := with(&flow{set: set, roles: p.Config})
	steps := map[string]job.Stepper{"batch": with(batch{})}
	for _, one := range set.Pipelines {
		steps[one.Words] = runs
	}
	g := &guide{set: set, jobs: p.Jobs, catalogue: runs.catalogue}
	return &function.Parts{
		Steps: steps, Calls: g.calls(),
		Routes: map[string]http.Handler{function.CommandsRoute: function.ServeCommands(p, g.commands)},
	}, nil
}
