package function

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/sign"
)

// Names of the secrets that every part may be given.
const (
	ConfigSecret = "handsoff-config"
	KeySecret    = "handsoff-key"
	RedisSecret  = "redis-password"
)

// Platform is what a function or a process works with.
type Platform struct {
	Environment

	Name    string
	Config  *config.File
	Redis   *redis.Client
	Jobs    *job.Store
	Gateway *Gateway
	Keys    sign.Keys // the internal keys
	Log     *slog.Logger
	Started time.Time
}

// NewPlatform reads configuration and secrets and reaches Redis. It waits for a Redis that is not there yet until ctx
// ends, and refuses one that may evict keys, or that does not let us in.
func NewPlatform(ctx context.Context, name string, env Environment, log *slog.Logger) (*Platform, error) {
	file, err := config.Load(filepath.Join(env.SecretDir, ConfigSecret))
	if err != nil {
		return nil, err
	}
	keyText, err := env.Secret(KeySecret)
	if err != nil {
		return nil, err
	}
	keys, err := sign.Parse(keyText)
	if err != nil {
		return nil, fmt.Errorf("secret %s: %w", KeySecret, err)
	}
	rdb, err := env.connect()
	if err != nil {
		return nil, err
	}
	jobs, err := openJobs(ctx, rdb, log)
	if err != nil {
		return nil, errors.Join(err, rdb.Close())
	}
	return &Platform{
		Environment: env, Name: name, Config: file, Redis: rdb, Jobs: jobs,
		Gateway: NewGateway(env, keys), Keys: keys, Log: log, Started: time.Now(),
	}, nil
}

// Nudge tells the functions that own jobs that those are due, as well as it can: one that is not reached learns of it by the
// clock, a little later.
func (p *Platform) Nudge(ctx context.Context, pointers ...job.Pointer) {
	for _, pointer := range pointers {
		if err := p.Gateway.Nudge(ctx, pointer); err != nil {
			p.Log.WarnContext(ctx, "a nudge was lost; the clock makes it good", "job", pointer.ID, "to", pointer.Function, "error", err)
		}
	}
}

// Accept makes a job, and tells who is to step it.
func (p *Platform) Accept(ctx context.Context, r job.Request) (*job.Accepted, error) {
	accepted, err := p.Jobs.Accept(ctx, r)
	if err != nil {
		return nil, err
	}
	p.Nudge(ctx, accepted.Nudge...)
	return accepted, nil
}

// Close lets go of Redis.
func (p *Platform) Close() error {
	if err := p.Redis.Close(); err != nil {
		return fmt.Errorf("close Redis: %w", err)
	}
	return nil
}

// connect makes the client. A password is a secret of its own; a Redis without one needs none.
func (e Environment) connect() (*redis.Client, error) {
	password, err := e.Secret(RedisSecret)
	if err != nil && !errors.Is(err, ErrNoSecret) {
		return nil, err
	}
	return redis.NewClient(&redis.Options{
		Addr: e.RedisAddress, Password: string(password),
		DialTimeout: 2 * time.Second, ReadTimeout: 3 * time.Second, WriteTimeout: 3 * time.Second,
		MinRetryBackoff: 10 * time.Millisecond, MaxRetryBackoff: 500 * time.Millisecond, MaxRetries: 5,
		PoolSize: 32, DisableIdentity: true,
		// Only Redis Enterprise announces maintenance; asking for it costs every new connection a round trip.
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}), nil
}

// shutOut tells that Redis answered, and does not let us in: waiting would change nothing, and who replaces functions must not take this
// for one that works.
func shutOut(err error) bool {
	fault, ok := errors.AsType[redis.Error](err)
	return ok && slices.ContainsFunc([]string{"WRONGPASS", "NOAUTH", "NOPERM"}, func(code string) bool { return strings.HasPrefix(fault.Error(), code) })
}

// openJobs waits for Redis.
func openJobs(ctx context.Context, rdb *redis.Client, log *slog.Logger) (*job.Store, error) {
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		jobs, err := job.Open(ctx, rdb, job.Options{})
		if err == nil || errors.Is(err, job.ErrEvicts) || shutOut(err) {
			return jobs, err
		}
		log.WarnContext(ctx, "Redis is not there yet", "error", err, "again_in", wait)
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(wait):
		}
	}
}
