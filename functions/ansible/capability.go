package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/ansible/ara"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
)

// capability is what all of the function's commands stand on.
type capability struct {
	set   *settings
	jobs  *job.Store
	redis redis.UniversalClient
	ara   *ara.Client // nil when runs are recorded on this machine
	log   *slog.Logger

	secret func(name string) ([]byte, error)
	say    func(context.Context, command.Envelope) (command.Answer, error) // to the function command
	export func(ctx context.Context, url, ref, dir string, progress func(string)) (commit string, err error)
	now    func() time.Time
	orphan time.Duration // after how long a program that was attended elsewhere has surely ended
	endFor time.Duration // for how long a job whose run is over waits for ARA

	python recorder // the recording callback of the Ansible that is installed

	mu       sync.Mutex
	sessions map[string]*session // by job: the programs that this process attends
}

// refused is a sentence that says why something will not be done, and what to do instead.
type refused string

// Error implements error.
func (r refused) Error() string { return string(r) }

// verdict turns an error into what a step answers: what may pass is an error that the engine waits out, all else ends
// the job with a sentence.
func verdict(err error) (job.Outcome, error) {
	if no, ok := errors.AsType[refused](err); ok {
		return job.Fail(string(no), nil), nil
	}
	return job.Outcome{}, err
}

// clock is Redis' time, which all workers share.
func (c *capability) clock(ctx context.Context) (time.Time, error) {
	now, err := c.jobs.Now(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("ask for the time: %w", err)
	}
	return now, nil
}

// keep remembers what this process attends for a job. When it attends nothing any more, the run's folder, with secrets in it, is removed.
func (c *capability) keep(id string, s *session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sessions == nil {
		c.sessions = map[string]*session{}
	}
	if s == nil {
		if before := c.sessions[id]; before != nil { // another worker may have the job, who cannot reach this machine's files
			_ = os.RemoveAll(before.folder) // what cannot be removed is when the function begins again
		}
		delete(c.sessions, id)
		return
	}
	c.sessions[id] = s
}

// session is what this process attends for a job; nil for nothing.
func (c *capability) session(id string) *session {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sessions[id]
}

// plain makes a text of others fit for one line to people.
func plain(text string) string {
	const most = 200
	return chat.Brief(text, most)
}
