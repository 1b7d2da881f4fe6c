package repair

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/wait"
)

const (
	// longest is how long one look at all hooks may take.
	longest = 4 * time.Minute
	// stateLife is how long a state is kept when nobody looks any more.
	stateLife = 30 * 24 * time.Hour
)

// Ledger is where it is kept for how long we did not hear.
type Ledger interface {
	Open(ctx context.Context, scope, why string, from time.Time) (id string, err error)
	Close(ctx context.Context, id string, to time.Time, how string, missed, recovered, lost int) error
}

// Options of a Loop.
type Options struct {
	Hooks   []github.Hook
	Webhook string        // our address; empty for any that ends in /function/github
	Every   time.Duration // how often to look
	Log     *slog.Logger
	Ledger  Ledger
	Tell    func(ctx context.Context, key, text string) error    // tells those who run the bot something, once for a key
	Known   func(ctx context.Context, guid string) (bool, error) // whether we have a delivery all the same: our answer came too late; nil for no
	Now     func(ctx context.Context) (time.Time, error)         // Redis' time
}

// Loop looks after webhooks. Make it with New, call Tick now and then, and end it with Stop.
type Loop struct {
	hooks *Hooks
	app   *github.App
	rdb   redis.UniversalClient
	opts  Options

	base context.Context //nolint:containedctx // the life of the process: a look outlives the tick that began it
	end  context.CancelFunc
	work sync.WaitGroup
}

// New makes one. It calls nobody.
func New(app *github.App, rdb redis.UniversalClient, o Options) *Loop {
	l := &Loop{hooks: &Hooks{App: app, Webhook: o.Webhook}, app: app, rdb: rdb, opts: o}
	l.base, l.end = context.WithCancel(context.Background())
	return l
}

// turnKey is there while it is not yet time to look again.
const turnKey = job.Prefix + "github:repair"

func stateKey(hook *Hook) string { return turnKey + ":" + strings.ReplaceAll(hook.scope(), " ", ":") }

// Tick begins a look when it is time, in the background. Of several processes one looks.
func (l *Loop) Tick(ctx context.Context) error {
	mine, err := l.rdb.SetNX(ctx, turnKey, "1", l.opts.Every-time.Second).Result()
	if err != nil {
		return fmt.Errorf("repair: take the turn: %w", err)
	}
	if mine && l.base.Err() == nil {
		l.work.Go(func() {
			limited, cancel := context.WithTimeout(l.base, longest)
			defer cancel()
			if err := l.Look(limited); err != nil {
				l.opts.Log.WarnContext(limited, "not all webhooks could be looked after", "error", err)
			}
		})
	}
	return nil
}

// Stop ends what is under way; the next look goes on.
func (l *Loop) Stop(ctx context.Context) error {
	l.end()
	if err := wait.For(ctx, &l.work); err != nil {
		return fmt.Errorf("repair: %w", err)
	}
	return nil
}

// Look looks at all hooks now. One that cannot be looked at keeps no other one from it.
func (l *Loop) Look(ctx context.Context) error {
	var errs []error
	for _, of := range l.opts.Hooks {
		errs = append(errs, l.lookAt(ctx, of))
	}
	return errors.Join(errs...)
}

// lookAt looks at the hooks of one entry.
func (l *Loop) lookAt(ctx context.Context, of github.Hook) error {
	hooks, err := l.hooks.List(ctx, of)
	if err := l.findings(ctx, of, hooks, err); err != nil {
		return err
	}
	var errs []error
	for i := range hooks {
		errs = append(errs, l.repair(ctx, &hooks[i]))
	}
	return errors.Join(errs...)
}

// repair has what failed of one hook sent again.
func (l *Loop) repair(ctx context.Context, hook *Hook) error {
	now, err := l.opts.Now(ctx)
	if err != nil {
		return err
	}
	s, err := l.load(ctx, hook, now)
	if err != nil {
		return err
	}
	err = s.look(now, usual, func(cursor string, since time.Time, most int) ([]Delivery, string, error) {
		return l.hooks.Deliveries(ctx, hook, cursor, since, most)
	})
	if err != nil {
		return err
	}
	if err := l.spare(ctx, s); err != nil {
		return err
	}
	if err := l.account(ctx, hook, s); err != nil {
		return err
	}
	return l.resend(ctx, hook, s, now)
}

