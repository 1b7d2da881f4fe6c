package main

import (
	"context"
	"net/http"
	"time"

	"github.com/handsoff/handsoff/functions/ptg/example"
	"github.com/handsoff/handsoff/functions/ptg/exchange"
	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/functions/ptg/page"
	"github.com/handsoff/handsoff/functions/ptg/talk"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/irc"
	"github.com/handsoff/handsoff/shared/job"
)

// patience is how long the function command may take to answer us: less than it waits for our own answer.
const patience = 8 * time.Second

// desk is the function.
type desk struct {
	*function.Platform

	store *gathering.Store
	talk  *talk.Talk
}

// setUp makes the function's parts. Without the section ptg nobody may say anything, as the function command tells them; the pages
// show what there is.
func setUp(ctx context.Context, p *function.Platform) (*function.Parts, error) {
	settings, there, err := readSettings(p.Config)
	if err != nil {
		return nil, err
	}
	if !there {
		p.Log.WarnContext(ctx, "gatherings are not set up: the configuration has no section ptg")
	}
	chats, err := irc.Read(p.Config)
	if err != nil {
		return nil, err
	}
	store := gathering.NewStore(p.Redis)
	if settings.Example {
		exemplify(ctx, p, store)
	}
	d := newDesk(p, store, settings, chats)
	pages := page.New(store, page.Settings{URL: settings.URL, Log: p.Log})
	routes := pages.Routes()
	routes["GET /export/{token}"] = http.HandlerFunc(d.exported)
	return &function.Parts{
		Calls: d.calls(), Steps: map[string]job.Stepper{talk.ApplyCommand: d}, Routes: routes,
		Stop: func(context.Context) error {
			pages.Close()
			return nil
		},
	}, nil
}

// exemplify brings the example, once. Without it nothing is missing but something to look at.
func exemplify(ctx context.Context, p *function.Platform, store *gathering.Store) {
	made, err := example.Found(ctx, store)
	if err != nil {
		p.Log.WarnContext(ctx, "there is no example to look at", "error", err)
	}
	if made {
		p.Log.InfoContext(ctx, "there is an example to look at", "event", example.ID)
	}
}

func newDesk(p *function.Platform, store *gathering.Store, settings *section, chats *irc.Section) *desk {
	w := &world{
		Platform: p,
		command:  command.NewClient(p.GatewayURL, p.Keys, &http.Client{Timeout: patience}),
		fetcher:  &exchange.Fetcher{Hosts: settings.Fetch, Private: settings.FetchPrivate},
	}
	if chats != nil {
		for _, network := range chats.Networks {
			w.networks = append(w.networks, network.Name)
		}
	}
	return &desk{Platform: p, store: store, talk: talk.New(store, w, settings.talk())}
}
