package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/slack"
)

// tokenSecret is the secret file with the bot's token.
const tokenSecret = "slack-token"

// errNoSlack says that Slack is not set up.
var errNoSlack = errors.New("notify: Slack is not set up")

// openSlack makes Slack's door. It gives errNoSlack where the configuration has no section for it.
func openSlack(p *function.Platform) (*slackDoor, error) {
	section, err := slack.Read(p.Config)
	if err != nil {
		return nil, err
	}
	if section == nil {
		return nil, errNoSlack
	}
	token, err := p.Secret(tokenSecret)
	if err != nil {
		return nil, fmt.Errorf("the configuration has a section slack, and its token is missing: %w", err)
	}
	app, err := slack.New(section, strings.TrimSpace(string(token)), slack.Options{Redis: p.Redis, Timeout: slackCall})
	if err != nil {
		return nil, err
	}
	address, err := p.Config.DashboardURL()
	if err != nil {
		return nil, err
	}
	return &slackDoor{
		app: app, jobs: p.Jobs, rdb: p.Redis, log: p.Log.With("door", "slack"), bot: p.Config.Bot.Name,
		dashboard: address, endAfter: section.EndAfter, keep: p.Config.Jobs.KeepFor,
	}, nil
}
