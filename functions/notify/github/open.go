package github

import (
	"strings"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/github"
)

// Open makes GitHub's door. dashboard is the dashboard's address, empty for none. It gives door.ErrNotSetUp where the
// configuration has no section for it.
func Open(p *function.Platform, dashboard string) (door.Door, error) {
	section, err := github.Read(p.Config)
	if err != nil {
		return door.Door{}, err
	}
	if section == nil {
		return door.Door{}, door.ErrNotSetUp
	}
	app, err := github.New(section, p.Secret, github.Options{Redis: p.Redis, Timeout: call})
	if err != nil {
		return door.Door{}, err
	}
	return door.Door{Apart: true, Renderer: &Door{
		app: app, jobs: p.Jobs, rdb: p.Redis, log: p.Log.With("door", "github"), bot: p.Config.Bot.Name,
		dashboard: strings.TrimSuffix(dashboard, "/"), alerts: door.Alerts{Jobs: p.Jobs, To: p.Config.Bot.Alerts},
	}}, nil
}
