package session

import (
	"context"
	"fmt"
	"time"

	"github.com/handsoff/handsoff/shared/page"
)

const (
	// window is the time in which attempts are counted.
	window = 10 * time.Minute
	// mostHere is how many logins may be tried from one address in a window, mostAll may be begun with providers from all together,
	// and mostLinks how many links one person may ask for. What is under way, or a link, is held up by nobody else's attempts.
	mostHere  = 60
	mostAll   = 3000
	mostLinks = 10
)

// paced counts an attempt and reports whether there were too many.
func (s *store) paced(ctx context.Context, what string, most int64) (tooMany bool, err error) {
	key := prefix + "pace:" + page.Digest([]byte(what))
	pipe := s.rdb.TxPipeline()
	count := pipe.Incr(ctx, key)
	pipe.ExpireNX(ctx, key, window)
	if _, err := pipe.Exec(ctx); err != nil {
		return false, fmt.Errorf("dashboard: count logins: %w", err)
	}
	return count.Val() > most, nil
}
