package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
)

// capability is what all of the function's commands stand on.
type capability struct {
	set   *settings
	api   *remote.Client
	roles *config.File
	jobs  *job.Store
	redis redis.UniversalClient
	log   *slog.Logger

	accept func(context.Context, job.Request) (*job.Accepted, error)
	secret func(name string) ([]byte, error)
	now    func() time.Time // for people; what a checkpoint keeps is told by clock
}

// buildLimit bounds a job that follows a build.
const buildLimit = 24 * time.Hour

// refused is a sentence that says why something will not be done, and what to do instead.
type refused string

// Error implements error.
func (r refused) Error() string { return string(r) }

// verdict turns an error into what a step answers: what may pass is an error that the engine waits out, all else ends
// the job with a sentence.
func (c *capability) verdict(err error) (job.Outcome, error) {
	if sentence, final := c.final(err); final {
		return job.Fail(sentence, nil), nil
	}
	return job.Outcome{}, err
}

// final puts an error that will not pass into a sentence.
func (c *capability) final(err error) (string, bool) {
	if no, ok := errors.AsType[refused](err); ok {
		return string(no), true
	}
	fault, ok := errors.AsType[*remote.Error](err)
	if !ok || fault.Passing() {
		return "", false
	}
	return fault.Error() + "." + c.advice(fault), true
}

// advice says what a person can do about a fault.
func (c *capability) advice(fault *remote.Error) string {
	switch {
	case fault.Fault == remote.Denied && fault.Status != 403:
		return fmt.Sprintf(" The API token of %s is wrong or was revoked: put a new one into the secret %s, then retry.",
			c.api.Account(), c.set.Token)
	case fault.Fault == remote.Denied:
		return fmt.Sprintf(" The account %s lacks the permission: give it to it in Jenkins, then retry.", c.api.Account())
	case fault.Fault == remote.Conflict:
		return " The job is disabled in Jenkins, most likely."
	}
	return ""
}

// clock is Redis' time, which all workers share: a wait that one of them began, another one ends.
func (c *capability) clock(ctx context.Context) (time.Time, error) {
	now, err := c.jobs.Now(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("ask for the time: %w", err)
	}
	return now, nil
}

// rolesOf lists the roles of a principal in these groups.
func (c *capability) rolesOf(principal string, groups []string) []string {
	return c.roles.RolesOf(append([]string{principal}, groups...)...)
}

// triggerToken reads the secret with a job's own trigger token; empty when its rule names none.
func (c *capability) triggerToken(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	token, err := c.secret(name)
	if err != nil {
		return "", fmt.Errorf("read the secret %s: %w", name, err)
	}
	return string(token), nil
}

// outlast gives what was begun a little time to end after ctx has: a request that is on its way should not be cut off
// where its fate would have to be guessed.
func outlast(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(grace, func() { cancel(context.Cause(ctx)) })
		context.AfterFunc(longer, func() { timer.Stop() })
	})
	return longer, func() { stop(); cancel(nil) }
}
