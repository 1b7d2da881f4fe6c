package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/dashboard/session"
	"github.com/handsoff/handsoff/shared/dashboard"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/slack"
)

const (
	slackPrincipal = "slack:"
	tokenSecret    = "slack-token"
	// later is how long Slack is not asked again when it did not answer: each page would wait for it.
	later = 30 * time.Second
)

// triedKey is a string: it is there for a while after Slack did not answer; of nobody, when it answers nothing at all.
func triedKey(principal string) string { return job.Prefix + "dashboard:tried:" + principal }

// groups asks Slack whether somebody is still who they were and, where roles name user groups, in which of them.
type groups struct {
	named  []string   // the ids that roles name
	team   string     // whose people may log in with Slack; empty when nobody may
	app    *slack.App // nil where we have no token
	memory *slack.Memory
	redis  redis.UniversalClient
	log    *slog.Logger
}

func newGroups(p *function.Platform, settings *dashboard.Section) (*groups, error) {
	g := &groups{named: slack.GroupsOf(p.Config), memory: slack.NewMemory(p.Redis, p.Log), redis: p.Redis, log: p.Log}
	if settings.Slack != nil {
		g.team = settings.Slack.Team
	}
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

// of lists the groups of a principal that roles may name; nothing for one of whom we cannot ask. The error is [session.ErrGone] for
// one who is not listened to any more, or goes by another name, and [session.ErrLater] for one of whom Slack said nothing just now.
func (g *groups) of(ctx context.Context, principal string) ([]string, error) {
	if g.app == nil || slackUser(principal) == "" {
		return nil, nil
	}
	tried, err := g.redis.Exists(ctx, triedKey(""), triedKey(principal)).Result()
	if err != nil {
		return nil, fmt.Errorf("dashboard: look whether Slack answers: %w", err)
	}
	if tried > 0 {
		return nil, session.ErrLater
	}
	list, err := g.ask(ctx, principal)
	if err != nil && ctx.Err() == nil && !errors.Is(err, session.ErrGone) { // who left in the middle says nothing about Slack
		g.failed(ctx, principal, err)
	}
	return list, err
}

// failed notes that there was no answer: of anybody where Slack is away, else of this one.
func (g *groups) failed(ctx context.Context, principal string, err error) {
	if kind := slack.KindOf(err); kind == slack.Down || kind == slack.RateLimited {
		principal = ""
	}
	if err := g.redis.Set(context.WithoutCancel(ctx), triedKey(principal), "1", later).Err(); err != nil {
		g.log.WarnContext(ctx, "that Slack did not answer is not noted", "error", err)
	}
}

func (g *groups) ask(ctx context.Context, principal string) ([]string, error) {
	if err := g.stands(ctx, principal); err != nil {
		return nil, err
	}
	user, isMember := strings.CutPrefix(principal, slackPrincipal)
	if !isMember {
		return nil, nil
	}
	return g.app.MemberOf(ctx, g.memory, g.named, user)
}
