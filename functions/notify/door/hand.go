package door

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/job"
)

var (
	//go:embed hand.lua
	handText string
	//go:embed record.lua
	recordText string
	//go:embed letgo.lua
	letGoText string

	handScript   = redis.NewScript(handText)
	recordScript = redis.NewScript(recordText)
	letGoScript  = redis.NewScript(letGoText)
)

// Hand is one showing's hold of an address, for doors that cannot show and record in one act: whoever has it in hand is the
// only one who writes there. It lapses by itself when its process dies.
type Hand struct {
	Job     string
	Address string
	Token   string // of the showing

	rdb redis.UniversalClient
}

// NewHand makes one, which holds nothing yet.
func NewHand(rdb redis.UniversalClient, id, address string) Hand {
	return Hand{Job: id, Address: address, Token: rand.Text(), rdb: rdb}
}

// Take takes the address in hand for a while, or keeps it there. It gives ErrGone, ErrMoved when something else than shown
// is recorded, and a LaterError while another one has it.
func (h Hand) Take(ctx context.Context, now time.Time, hold time.Duration, shown job.Shown) error {
	answer, err := handScript.Run(ctx, h.rdb, []string{job.Prefix}, now.UnixMilli(), h.Job, h.Address,
		shown.Version, shown.Story, shown.Ref, h.Token, hold.Milliseconds()).Slice()
	if err != nil {
		return fmt.Errorf("take %s in hand: %w", h.Address, err)
	}
	switch word, _ := answer[0].(string); {
	case word == "ok":
		return nil
	case word == "gone":
		return ErrGone
	case word == "moved":
		return ErrMoved
	case len(answer) == 2:
		ms, _ := answer[1].(int64)
		return LaterError{After: max(time.Duration(ms)*time.Millisecond, time.Millisecond)}
	}
	return errors.New("the script of hands answered something unknown")
}

// Record writes down what has been shown, unless something else than before is recorded: it gives ErrMoved then, and
// ErrGone.
func (h Hand) Record(ctx context.Context, before, after job.Shown) error {
	text, err := json.Marshal(after)
	if err != nil {
		return fmt.Errorf("shown to %s: %w", h.Address, err)
	}
	word, err := recordScript.Run(ctx, h.rdb, []string{job.Prefix},
		h.Job, h.Address, before.Version, before.Story, before.Ref, text).Text()
	switch {
	case err != nil:
		return fmt.Errorf("record what was shown to %s: %w", h.Address, err)
	case word == "gone":
		return ErrGone
	case word == "moved":
		return ErrMoved
	}
	return nil
}

// LetGo lets the next one take the address in hand.
func (h Hand) LetGo(ctx context.Context) error {
	if err := letGoScript.Run(ctx, h.rdb, []string{job.Prefix}, h.Job, h.Address, h.Token).Err(); err != nil {
		return fmt.Errorf("let go of %s: %w", h.Address, err)
	}
	return nil
}

// Drop ends an address at which nothing can be shown, and gives ErrGone. The job is unharmed; its audit trail says why.
func Drop(ctx context.Context, jobs *job.Store, log *slog.Logger, id, address, why string) error {
	log.Warn("an address follows the job no longer", "address", address, "job", id, "why", why)
	if err := jobs.Unwatch(ctx, id, address); err != nil {
		return err
	}
	entry := job.AuditEntry{Who: "notify", Act: "unwatched", Job: id, Detail: address + " cannot be shown anything: " + why}
	if err := jobs.Audit(ctx, entry); err != nil {
		log.Warn("audit", "error", err)
	}
	return ErrGone
}
