package github

import (
	"errors"
	"strings"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/github"
)

// ErrNotSetUp says that GitHub is not set up.
var ErrNotSetUp = errors.New("notify: GitHub is not set up")

// Open makes GitHub's door. dashboard is the dashboard's address, empty for none. It gives ErrNotSetUp where the
// configuration has no section for it.
func Open(p *function.Platform, dashboard string) (*Door, error) {
	section, err := github.Read(p.Config)
	if err != nil {
		return nil, err
	}
	if section == nil {
		return nil, ErrNotSetUp
	}
	app, err := github.New(section, p.Secret, github.Options{Redis: p.Redis, Timeout: call})
	if err != nil {
		return nil, err
	}
	return &Door{
		app: app, jobs: p.Jobs, rdb: p.Redis, log: p.Log.With("door", "github"), bot: p.Config.Bot.Name,
		dashboard: strings.TrimSuffix(dashboard, "/"), alerts: door.Alerts{Jobs: p.Jobs, To: p.Config.Bot.Alerts},
	}, nil
}
