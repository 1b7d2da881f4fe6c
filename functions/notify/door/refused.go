package door

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/job"
)

// RefusedError says that the other side refuses our account, its password or its permissions. Somebody must mend that, so the
// address is tried again slowly.
type RefusedError struct{ Err error }

// Error says what was refused.
func (e RefusedError) Error() string { return "notify: our account is refused: " + e.Err.Error() }

// Unwrap gives the refusal.
func (e RefusedError) Unwrap() error { return e.Err }

// RefusedWait is after how long an address is tried again at which our account was refused.
const RefusedWait = 10 * time.Minute

// Alerts tell those who run the bot what keeps it from being heard.
type Alerts struct {
	Jobs *job.Store
	To   []string // the addresses of bot.alerts
}

// Tell tells it, once a day for the same key. After an error it is to be told again.
func (a Alerts) Tell(ctx context.Context, now time.Time, text string, key ...string) error {
	name := fmt.Sprintf("%s %d", strings.Join(key, " "), now.Unix()/int64(24*time.Hour/time.Second))
	notice := job.Notice("notify", name, text, a.To)
	notice.Why.Notes = []string{"It is told once a day to those of bot.alerts. What waits is shown as soon as somebody has mended it."}
	if _, err := a.Jobs.Accept(ctx, notice); err != nil {
		return fmt.Errorf("tell %s: %w", name, err)
	}
	return nil
}

// Patience says for how long what is refused waits.
const Patience = "What I have to say there waits, and is tried every ten minutes until a day after its job's end."
