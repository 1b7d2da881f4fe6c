package outbox

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/irc"
	"github.com/handsoff/handsoff/shared/job"
)

// ircPace is how close two updates of an address on IRC may follow each other: a channel is for people, and a server takes
// about a line a second from us.
const ircPace = 5 * time.Second

const (
	// unheardFor is how long what is to be said on a network waits that the configuration does not have.
	unheardFor = 24 * time.Hour
	// unheardWait is when it is looked for again.
	unheardWait = 2 * time.Minute
)

// networks are those to whose addresses something can be said.
type networks struct {
	jobs  *job.Store
	log   *slog.Logger
	names func() []string // as the configuration names them at this moment
}

// OpenIRC makes the door of IRC: outboxes, which the irc-gateway is told to read.
func OpenIRC(p *function.Platform) (door.Door, error) {
	section, err := irc.Read(p.Config)
	if err != nil {
		return door.Door{}, err
	}
	if section == nil {
		return door.Door{}, door.ErrNotSetUp
	}
	names := func() []string { return irc.Names(filepath.Join(p.SecretDir, function.ConfigSecret), p.Config) }
	on := &networks{jobs: p.Jobs, log: p.Log.With("door", irc.Door), names: names}
	return door.Door{Renderer: &Door{rdb: p.Redis, irc: on}, Pace: ircPace}, nil
}

// admit drops an address at which nobody will ever say anything. A network that the configuration does not have may be one of which only
// the irc-gateway has heard so far: what is on it is kept for a day after the job changed last.
func (n *networks) admit(ctx context.Context, address string, view door.View) error {
	place, ok := irc.ParseAddress(address)
	switch {
	case !ok:
		return door.Drop(ctx, n.jobs, n.log, view.Job.ID, address, "it is no address on IRC")
	case slices.Contains(n.names(), place.Network):
		return nil
	case view.Now.Sub(view.Job.Changed) < unheardFor:
		return door.LaterError{After: unheardWait}
	}
	return door.Drop(ctx, n.jobs, n.log, view.Job.ID, address, "the configuration has no such network")
}