// spare takes off what we have all the same: GitHub did not wait long enough for our answer.
func (l *Loop) spare(ctx context.Context, s *State) error {
	if l.opts.Known == nil {
		return nil
	}
	for guid := range s.Open {
		known, err := l.opts.Known(ctx, guid)
		if err != nil {
			return err
		}
		if known {
			s.settle(guid, true)
		}
	}
	return nil
}

// account writes into the ledger what is known now, and keeps the state.
func (l *Loop) account(ctx context.Context, hook *Hook, s *State) error {
	var err error
	if s.Missed > 0 && s.Gap == "" {
		why := fmt.Sprintf("%s: GitHub could not deliver here", hook.Name())
		if s.Gap, err = l.opts.Ledger.Open(ctx, hook.scope(), why, s.From); err != nil {
			return err
		}
		if err := l.save(ctx, hook, s); err != nil {
			return err
		}
	}
	if s.Gap != "" && len(s.Open) == 0 {
		how := "GitHub sent it again"
		if s.Lost > 0 {
			how = "GitHub sent again what it still had; it forgets after three days"
		}
		if err := l.opts.Ledger.Close(ctx, s.Gap, s.To, how, s.Missed, s.Recovered, s.Lost); err != nil {
			return err
		}
		s.closed()
	}
	return l.save(ctx, hook, s)
}

// resend has GitHub send again what is due, in its turn.
func (l *Loop) resend(ctx context.Context, hook *Hook, s *State, now time.Time) error {
	for _, guid := range s.due(now, l.opts.Every) {
		m := s.Open[guid]
		if err := l.send(ctx, hook, m.Delivery); err != nil {
			if github.KindOf(err) != github.Gone && github.KindOf(err) != github.Invalid {
				return err
			}
			// GitHub does not have it any more: it stays among what is open until it is given up for lost.
			l.opts.Log.WarnContext(ctx, "a delivery cannot be sent again", "hook", hook.Name(), "delivery", guid, "event", m.Event, "error", err)
			continue
		}
		l.opts.Log.InfoContext(ctx, "a delivery is sent again", "hook", hook.Name(), "delivery", guid, "event", m.Event, "attempts", m.Attempts)
	}
	return nil
}

// send has one delivery sent again when the account's turn has come.
func (l *Loop) send(ctx context.Context, hook *Hook, delivery int64) error {
	if hook.Of.App {
		return l.hooks.Redeliver(ctx, hook, delivery)
	}
	owner, repo, _ := strings.Cut(hook.Of.Org+hook.Of.Repo, "/")
	for {
		with, wait, err := l.app.Turn(ctx, owner, repo, github.Change, "repair")
		if err != nil {
			return err
		}
		if wait == 0 {
			return l.hooks.Redeliver(with, hook, delivery)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("repair: %w", ctx.Err())
		case <-time.After(wait):
		}
	}
}

// load reads what is known of a hook. Of one that is new, what failed within the last hour counts.
func (l *Loop) load(ctx context.Context, hook *Hook, now time.Time) (*State, error) {
	text, err := l.rdb.Get(ctx, stateKey(hook)).Bytes()
	if errors.Is(err, redis.Nil) {
		return &State{Since: now.Add(overlap - time.Hour)}, nil
	}
	s := new(State)
	if err == nil {
		err = json.Unmarshal(text, s)
	}
	if err != nil {
		return nil, fmt.Errorf("repair: what is known of %s: %w", hook.Name(), err)
	}
	return s, nil
}

func (l *Loop) save(ctx context.Context, hook *Hook, s *State) error {
	text, err := json.Marshal(s)
	if err == nil {
		err = l.rdb.Set(ctx, stateKey(hook), text, stateLife).Err()
	}
	if err != nil {
		return fmt.Errorf("repair: keep what is known of %s: %w", hook.Name(), err)
	}
	return nil
}
