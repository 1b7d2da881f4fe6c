package login

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

// Policy says how many failures are borne.
type Policy struct {
	Failures int           // within Window, for a user and for a source; then no try is allowed
	Window   time.Duration //
	Pause    time.Duration // after the first failure; it doubles with each one
	Longest  time.Duration // of those pauses
}

//go:embed throttle.lua
var throttleText string

var throttleScript = redis.NewScript(throttleText)

// Throttle counts failures in Redis. Its methods may be called from many goroutines.
type Throttle struct {
	rdb    redis.UniversalClient
	policy Policy
}

// NewThrottle makes one.
func NewThrottle(rdb redis.UniversalClient, policy Policy) *Throttle {
	return &Throttle{rdb: rdb, policy: policy}
}

// Try is one try to log in: it counts as a failure until Forgive.
type Try struct {
	Wait     time.Duration // how long to wait before trying again; 0 says that this try is allowed
	Locked   bool          // the wait is a lock-out
	Failures int           // how many failures came before an allowed try, of the user or the source, whichever has more
	id       string
	keys     []string
}

// Try counts one.
func (t *Throttle) Try(ctx context.Context, user, source string) (Try, error) {
	try := Try{id: rand.Text(), keys: []string{failuresKey("user", user), failuresKey("source", source)}}
	p := t.policy
	got, err := throttleScript.Run(ctx, t.rdb, try.keys,
		try.id, p.Window.Milliseconds(), p.Failures, p.Pause.Milliseconds(), p.Longest.Milliseconds()).Int64Slice()
	if err != nil {
		return Try{}, fmt.Errorf("login: count a try: %w", err)
	}
	if len(got) != 2 {
		return Try{}, errors.New("login: the script did not answer two numbers")
	}
	try.Wait = time.Duration(got[0]) * time.Millisecond
	if try.Wait > 0 {
		try.Locked = got[1] == 1
	} else {
		try.Failures = int(got[1])
	}
	return try, nil
}

// Forgive takes an allowed try back: the password was right, or was never looked at.
func (t *Throttle) Forgive(ctx context.Context, try Try) error {
	pipe := t.rdb.Pipeline()
	for _, key := range try.keys {
		pipe.ZRem(ctx, key, try.id)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("login: take back a try: %w", err)
	}
	return nil
}

// failuresKey is a zset of failures. What was typed as a name may be a password, and of any length: so it is hashed.
func failuresKey(kind, name string) string {
	sum := sha256.Sum256([]byte(name))
	return job.Prefix + "login:" + kind + ":" + hex.EncodeToString(sum[:12])
}
