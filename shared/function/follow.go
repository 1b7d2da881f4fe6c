package function

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/handsoff/handsoff/shared/config"
)

// A Follower keeps a process in step with its configuration, so that a change needs no restart. What cannot be used is told of, and the
// last one that could holds.
type Follower struct {
	Platform *Platform
	Every    time.Duration // how often the file is looked at
	// Use has a configuration count, that of the platform it is given; it may be called with one that counts already. After an error
	// the one before must hold.
	Use func(*Platform) error

	mu    sync.Mutex
	wrong error

	good         *Platform // whose configuration holds
	seen, judged string    // the text as it was read last, and the one about which it is known whether it can be used
	told         bool      // what is wrong with that was
}

// Run looks at the file until ctx ends. A text counts when it is read twice: one that is being written differs a moment later.
func (f *Follower) Run(ctx context.Context) {
	f.good = f.Platform
	tick := time.NewTicker(f.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			f.look(ctx)
		}
	}
}

// Wrong says that the configuration that is there does not hold, and why; nil when it does.
func (f *Follower) Wrong() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.wrong == nil {
		return nil
	}
	return []string{f.sentence()}
}

// sentence is what is wrong, for people.
func (f *Follower) sentence() string {
	return fmt.Sprintf("the configuration was changed and cannot be used, so that the one before still holds: %v", f.wrong)
}

func (f *Follower) look(ctx context.Context) {
	text, err := f.Platform.Secret(ConfigSecret)
	now := string(text)
	if err != nil {
		now = err.Error()
	}
	settled := now == f.seen
	f.seen = now
	if settled && now != f.judged {
		if err == nil {
			err = f.use(text)
		}
		f.judge(now, err)
	}
	f.tell(ctx)
}

// use has a text count.
func (f *Follower) use(text []byte) error {
	file, err := config.Parse(text)
	if err != nil {
		return fmt.Errorf("config: %w", err)
	}
	next := *f.Platform
	next.Config = file
	if err := f.Use(&next); err != nil {
		return file.Located(err)
	}
	f.good = &next
	return nil
}

// judge takes down what became of a text.
func (f *Follower) judge(text string, err error) {
	first := f.judged == ""
	f.judged, f.told = text, false
	f.mu.Lock()
	f.wrong = err
	f.mu.Unlock()
	switch {
	case err != nil:
		f.Platform.Log.Error("the changed configuration cannot be used; the one before still holds", "error", err)
	case !first:
		f.Platform.Log.Info("the changed configuration holds")
	}
}

// tell tells those of bot.alerts what is wrong, until that worked.
func (f *Follower) tell(ctx context.Context) {
	f.mu.Lock()
	wrong := f.wrong
	f.mu.Unlock()
	if wrong == nil || f.told {
		return
	}
	sum := sha256.Sum256([]byte(f.judged))
	tell := f.good.Teller("The " + f.good.Name + " follows the configuration.")
	text := f.good.Name + ": " + f.sentence()
	if err := tell(ctx, "configuration "+hex.EncodeToString(sum[:8]), text); err != nil {
		if !errors.Is(err, context.Canceled) {
			f.Platform.Log.WarnContext(ctx, "tell of the configuration", "error", err)
		}
		return
	}
	f.told = true
}
