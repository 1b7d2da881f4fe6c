package vitals

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/gerrit"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/health"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/irc"
	"github.com/handsoff/handsoff/shared/slack"
)

// silence is after how long without a sign of life whoever listens to a Gerrit is taken for dead: it gives two a minute.
const silence = 2 * time.Minute

// Door is something outside with which a process of ours is connected, or that calls us and is called.
type Door struct {
	Kind, Name string // "gerrit", "irc", and what the configuration calls it; "telnet", "slack" and "github", which have no name
	Up         bool
	Since      time.Time // connected; zero while it is not
	Heard      time.Time // the last sign of life, of who calls us the last delivery; zero for never
	Wrong      string    // why it is not well; empty when it is
	Called     bool      // it is called, and Calls says how that went
	Calls      health.Calls
}

// Doors are those that the configuration has. A section that cannot be read is left out: its process refuses to start, and says why.
func Doors(ctx context.Context, rdb redis.UniversalClient, file *config.File, now time.Time) ([]Door, error) {
	list, err := gerrits(ctx, rdb, file, now)
	if err != nil {
		return nil, err
	}
	telnets, err := telnets(ctx, rdb, file)
	if err != nil {
		return nil, err
	}
	list = append(list, telnets...)
	callers, err := callers(ctx, rdb, file, now)
	if err != nil {
		return nil, err
	}
	list = append(list, callers...)
	section, err := irc.Read(file)
	if err != nil || section == nil {
		return list, nil //nolint:nilerr // left out
	}
	for _, network := range section.Networks {
		state := irc.NewState(rdb, network.Name)
		up, err := state.Up(ctx)
		if err != nil {
			return nil, err
		}
		heard, err := state.LastHeard(ctx)
		if err != nil {
			return nil, err
		}
		d := Door{Kind: "irc", Name: network.Name, Up: up, Heard: heard}
		if !up {
			d.Wrong = "it is not connected; does the process irc-gateway run?"
		}
		list = append(list, d)
	}
	return list, nil
}

// telnets is the way in that stays when chat is down, where it is set up.
func telnets(ctx context.Context, rdb redis.UniversalClient, file *config.File) ([]Door, error) {
	if _, there := file.Sections["telnet"]; !there {
		return nil, nil
	}
	sign, err := health.LastSign(ctx, rdb, "telnet-gateway")
	if err != nil {
		return nil, err
	}
	d := Door{Kind: "telnet", Up: !sign.At.IsZero(), Since: sign.Since, Heard: sign.At}
	if !d.Up {
		d.Wrong = "the process telnet-gateway gives no sign of life; does it run?"
	}
	return []Door{d}, nil
}

// callers are those who call us and whom we call, where they are set up.
func callers(ctx context.Context, rdb redis.UniversalClient, file *config.File, now time.Time) (list []Door, err error) {
	for _, name := range []string{slack.Door, github.Door} {
		if _, there := file.Sections[name]; !there {
			continue
		}
		d := Door{Kind: name, Called: true}
		if d.Calls, err = health.ReadCalls(ctx, rdb, name); err != nil {
			return nil, err
		}
		last, err := inbox.Recent(ctx, rdb, name, 1) // the function has the door's name
		if err != nil {
			return nil, err
		}
		if len(last) > 0 {
			d.Heard = last[0].Received
		}
		if d.Up = d.Calls.Well(now); !d.Up {
			d.Wrong = d.Calls.Why
		}
		list = append(list, d)
	}
	return list, nil
}

func gerrits(ctx context.Context, rdb redis.UniversalClient, file *config.File, now time.Time) (list []Door, err error) {
	section, err := gerrit.Read(file)
	if err != nil || section == nil {
		return nil, nil //nolint:nilerr // left out
	}
	for _, server := range section.Servers {
		if server.SSH == "" {
			continue
		}
		l, err := gerrit.ReadListening(ctx, rdb, server.Name)
		if err != nil {
			return nil, err
		}
		d := Door{Kind: "gerrit", Name: server.Name, Since: l.Connected, Heard: l.Heard, Wrong: l.Wrong}
		far := func(t time.Time) bool { return now.Sub(t).Abs() > silence } // also ahead: the clock was set back, and nothing came since
		lost := far(l.Heard) && far(l.Connected)
		switch {
		case l.Connected.IsZero() && l.Wrong == "":
			d.Wrong = "nobody has listened to it yet; does the process gerrit-listener run?"
		case !l.Connected.IsZero() && lost:
			d.Wrong = "the process gerrit-listener gives no sign of life; does it run?"
		}
		d.Up = !l.Connected.IsZero() && !lost
		list = append(list, d)
	}
	return list, nil
}
