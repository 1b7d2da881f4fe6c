// Package functiontest starts functions in tests as they run: on secrets in files, a Redis and a gateway.
package functiontest

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/job/jobtest"
)

// Key is the internal key of a function whose secrets have none.
const Key = "an-internal-key-of-enough-bytes"

// nobody is a gateway that is not there.
const nobody = "http://127.0.0.1:1"

// Place is where a function runs.
type Place struct {
	Function string
	Redis    string            // its address
	Gateway  string            // its URL; empty for one that is not there
	Secrets  map[string]string // what is in their files, by name
	Log      *slog.Logger      // nil for none
}

// Platform is what a function stands on there. It is closed at the end of the test.
func Platform(tb testing.TB, at Place) *function.Platform {
	tb.Helper()
	p := open(tb, at)
	tb.Cleanup(func() { _ = p.Close() })
	return p
}

func open(tb testing.TB, at Place) *function.Platform {
	tb.Helper()
	dir := tb.TempDir()
	secrets := map[string]string{function.KeySecret: Key}
	maps.Copy(secrets, at.Secrets)
	for name, text := range secrets {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	log := at.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	env := function.Environment{SecretDir: dir, RedisAddress: at.Redis, GatewayURL: cmp.Or(at.Gateway, nobody)}
	p, err := function.NewPlatform(context.Background(), at.Function, env, log)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// On is a platform on a client of the test's own, which may have hooks: the function is one process of several, and may die.
func On(tb testing.TB, rdb *redis.Client, at Place) *function.Platform {
	tb.Helper()
	at.Redis = rdb.Options().Addr
	p := open(tb, at)
	_ = p.Redis.Close()
	p.Redis, p.Jobs = rdb, jobtest.Open(tb, rdb, job.Options{})
	return p
}

// Lines is a log that can be read. The zero value is empty.
type Lines struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write adds to it.
func (l *Lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(p)
	return len(p), nil
}

// String is all that was written.
func (l *Lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
