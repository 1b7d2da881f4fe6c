package system

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/dashboard/vitals"
	"github.com/handsoff/handsoff/shared/inbox"
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

// box is how a function's inbox stands.
type box struct {
	Function         string
	Unfinished, Dead int64
}

func (p *pages) boxes(ctx context.Context, h *health, _ time.Time) error {
	waiting, err := inbox.Unfinished(ctx, p.Redis)
	if err != nil {
		return err
	}
	dead, err := inbox.Dead(ctx, p.Redis)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(waiting)) {
		h.Boxes = append(h.Boxes, box{name, waiting[name], dead[name]})
		if dead[name] > 0 {
			h.Wrong = append(h.Wrong, givenUp(dead[name], name))
		}
	}
	return nil
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
