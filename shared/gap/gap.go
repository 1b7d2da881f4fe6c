package gap

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
)

const (
	// maxSource and maxScope bound what names a gap, in bytes.
	maxSource, maxScope = 64, 256
	// maxText bounds each text, in bytes; a longer one is cut.
	maxText = 1000
	// keptClosed is how many closed gaps are kept, those closed last. Open ones always are.
	keptClosed = 1000
)

// errUnnamed says that a gap cannot be told from others.
var errUnnamed = errors.New("gap: it needs a source of at most 64 bytes, a scope of at most 256, and a time at which it began")

// Gap is a window in which we were deaf.
type Gap struct {
	ID        string    // given by Open and Record
	Source    string    // to what: "github", "gerrit:review", "slack"; "handsoff" when the bot itself was down
	Scope     string    // to which part of it: a hook, a project; empty for all of it
	Why       string    // why we were deaf, for people
	From      time.Time // since when; the same Source, Scope and From, to the millisecond, are one gap
	To        time.Time // until when; zero while that is not known
	Closed    time.Time // when it was closed; zero while it is open
	How       string    // how it was closed, for people
	Missed    int       // how many things were missed, as far as that is known
	Recovered int       // how many of them were had again
	Lost      string    // what was not, for people; empty for nothing
}

// Closing says how a gap was closed. Its texts are for people, at most 1,000 bytes each.
type Closing struct {
	To        time.Time // until when we were deaf; zero for now, unless it was said before
	How       string    // "12 deliveries redelivered by GitHub"
	Missed    int
	Recovered int
	Lost      string // what could not be had again; empty for nothing
}

func (g Gap) check() error {
	if g.Source == "" || len(g.Source) > maxSource || len(g.Scope) > maxScope || g.From.IsZero() {
		return fmt.Errorf("%w: source %.100q, scope %.300q, from %s", errUnnamed, g.Source, g.Scope, g.From)
	}
	return nil
}

// id is the same for the same gap.
func (g Gap) id() string {
	sum := sha256.Sum256([]byte(g.Source + "\x00" + g.Scope + "\x00" + strconv.FormatInt(g.From.UnixMilli(), 10)))
	return hex.EncodeToString(sum[:6])
}

// cut shortens a text to what is kept of it.
func cut(text string) string { return chat.Shorten(text, maxText) }

// millis is a time as it is kept; 0 for none.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
