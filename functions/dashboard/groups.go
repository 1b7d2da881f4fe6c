package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/slack"
)

const (
	slackPrincipal = "slack:"
	slackGroup     = "slack-group:"
	tokenSecret    = "slack-token"
)

// groups asks Slack whether somebody is still who they were and, where roles name user groups, in which of them.
type groups struct {
	named []string   // the ids that roles name
	team  string     // whose people may log in with Slack; empty when nobody may
	app   *slack.App // nil where we have no token
}

func newGroups(p *function.Platform, team string) (*groups, error) {
	g := &groups{named: namedGroups(p.Config), team: team}
	token, err := p.Secret(tokenSecret)
	if errors.Is(err, function.ErrNoSecret) {
		return g, nil
	}
	if err != nil {
		return nil, err
	}
	at, err := slack.Read(p.Config)
	if err != nil || at == nil {
		return g, err
	}
	if g.app, err = slack.New(at, string(token), slack.Options{Redis: p.Redis}); err != nil {
		return nil, fmt.Errorf("secret %s: %w", tokenSecret, err)
	}
	return g, nil
}

func namedGroups(file *config.File) []string {
	var ids []string
	for _, members := range file.Roles {
		for _, member := range members {
			if id, is := strings.CutPrefix(member, slackGroup); is {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// of lists the groups of a principal that roles may name. known is false for one of whom we cannot ask: what their door said
// holds. The error is [session.ErrGone] for one who is not listened to any more, or goes by another name.
func (g *groups) of(ctx context.Context, principal string) (list []string, known bool, err error) {
	id := slackUser(principal)
	user, isMember := strings.CutPrefix(principal, slackPrincipal)
	if g.app != nil && id != "" {
		if err := g.stands(ctx, principal, id); err != nil {
			return nil, true, err
		}
	}
	if !isMember || g.app == nil || len(g.named) == 0 {
		return nil, isMember && len(g.named) == 0, nil
	}
	all, err := g.app.Client.GetUserGroupsContext(ctx, goslack.GetUserGroupsOptionIncludeUsers(true))
	if err != nil {
		return nil, true, slack.Classify("ask who is in which user group", err)
	}
	for _, group := range all {
		wanted := slices.Contains(g.named, group.ID) || slices.Contains(g.named, "*")
		if wanted && group.DateDelete == 0 && slices.Contains(group.Users, user) {
			list = append(list, slackGroup+group.ID)
		}
	}
	slices.Sort(list)
	return list, true, nil
}
