package rules

import (
	"context"
	"embed"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/dashboard/site"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/rule"
	"github.com/handsoff/handsoff/shared/ruling"
)

//go:embed template
var files embed.FS

// Section is what these pages are called in the configuration's public and in the navigation.
const Section = "rules"

// The commands that the buttons give.
const (
	pause  = "rules pause"
	resume = "rules resume"
	test   = "rules test"
)

const (
	// shown is how many rules a page lists, and lately how many decisions of one.
	shown, lately = 300, 20
	// reasonCells bounds what a person gives as reason, topicBytes a topic, eventBytes an event's id or payload.
	reasonCells, topicBytes, eventBytes = 200, 256, 64 << 10
)

type pages struct {
	*function.Platform

	site   *site.Site
	set    *rule.Set
	faults []config.Fault
}

// Add puts the pages on a site.
func Add(s *site.Site, p *function.Platform) {
	at := &pages{Platform: p, site: s}
	at.set, at.faults = rule.Read(p.Config)
	s.Page("GET /rules", site.Page{Title: "Rules", Section: Section, Role: config.Viewer, Files: files, Serve: at.list})
	s.Page("GET /rules/{name}", site.Page{Title: "Rule", Section: Section, Role: config.Viewer, Files: files, Serve: at.show, Tag: s.Seldom})
	for path, words := range map[string]string{"pause": pause, "resume": resume, "test": test} {
		s.Act("POST /rules/{name}/"+path, func(r *site.Request) (command.Envelope, string, error) {
			e, err := about(words, r)
			return e, "rules/" + r.PathValue("name"), err
		})
	}
}

// about makes the envelope of a command about a rule.
func about(words string, r *site.Request) (command.Envelope, error) {
	args := map[string]any{"rule": r.PathValue("name")}
	switch words {
	case pause:
		if reason := chat.Brief(r.PostFormValue("reason"), reasonCells); reason != "" {
			args["reason"] = reason
		}
	case test:
		event, topic := strings.TrimSpace(r.PostFormValue("event")), strings.TrimSpace(r.PostFormValue("topic"))
		if event == "" || len(event) > eventBytes || len(topic) > topicBytes {
			return command.Envelope{}, &command.Mistake{
				Text: "Say which event: the id of one that was, or a payload as JSON, of at most 64 KiB.", Problem: command.Problem{Code: command.CodeUsage},
			}
		}
		args["event"] = event
		if topic != "" {
			args["topic"] = topic
		}
	}
	return command.Envelope{Command: words, Args: args}, nil
}

// standing is a rule with how it stands.
type standing struct {
	*rule.Rule

	Paused *ruling.Pause
	Tally  string
	Last   time.Time
}

// listing is what the list shows.
type listing struct {
	Rows   []standing
	More   int
	Faults []config.Fault
}

func (p *pages) list(ctx context.Context, _ *site.Request) (site.View, error) {
	all := p.set.Rules()
	list := all[:min(len(all), shown)]
	rows, err := p.standings(ctx, list...)
	if err != nil {
		return site.View{}, err
	}
	l := listing{Rows: rows, More: len(all) - len(list), Faults: p.faults}
	return site.View{Template: "rules", Data: l, Live: true, Parts: []string{"rules-table"}}, nil
}

// standings reads how rules stand.
func (p *pages) standings(ctx context.Context, list ...*rule.Rule) ([]standing, error) {
	pauses, err := ruling.Pauses(ctx, p.Redis)
	if err != nil {
		return nil, err
	}
	tallies, err := ruling.Tallies(ctx, p.Redis)
	if err != nil {
		return nil, err
	}
	rows := make([]standing, len(list))
	for i, r := range list {
		t := tallies[r.Name]
		rows[i] = standing{Rule: r, Tally: times(t.N), Last: t.Last}
		if pause, is := pauses[r.Name]; is {
			rows[i].Paused = &pause
		}
	}
	return rows, nil
}

// page is what the page of one rule shows.
type page struct {
	standing

	Text      string // as it is written, with secrets masked
	Faults    []config.Fault
	Decisions []Decision
	Role      string // what it needs for that, and whether it has it
	Event     string // the event that the form begins with
	May       map[string]bool
}

// CanPause, CanResume and CanTest say which buttons are there.
func (p page) CanPause() bool  { return p.May[pause] && p.Paused == nil }
func (p page) CanResume() bool { return p.May[resume] && p.Paused != nil }
func (p page) CanTest() bool   { return p.May[test] }

func (p *pages) show(ctx context.Context, r *site.Request) (site.View, error) {
	name := r.PathValue("name")
	found := p.set.Rule(name)
	if found == nil {
		return site.Missing(p.missing(name)), nil
	}
	rows, err := p.standings(ctx, found)
	if err != nil {
		return site.View{}, err
	}
	at := page{standing: rows[0], Text: found.Shown(command.Known(ctx, p.Redis, p.Log)), May: p.site.MayGive(ctx, r.Viewer, pause, resume, test)}
	made, err := ruling.Decisions(ctx, p.Redis, lately, func(d *ruling.Decision) bool { return d.Rule == name })
	if err != nil {
		return site.View{}, err
	}
	at.Decisions = Decisions(made)
	if at.Event = r.URL.Query().Get("event"); at.Event == "" && len(at.Decisions) > 0 {
		at.Event = at.Decisions[0].Event
	}
	at.Event = chat.Brief(at.Event, topicBytes)
	for _, fault := range p.faults {
		if fault.Name == name {
			at.Faults = append(at.Faults, fault)
		}
	}
	at.Role = p.needs(ctx, found)
	return site.View{Template: "rule", Data: at, Title: name, Live: true, Parts: []string{"rule-state", "rule-decisions"}}, nil
}

// missing says why there is no such rule.
func (p *pages) missing(name string) string {
	for _, fault := range p.faults {
		if fault.Name == name && !fault.Warning {
			return "This rule is mistaken, and left out: " + fault.String() + "."
		}
	}
	return "There is no such rule."
}
