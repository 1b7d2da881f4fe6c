package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/openfaas/faas-provider/types"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/wait"
)

// nudgeLimit bounds a nudge that is sent in the background.
const nudgeLimit = 5 * time.Second

// desk answers the commands about jobs.
type desk struct {
	jobs      *job.Store
	rdb       redis.UniversalClient
	config    *config.File
	nudge     func(context.Context, ...job.Pointer)
	functions func(context.Context) ([]types.FunctionStatus, error)
	log       *slog.Logger
	tasks     sync.WaitGroup // nudges under way
}

func newDesk(p *function.Platform) *desk {
	return &desk{
		jobs: p.Jobs, rdb: p.Redis, config: p.Config, nudge: p.Nudge,
		functions: p.Gateway.Functions, log: p.Log,
	}
}

// calls are the commands, by their words; stack.yml declares them.
func (d *desk) calls() map[string]function.CallFunc {
	return map[string]function.CallFunc{
		"jobs":    d.list,
		"job":     d.about(d.show),
		"log":     d.about(d.output),
		"status":  d.status,
		"cancel":  d.about(d.cancel),
		"retry":   d.about(d.retry),
		"approve": d.about(d.approve),
		"reject":  d.about(d.reject),
		"watch":   d.about(d.watch),
		"unwatch": d.about(d.unwatch),
		"why":     d.why,

		"audit":        d.audit,
		"audit verify": d.auditVerify,
		"audit head":   d.auditHead,
	}
}

// stop lets nudges that are under way come to their end.
func (d *desk) stop(ctx context.Context) error {
	if err := wait.For(ctx, &d.tasks); err != nil {
		return fmt.Errorf("nudges are still under way: %w", err)
	}
	return nil
}

// nudgeAll passes nudges on in the background: nobody waits for an answer because of them.
func (d *desk) nudgeAll(ctx context.Context, list []job.Pointer) {
	for _, p := range list {
		d.tasks.Go(func() {
			limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), nudgeLimit)
			defer cancel()
			d.nudge(limited, p)
		})
	}
}

// problem is an answer that says why nothing was done.
func problem(code, text string, suggestions ...string) command.Answer {
	return command.Answer{Text: text, Problem: &command.Problem{Code: code, Suggestions: suggestions}}
}
