package system

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/dashboard/vitals"
)

// door is something outside with which we are connected.
type door struct {
	vitals.Door

	Name string // with what it is
}

// kinds are the kinds of doors, as people call them.
var kinds = map[string]string{"gerrit": "Gerrit", "irc": "IRC", "telnet": "telnet", "slack": "Slack", "github": "GitHub"}

func (p *pages) doors(ctx context.Context, h *health, now time.Time) error {
	list, err := vitals.Doors(ctx, p.Redis, p.Config, now)
	for _, d := range list {
		name := strings.TrimSpace(kinds[d.Kind] + " " + d.Name)
		h.Doors = append(h.Doors, door{d, name})
		switch {
		case d.Up:
		case d.Kind == "telnet":
			h.Wrong = append(h.Wrong, "Nobody gets in by telnet.")
		case d.Called:
			h.Wrong = append(h.Wrong, name+" cannot be called: "+d.Wrong+".")
		default:
			h.Wrong = append(h.Wrong, name+" is not heard.")
		}
	}
	return err
}

func (p *pages) boxes(ctx context.Context, h *health, _ time.Time) (err error) {
	h.Boxes, err = vitals.Inboxes(ctx, p.Redis)
	for _, b := range h.Boxes {
		if b.Dead > 0 {
			h.Wrong = append(h.Wrong, givenUp(b.Dead, b.Function))
		}
	}
	return err
}

func givenUp(n int64, function string) string {
	if n == 1 {
		return "A delivery to " + function + " was given up."
	}
	return fmt.Sprintf("%d deliveries to %s were given up.", n, function)
}

func (p *pages) queue(ctx context.Context, h *health, _ time.Time) (err error) {
	h.Queue, err = vitals.ReadQueue(ctx, p.Redis)
	return err
}
