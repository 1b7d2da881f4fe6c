package function

import (
	"context"
	"fmt"

	"github.com/handsoff/handsoff/shared/job"
)

// Teller gives what tells those of bot.alerts something that they should know: by a notice, which is a job, so that it reaches
// every kind of door and can be read again. The same key is told once a day. note says why they are told. It is for processes:
// the clock nudges their notices.
func (p *Platform) Teller(note string) func(ctx context.Context, key, text string) error {
	return func(ctx context.Context, key, text string) error {
		notice := job.Notice(p.Name, key, text, p.Config.Bot.Alerts)
		notice.Why.Notes = []string{note}
		if _, err := p.Jobs.Accept(ctx, notice); err != nil {
			return fmt.Errorf("tell %s: %w", key, err)
		}
		return nil
	}
}
