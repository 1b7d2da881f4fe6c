package events

import (
	"context"
	"embed"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/dashboard/rules"
	"github.com/handsoff/handsoff/functions/dashboard/site"
	"github.com/handsoff/handsoff/functions/dashboard/vitals"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/gap"
	"github.com/handsoff/handsoff/shared/inbox"
	"github.com/handsoff/handsoff/shared/ruling"
)

//go:embed template
var files embed.FS

// Section is what these pages are called in the configuration's public and in the navigation.
const Section = "events"

// The commands that a page stands for.
const (
	revive  = "events revive"
	dead    = "events dead"
	replay  = "events replay"
	arrived = "events deliveries"
)

const (
	// shown, shownArrived, shownDead and shownGaps bound what a page lists.
	shown, shownArrived, shownDead, shownGaps = 50, 20, 20, 20
)

type pages struct {
	*function.Platform

	site *site.Site
}

// Add puts the pages on a site.
func Add(s *site.Site, p *function.Platform) {
	at := &pages{p, s}
	s.Page("GET /events", site.Page{Title: "Events", Section: Section, Role: config.Viewer, Files: files, Serve: at.list, Tag: s.Seldom})
	s.Page("GET /events/one", site.Page{Title: "Event", Section: Section, Role: config.Viewer, Files: files, Serve: at.show})
	s.Act("POST /events/revive", func(r *site.Request) (command.Envelope, string, error) {
		return command.Envelope{Command: revive, Args: map[string]any{"what": site.Field(r.PostForm, "what")}}, "events", nil
	})
	s.Act("POST /events/replay", func(r *site.Request) (command.Envelope, string, error) {
		id := site.Field(r.PostForm, "id")
		return command.Envelope{Command: replay, Args: map[string]any{"id": id}}, "events/one?id=" + url.QueryEscape(id), nil
	})
}

// filter is which deliveries and decisions are listed, as the address says it.
type filter struct{ Source, Topic, Rule, Subject string }

func filterOf(query url.Values) filter {
	field := func(name string) string { return site.Field(query, name) }
	return filter{field("source"), field("topic"), field("rule"), field("subject")}
}

// Query is the filter as an address has it, with another source.
func (f filter) Query(source string) string {
	return site.Link("", map[string]string{"source": source, "topic": f.Topic, "rule": f.Rule, "subject": f.Subject})
}

// Any reports whether decisions are filtered by anything.
func (f filter) Any() bool { return f.Topic != "" || f.Rule != "" || f.Subject != "" }

func (f filter) wants(d *ruling.Decision) bool {
	return (f.Topic == "" || like(f.Topic, d.Topic)) && (f.Rule == "" || f.Rule == d.Rule) &&
		(f.Subject == "" || strings.Contains(strings.ToLower(d.Subject), strings.ToLower(f.Subject)))
}

// like reports whether a topic is meant by what was typed: a glob, or what it begins with.
func like(typed, topic string) bool {
	matched, err := path.Match(typed, topic)
	return err == nil && matched || topic == typed || strings.HasPrefix(topic, typed+".")
}

// listing is what the page shows.
type listing struct {
	Filter      filter
	Arrived     []arrival
	MoreArrived bool
	MayList     bool // what was received is for those who may list it
	Sources     []source
	Decisions   []rules.Decision
	More        bool
	Boxes       []vitals.Inbox
	Dead        []inbox.GivenUp
	MoreDead    bool
	MayDead     bool // what was given up is for those who may list it
	MayRevive   bool
	Gaps        []gap.Gap
	MoreGaps    bool
}

// DeadIn lists the functions that have given something up.
func (l *listing) DeadIn() []vitals.Inbox {
	return slices.DeleteFunc(slices.Clone(l.Boxes), func(b vitals.Inbox) bool { return b.Dead == 0 })
}

func (p *pages) list(ctx context.Context, r *site.Request) (site.View, error) {
	may := p.site.MayGive(ctx, r.Viewer, revive, dead, arrived)
	l := &listing{Filter: filterOf(r.URL.Query()), MayRevive: may[revive], MayDead: may[dead], MayList: may[arrived], Sources: sources}
	for _, read := range []func(context.Context, *listing) error{p.arrived, p.decided, p.boxes, p.givenUp, p.gaps} {
		if err := read(ctx, l); err != nil {
			return site.View{}, err
		}
	}
	return site.View{Template: "events", Data: l, Live: true, Parts: []string{"events-boxes", "events-arrived", "events-decisions", "events-gaps"}}, nil
}

func (p *pages) decided(ctx context.Context, l *listing) error {
	made, err := ruling.Decisions(ctx, p.Redis, shown+1, l.Filter.wants)
	if err != nil {
		return err
	}
	l.More = len(made) > shown
	l.Decisions = rules.Decisions(made[:min(shown, len(made))])
	return nil
}

func (p *pages) boxes(ctx context.Context, l *listing) (err error) {
	l.Boxes, err = vitals.Inboxes(ctx, p.Redis)
	return err
}

func (p *pages) givenUp(ctx context.Context, l *listing) error {
	if !l.MayDead {
		return nil
	}
	list, err := inbox.ListDead(ctx, p.Redis, "", shownDead+1)
	if err != nil {
		return err
	}
	l.Dead, l.MoreDead = list[:min(shownDead, len(list))], len(list) > shownDead
	return nil
}

func (p *pages) gaps(ctx context.Context, l *listing) error {
	list, err := gap.List(ctx, p.Redis, "", shownGaps+1)
	if err != nil {
		return err
	}
	l.Gaps, l.MoreGaps = list[:min(shownGaps, len(list))], len(list) > shownGaps
	return nil
}
