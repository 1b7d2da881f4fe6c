package door

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

// Shown stands before every script about what an address has been shown; see shown.lua.
//
//go:embed shown.lua
var Shown string

var (
	//go:embed hand.lua
	handText string
	//go:embed record.lua
	recordText string
	//go:embed letgo.lua
	letGoText string

	handScript   = redis.NewScript(Shown + handText)
	recordScript = redis.NewScript(Shown + recordText)
	letGoScript  = redis.NewScript(Shown + letGoText)
)

// Hand is one showing's hold of an address, for doors that cannot show and record in one act: whoever has it in hand is the
// only one who writes there. It lapses by itself when its process dies.
type Hand struct {
	Job     string
	Address string
	Token   string    // of the showing
	Shown   job.Shown // as it is recorded

	rdb redis.UniversalClient
	log *slog.Logger
}

// NewHand makes one, which holds nothing yet. shown is what was read as shown there.
func NewHand(rdb redis.UniversalClient, log *slog.Logger, id, address string, shown job.Shown) *Hand {
	return &Hand{Job: id, Address: address, Token: rand.Text(), Shown: shown, rdb: rdb, log: log}
}

// Take takes the address in hand for a while, or keeps it there. It gives ErrGone, ErrMoved when something else than Shown
// is recorded, and a LaterError while another one has it.
func (h *Hand) Take(ctx context.Context, now time.Time, hold time.Duration) error {
	answer, err := handScript.Run(ctx, h.rdb, []string{job.Prefix}, now.UnixMilli(), h.Job, h.Address,
		h.Shown.Version, h.Shown.Story, h.Shown.Ref, h.Token, hold.Milliseconds()).Slice()
	if err != nil {
		return fmt.Errorf("take %s in hand: %w", h.Address, err)
	}
	word, _ := answer[0].(string)
	if stale := Stale(word); stale != nil {
		return stale
	}
	if len(answer) == 2 {
		ms, _ := answer[1].(int64)
		return LaterError{After: max(time.Duration(ms)*time.Millisecond, time.Millisecond)}
	}
	return nil
}

// Stale is the error for why a script did nothing: ErrGone or ErrMoved; nil when it did.
func Stale(word string) error {
	switch word {
	case "gone":
		return ErrGone
	case "moved":
		return ErrMoved
	}
	return nil
}

// Record writes down what has been shown now, unless something else than Shown is recorded: it gives ErrMoved then, and
// ErrGone.
func (h *Hand) Record(ctx context.Context, now job.Shown) error {
	text, err := json.Marshal(now)
	if err != nil {
		return fmt.Errorf("shown to %s: %w", h.Address, err)
	}
	word, err := recordScript.Run(ctx, h.rdb, []string{job.Prefix},
		h.Job, h.Address, h.Shown.Version, h.Shown.Story, h.Shown.Ref, text).Text()
	if err != nil {
		return fmt.Errorf("record what was shown to %s: %w", h.Address, err)
	}
	if stale := Stale(word); stale != nil {
		return stale
	}
	h.Shown = now
	return nil
}

// LetGo lets the next one take the address in hand. Where that cannot be done, it lapses.
func (h *Hand) LetGo(ctx context.Context) {
	if err := letGoScript.Run(ctx, h.rdb, []string{job.Prefix}, h.Job, h.Address, h.Token).Err(); err != nil {
		h.log.WarnContext(ctx, "let go of an address", "job", h.Job, "error", err)
	}
}

// Drop ends an address at which nothing can be shown, and gives ErrGone. The job is unharmed; its audit trail says why.
func Drop(ctx context.Context, jobs *job.Store, log *slog.Logger, id, address, why string) error {
	log.WarnContext(ctx, "an address follows the job no longer", "address", address, "job", id, "why", why)
	if err := jobs.Unwatch(ctx, id, address); err != nil {
		return err
	}
	entry := job.AuditEntry{Who: "notify", Act: "unwatched", Job: id, Detail: address + " cannot be shown anything: " + why}
	if err := jobs.Audit(ctx, entry); err != nil {
		log.WarnContext(ctx, "audit", "error", err)
	}
	return ErrGone
}
