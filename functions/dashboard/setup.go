package main

import (
	"context"
	"net/http"
	"time"

	"github.com/handsoff/handsoff/functions/dashboard/audit"
	"github.com/handsoff/handsoff/functions/dashboard/events"
	"github.com/handsoff/handsoff/functions/dashboard/exposition"
	"github.com/handsoff/handsoff/functions/dashboard/functions"
	"github.com/handsoff/handsoff/functions/dashboard/jobs"
	"github.com/handsoff/handsoff/functions/dashboard/rules"
	"github.com/handsoff/handsoff/functions/dashboard/schedules"
	"github.com/handsoff/handsoff/functions/dashboard/session"
	"github.com/handsoff/handsoff/functions/dashboard/site"
	"github.com/handsoff/handsoff/functions/dashboard/statistics"
	"github.com/handsoff/handsoff/functions/dashboard/system"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/dashboard"
	"github.com/handsoff/handsoff/shared/function"
)

// patience is how long the function command, or a provider of logins, may take to answer.
const patience = 10 * time.Second

// setUp makes the function's parts.
func setUp(_ context.Context, p *function.Platform) (*function.Parts, error) {
	settings, err := dashboard.Read(p.Config)
	if err != nil {
		return nil, err
	}
	who, err := newGroups(p, settings)
	if err != nil {
		return nil, err
	}
	sessions := session.New(session.Settings{
		URL: settings.URL, Config: p.Config, Redis: p.Redis, Log: p.Log, Audit: p.Jobs.Audit, AuditStranger: p.Jobs.AuditStranger, Count: p.Jobs.Count,
		Providers: providers(p, settings, who), Groups: who.of,
	})
	s := site.New(site.Settings{
		Bot: p.Config.Bot.Name, URL: settings.URL, Public: settings.Public, Log: p.Log, Redis: p.Redis, Sessions: sessions, Audit: p.Jobs.AuditRefusal,
		Command: command.NewClient(p.GatewayURL, p.Keys, &http.Client{Timeout: patience}),
	})
	sessions.Add(s)
	jobs.Add(s, jobs.Settings{Jobs: p.Jobs, Redis: p.Redis, Config: p.Config})
	for _, add := range []func(*site.Site, *function.Platform){
		schedules.Add, rules.Add, events.Add, statistics.Add, functions.Add, system.Add, audit.Add,
	} {
		add(s, p)
	}
	s.Handle("GET /metrics", exposition.New(p))
	desk := &desk{sessions: sessions, url: settings.URL, log: p.Log}
	return &function.Parts{
		Calls: desk.calls(), Routes: s.Routes(),
		Stop: func(context.Context) error {
			s.Close()
			return nil
		},
	}, nil
}

// providers are the logins that are set up.
func providers(p *function.Platform, s *dashboard.Section, who *groups) []session.Provider {
	var list []session.Provider
	client := &http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	secret := func(name string) func() (string, error) {
		return func() (string, error) {
			text, err := p.Secret(name)
			return string(text), err
		}
	}
	switch {
	case s.Slack == nil:
	case who.app == nil:
		p.Log.Error("nobody can log in with Slack: whether somebody is a member or a guest is asked for with the bot's token, and there is none", "secret", tokenSecret)
	default:
		list = append(list, &session.Slack{
			URL: s.Slack.URL, API: s.Slack.API, ClientID: s.Slack.ClientID, Team: s.Slack.Team, Secret: secret(s.Slack.ClientSecret),
			Stands: who.stands, Client: client, Now: time.Now,
		})
	}
	if s.GitHub != nil {
		list = append(list, &session.GitHub{
			URL: s.GitHub.URL, API: s.GitHub.API, ClientID: s.GitHub.ClientID, Secret: secret(s.GitHub.ClientSecret), Client: client,
		})
	}
	return list
}
