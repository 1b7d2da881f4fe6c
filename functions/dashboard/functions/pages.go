package functions

import (
	"context"
	"embed"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/handsoff/handsoff/functions/dashboard/site"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/function"
)

//go:embed template
var files embed.FS

// Section is what this page is called in the configuration's public and in the navigation.
const Section = "functions"

const (
	// patience is how long the gateway may take to list its functions.
	patience = 3 * time.Second
	// shown is how many functions a page lists, and shownCommands how many commands of one.
	shown, shownCommands = 100, 200
)

type pages struct{ *function.Platform }

// Add puts the page on a site.
func Add(s *site.Site, p *function.Platform) {
	at := &pages{p}
	s.Page("GET /functions", site.Page{Title: "Functions", Section: Section, Role: config.Viewer, Files: files, Serve: at.list})
}

// row is a function with what it brings.
type row struct {
	Name            string
	Deployed        bool
	Ready, Replicas uint64
	Image           string
	Commands        []brought
	More            int
	Missing         []string // the sections of the configuration that its commands need and that are not there
	Faults          []string
}

// brought is a command as it is listed.
type brought struct {
	*command.Declared

	Missing []string
}

// Healthy reports whether at least one replica is ready. One that was scaled to zero comes back when it is needed.
func (r *row) Healthy() bool { return r.Ready > 0 || r.Replicas == 0 }

// Tone and Word say how it stands.
func (r *row) Tone() string {
	switch {
	case !r.Deployed:
		return "unknown"
	case r.Replicas == 0:
		return "cancelled"
	case r.Healthy():
		return "ok"
	}
	return "bad"
}

// Word is how it stands.
func (r *row) Word() string {
	switch {
	case !r.Deployed:
		return "not known"
	case r.Replicas == 0:
		return "asleep"
	case r.Healthy():
		return "ready"
	}
	return "not ready"
}

// listing is what the page shows.
type listing struct {
	Rows    []*row
	More    int
	Unknown string // why it is not known what is deployed; empty when it is
	NoList  bool   // the commands are not known
}

func (p *pages) list(ctx context.Context, _ *site.Request) (site.View, error) {
	l := &listing{}
	rows := make(map[string]*row)
	p.deployed(ctx, l, rows)
	p.declared(ctx, l, rows)
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		if len(l.Rows) == shown {
			l.More++
			continue
		}
		l.Rows = append(l.Rows, rows[name])
	}
	return site.View{Template: "functions", Data: l}, nil
}

func at(rows map[string]*row, name string) *row {
	if rows[name] == nil {
		rows[name] = &row{Name: name}
	}
	return rows[name]
}

// deployed asks the gateway.
func (p *pages) deployed(ctx context.Context, l *listing, rows map[string]*row) {
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	list, err := p.Gateway.Functions(limited)
	switch {
	case errors.Is(err, function.ErrNoSecret):
		l.Unknown = "What is deployed is not known: this function was not given the secrets basic-auth-user and basic-auth-password."
	case err != nil:
		p.Log.WarnContext(ctx, "list the functions", "error", err)
		l.Unknown = "What is deployed is not known just now: the gateway does not tell. The details are in the log of the function dashboard."
	}
	for _, f := range list {
		r := at(rows, f.Name)
		r.Deployed, r.Ready, r.Replicas, r.Image = true, f.AvailableReplicas, f.Replicas, f.Image
	}
}

// declared adds the commands of the catalogue.
func (p *pages) declared(ctx context.Context, l *listing, rows map[string]*row) {
	catalogue := command.Known(ctx, p.Redis, p.Log)
	if catalogue == nil {
		l.NoList = true
		return
	}
	for _, d := range catalogue.Commands() {
		r := at(rows, d.Function)
		b := brought{Declared: d, Missing: p.missing(d.Needs)}
		for _, section := range b.Missing {
			if !slices.Contains(r.Missing, section) {
				r.Missing = append(r.Missing, section)
			}
		}
		if len(r.Commands) == shownCommands {
			r.More++
			continue
		}
		r.Commands = append(r.Commands, b)
	}
	for _, fault := range catalogue.Faults() {
		r := at(rows, fault.Function)
		r.Faults = append(r.Faults, fault.Text)
	}
}

// missing are those sections that the configuration does not have.
func (p *pages) missing(needs []string) []string {
	var list []string
	for _, section := range needs {
		if _, is := p.Config.Sections[section]; !is {
			list = append(list, section)
		}
	}
	return list
}
