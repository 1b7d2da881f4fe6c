package outbox

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

const (
	// Most is how many entries an outbox keeps.
	Most = 10_000
	// Life is how long it keeps them, and how long it is there when nothing more comes.
	Life = 7 * 24 * time.Hour
)

var (
	//go:embed append.lua
	appendText string
	//go:embed add.lua
	addText string

	addScript = NewScript(addText)
)

// NewScript makes a script that writes into outboxes besides what else it does in the same act. It has append of append.lua,
// and LIFE, which is [Life] in ms.
func NewScript(text string) *redis.Script {
	return redis.NewScript(fmt.Sprintf("local MOST, LIFE = %d, %d\n", Most, Life.Milliseconds()) + appendText + text)
}

// Args gives entries to a script as append takes them, behind the script's own arguments. The entries' ids are not looked at.
func Args(args []any, entries ...Entry) []any {
	args = append(args, len(entries))
	for _, e := range entries {
		args = append(args, e.Job, string(e.Kind), e.Text, string(e.State), strconv.Itoa(e.Percent))
	}
	return args
}

// Add puts an entry into an outbox.
func Add(ctx context.Context, rdb redis.UniversalClient, address string, e Entry) error {
	if err := addScript.Run(ctx, rdb, []string{job.OutboxKey(address)}, Args(nil, e)...).Err(); err != nil {
		return fmt.Errorf("outbox %s: add: %w", address, err)
	}
	return nil
}
