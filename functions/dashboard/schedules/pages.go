package schedules

import (
	"context"
	"embed"

	"github.com/handsoff/handsoff/functions/dashboard/site"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/schedule"
)

//go:embed template
var files embed.FS

// Section is what these pages are called in the configuration's public and in the navigation.
const Section = "schedules"

// The commands that the buttons give.
const (
	pause  = "schedules pause"
	resume = "schedules resume"
	run    = "schedules run"
)

// reasonCells bounds what a person gives as reason.
const reasonCells = 200

type pages struct {
	*function.Platform

	site *site.Site
	set  *schedule.Set
}

// Add puts the pages on a site.
func Add(s *site.Site, p *function.Platform) {
	at := &pages{Platform: p, site: s, set: schedule.Read(p.Config)}
	s.Page("GET /schedules", site.Page{Title: "Schedules", Section: Section, Role: config.Viewer, Files: files, Serve: at.list})
	s.Page("GET /schedules/{name}", site.Page{Title: "Schedule", Section: Section, Role: config.Viewer, Files: files, Serve: at.show})
	for path, words := range map[string]string{"pause": pause, "resume": resume, "run": run} {
		s.Act("POST /schedules/{name}/"+path, func(r *site.Request) (command.Envelope, string, error) {
			return about(words, r), "schedules/" + r.PathValue("name"), nil
		})
	}
}

// about makes the envelope of a command about a schedule.
func about(words string, r *site.Request) command.Envelope {
	args := map[string]any{"name": r.PathValue("name")}
	if reason := chat.Brief(r.PostFormValue("reason"), reasonCells); words == pause && reason != "" {
		args["reason"] = reason
	}
	if words == run && r.PostFormValue("anyway") != "" {
		args["anyway"] = true
	}
	return command.Envelope{Command: words, Args: args}
}

// shown is how many schedules a page lists.
const shown = 200

// listing is what the list shows.
type listing struct {
	Rows   []standing
	More   int
	Faults []config.Fault
}

func (p *pages) list(ctx context.Context, _ *site.Request) (site.View, error) {
	all := p.set.All()
	list := all[:min(len(all), shown)]
	rows, err := p.standings(ctx, list...)
	if err != nil {
		return site.View{}, err
	}
	l := listing{Rows: rows, More: len(all) - len(list), Faults: p.set.Faults()}
	return site.View{Template: "schedules", Data: l, Live: true, Parts: []string{"schedules-table"}}, nil
}

// page is what the page of one schedule shows.
type page struct {
	standing

	Args     []string
	Upcoming []string
	May      map[string]bool
}

// CanPause, CanResume and CanRun say which buttons are there.
func (p page) CanPause() bool  { return p.May[pause] && p.State.Paused == nil }
func (p page) CanResume() bool { return p.May[resume] && p.State.Paused != nil }
func (p page) CanRun() bool    { return p.May[run] }

func (p *pages) show(ctx context.Context, r *site.Request) (site.View, error) {
	name := r.PathValue("name")
	s := p.set.Find(name)
	if s == nil {
		return site.Missing(p.missing(name)), nil
	}
	rows, err := p.standings(ctx, s)
	if err != nil {
		return site.View{}, err
	}
	at := page{standing: rows[0], Args: command.Known(ctx, p.Redis, p.Log).Arguments(s.Run, s.Args), May: p.site.MayGive(ctx, r.Viewer, pause, resume, run)}
	at.Upcoming = upcoming(s, at.Next)
	return site.View{Template: "schedule", Data: at, Title: s.Name, Live: true, Parts: []string{"schedule-facts", "schedule-runs"}}, nil
}

// missing says why there is no such schedule.
func (p *pages) missing(name string) string {
	for _, fault := range p.set.Faults() {
		if fault.Name == name {
			return "This schedule is left out, " + fault.String() + "."
		}
	}
	return "There is no such schedule."
}
