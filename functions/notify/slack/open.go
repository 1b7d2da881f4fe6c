package slack

import (
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/functions/notify/door"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/slack"
)

// tokenSecret is the secret file with the bot's token.
const tokenSecret = "slack-token"

// Open makes Slack's door. It gives door.ErrNotSetUp where the configuration has no section for it.
func Open(p *function.Platform) (door.Door, error) {
	section, err := slack.Read(p.Config)
	if err != nil {
		return door.Door{}, err
	}
	if section == nil {
		return door.Door{}, door.ErrNotSetUp
	}
	token, err := p.Secret(tokenSecret)
	if err != nil {
		return door.Door{}, fmt.Errorf("the configuration has a section slack, and its token is missing: %w", err)
	}
	app, err := slack.New(section, strings.TrimSpace(string(token)), slack.Options{Redis: p.Redis, Timeout: call})
	if err != nil {
		return door.Door{}, err
	}
	address, err := p.Config.DashboardURL()
	if err != nil {
		return door.Door{}, err
	}
	return door.Door{Apart: true, Renderer: &Door{
		app: app, jobs: p.Jobs, rdb: p.Redis, log: p.Log.With("door", "slack"), bot: p.Config.Bot.Name,
		dashboard: address, endAfter: section.EndAfter, keep: p.Config.Jobs.KeepFor,
	}}, nil
}
