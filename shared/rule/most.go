package rule

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/command"
)

// Most bounds how often a rule acts for one subject.
type Most struct {
	N   int
	Per time.Duration
}

// usualMost is the bound of a rule that has none.
var usualMost = Most{N: 20, Per: time.Hour}

// maxMost is how often in how long a rule may act at the very most: what is counted is kept.
const (
	maxMost    = 10_000
	maxMostPer = 7 * 24 * time.Hour
)

// String is the bound as a rule writes it: 20/1h.
func (m Most) String() string { return fmt.Sprintf("%d/%s", m.N, command.FormatDuration(m.Per)) }

// parseMost reads 20/h, 5/10m, 100/1d.
func parseMost(text string) (Most, error) {
	wrong := fmt.Errorf("%q does not say how often in how long; write 20/h, or 5/10m, up to %d and a week", text, maxMost)
	count, span, ok := strings.Cut(strings.ReplaceAll(text, " ", ""), "/")
	n, err := strconv.Atoi(count)
	if err != nil || !ok || n < 1 || n > maxMost || span == "" {
		return Most{}, wrong
	}
	if !strings.ContainsAny(span[:1], "0123456789") {
		span = "1" + span
	}
	per, err := command.ParseDuration(span)
	if err != nil || per < time.Second || per > maxMostPer {
		return Most{}, wrong
	}
	return Most{N: n, Per: per}, nil
}
