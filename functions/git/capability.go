package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/git"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
)

// capability is what all of the function's commands stand on.
type capability struct {
	set    *settings
	git    *git.Repositories
	github *github.App // nil where there is none
	roles  *config.File
	jobs   *job.Store
	redis  redis.UniversalClient
	log    *slog.Logger
	now    func() time.Time

	left sync.Map                                     // job → what git left when it was ended, for the receipt
	at   func(ctx context.Context, step string) error // tests die here; nil otherwise
}

// refused is a sentence that says why something will not be done, and what to do instead.
type refused string

// Error implements error.
func (r refused) Error() string { return string(r) }

// verdict turns an error into what a step answers: what may pass is an error that the engine waits out, all else ends the
// job with a sentence.
func (c *capability) verdict(run *job.Run, err error) (job.Outcome, error) {
	text, final := finally(err)
	if !final {
		return job.Outcome{}, err
	}
	if fault, ok := errors.AsType[*git.Fault](err); ok {
		c.log.Info("git failed", "job", run.Job().ID, "kind", int(fault.Kind), "said", strings.Join(fault.Lines, " | "))
	}
	return job.Fail(text, nil), nil
}

// finally puts an error that will not pass into a sentence.
func finally(err error) (string, bool) {
	if no, ok := errors.AsType[refused](err); ok {
		return string(no), true
	}
	fault, ok := errors.AsType[*git.Fault](err)
	if !ok || fault.Passing() {
		return "", false
	}
	return sentence(fault.Sentence), true
}

// sentence begins a text with a capital and ends it with a full stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	if first := text[0]; first >= 'a' && first <= 'z' && !strings.Contains(strings.SplitN(text, " ", 2)[0], "://") {
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	if strings.HasSuffix(text, ".") {
		return text
	}
	return text + "."
}

// clock is Redis' time, which all workers share: a wait that one of them began, another one ends.
func (c *capability) clock(ctx context.Context) (time.Time, error) {
	return c.jobs.Now(ctx)
}

// reach is a point at which a test may let the process die.
func (c *capability) reach(ctx context.Context, step string) error {
	if c.at == nil {
		return nil
	}
	return c.at(ctx, step)
}
