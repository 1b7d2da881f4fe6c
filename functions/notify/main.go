// Command notify is the function that brings every watcher's view of a job up to what the job now says. Nobody sends
// progress: a job changes, and whoever follows it is shown the change at their door, in order, each story line once.
//
// The package courier decides what is shown where, and when. The package door says what it asks of a door; each kind of door that
// shows is a package of its own: outbox (telnet and IRC), slack, github, gerrit and mail.
package main

import (
	"context"
	"errors"

	"github.com/handsoff/handsoff/functions/notify/courier"
	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/functions/notify/gerrit"
	"github.com/handsoff/handsoff/functions/notify/github"
	"github.com/handsoff/handsoff/functions/notify/mail"
	"github.com/handsoff/handsoff/functions/notify/outbox"
	"github.com/handsoff/handsoff/functions/notify/slack"
	"github.com/handsoff/handsoff/shared/function"
)

func main() {
	function.Main("notify", func(_ context.Context, p *function.Platform) (*function.Parts, error) {
		c := courier.New(p.Jobs, p.Redis, openDoors(p), p.Log)
		c.Start()
		return &function.Parts{Nudged: c.Nudged, Stop: c.Stop}, nil
	})
}

// openDoors opens the doors that are set up. A mistake in what one of them needs shuts that one only: who follows a job
// there is shown it once the mistake is mended, within a day.
func openDoors(p *function.Platform) map[string]door.Door {
	dashboard, err := p.Config.DashboardURL()
	if err != nil {
		p.Log.Error("nothing links to the dashboard", "error", err)
	}
	doors := map[string]door.Door{"telnet": outbox.Telnet(p.Redis)}
	for name, open := range map[string]func() (door.Door, error){
		"irc":    func() (door.Door, error) { return outbox.OpenIRC(p) },
		"slack":  func() (door.Door, error) { return slack.Open(p) },
		"github": func() (door.Door, error) { return github.Open(p, dashboard) },
		"gerrit": func() (door.Door, error) { return gerrit.Open(p, dashboard) },
		"mail":   func() (door.Door, error) { return mail.Open(p) },
	} {
		opened, err := open()
		switch {
		case err == nil:
			doors[name] = opened
		case !errors.Is(err, door.ErrNotSetUp):
			p.Log.Error("a door stays shut, all others are open", "door", name, "error", err)
		}
	}
	return doors
}
