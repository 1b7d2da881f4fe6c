// Command notify is the function that brings every watcher's view of a job up to what the job now says. Nobody sends
// progress: a job changes, and whoever follows it is shown the change at their door, in order, each story line once.
package main

import (
	"context"
	"errors"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/functions/notify/gerrit"
	"github.com/handsoff/handsoff/functions/notify/github"
	"github.com/handsoff/handsoff/functions/notify/mail"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/irc"
)

func main() {
	function.Main("notify", func(_ context.Context, p *function.Platform) (*function.Parts, error) {
		c := newCourier(p.Jobs, p.Redis, openDoors(p), p.Log)
		return &function.Parts{Nudged: c.nudged, Stop: c.stop}, nil
	})
}

// openDoors opens the doors that are set up. A mistake in what one of them needs shuts that one only: who follows a job
// there is shown it once the mistake is mended, within a day.
func openDoors(p *function.Platform) map[string]door.Door {
	doors := map[string]door.Door{"telnet": {Renderer: &appender{rdb: p.Redis}, Pace: outboxPace}}
	opened := func(name string, r door.Renderer, err, unset error) {
		switch {
		case err == nil:
			doors[name] = door.Door{Renderer: r, Apart: true}
		case !errors.Is(err, unset):
			p.Log.Error("a door stays shut, all others are open", "door", name, "error", err)
		}
	}
	s, err := openSlack(p)
	opened("slack", s, err, errNoSlack)
	networks, err := openIRC(p)
	switch {
	case err == nil:
		doors[irc.Door] = door.Door{Renderer: networks, Pace: ircPace}
	case !errors.Is(err, errNoIRC):
		p.Log.Error("a door stays shut, all others are open", "door", irc.Door, "error", err)
	}
	address, err := p.Config.DashboardURL()
	if err != nil {
		p.Log.Error("nothing links to the dashboard", "error", err)
	}
	hub, err := github.Open(p, address)
	opened("github", hub, err, github.ErrNotSetUp)
	reviews, err := gerrit.Open(p, address)
	opened("gerrit", reviews, err, gerrit.ErrNotSetUp)
	letters, err := mail.Open(p)
	opened("mail", letters, err, mail.ErrNotSetUp)
	return doors
}
