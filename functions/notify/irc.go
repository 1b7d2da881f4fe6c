package main

import (
	"context"
	"errors"
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

// errNoIRC says that the configuration has no section irc.
var errNoIRC = errors.New("notify: IRC is not set up")

// ircNetworks are those to whose addresses something can be said.
type ircNetworks struct {
	jobs  *job.Store
	log   *slog.Logger
	names func() []string // as the configuration names them at this moment
}

// openIRC makes the door to IRC: outboxes, which the irc-gateway is told to read.
func openIRC(p *function.Platform) (*appender, error) {
	section, err := irc.Read(p.Config)
	if err != nil {
		return nil, err
	}
	if section == nil {
		return nil, errNoIRC
	}
	names := func() []string { return irc.Names(filepath.Join(p.SecretDir, function.ConfigSecret), p.Config) }
	return &appender{rdb: p.Redis, irc: &ircNetworks{jobs: p.Jobs, log: p.Log.With("door", irc.Door), names: names}}, nil
}

// admit drops an address at which nobody will ever say anything. A network that the configuration does not have may be one of which only
// the irc-gateway has heard so far: what is on it is kept for a day after the job changed last.
func (n *ircNetworks) admit(ctx context.Context, address string, view door.View) error {
	place, ok := irc.ParseAddress(address)
	switch {
	case !ok:
		return door.Drop(ctx, n.jobs, n.log, view.Job.ID, address, "it is no address on IRC")
	case slices.Contains(n.names(), place.Network):
		return nil
	case view.Now.Sub(view.Job.Changed) < unknownFor:
		return door.LaterError{After: longestWait}
	}
	return door.Drop(ctx, n.jobs, n.log, view.Job.ID, address, "the configuration has no such network")
}
