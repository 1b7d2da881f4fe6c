package statistics

import (
	"cmp"
	"context"
	"embed"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/dashboard/site"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/function"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/metrics"
)

//go:embed template
var files embed.FS

// Section is what this page is called in the configuration's public and in the navigation.
const Section = "statistics"

// shown is how many commands a page lists.
const shown = 100

// ranges are the times that can be looked at, the usual one first.
var ranges = []span{
	{"24h", "Last 24 hours", 24, time.Hour, "15:04"},
	{"7d", "Last 7 days", 28, 6 * time.Hour, "Mon 15:04"},
	{"35d", "Last 5 weeks", 35, 24 * time.Hour, "2 Jan"},
}

// span is a time that can be looked at.
type span struct {
	Name, Title string
	steps       int
	step        time.Duration
	layout      string // of a step's name, in UTC
}

type pages struct{ *function.Platform }

// Add puts the page on a site.
func Add(s *site.Site, p *function.Platform) {
	at := &pages{p}
	s.Page("GET /statistics", site.Page{Title: "Statistics", Section: Section, Role: config.Viewer, Files: files, Serve: at.show})
}

// choice is something that can be looked at instead.
type choice struct {
	Title, Href string
	Here        bool
}

// row is a command in the table.
type row struct {
	Name, Href             string
	Runs                   int64
	Success, Median, Ninth string
	Doors                  string
}

// view is what the page shows.
type view struct {
	Range    span
	Ranges   []choice
	Command  string
	Commands []string // that can be chosen
	Unknown  bool     // nothing was counted of the command that was asked for
	Tiles    []tile
	Charts   []chart
	Rows     []row
	More     int
}

func (p *pages) show(ctx context.Context, r *site.Request) (site.View, error) {
	now, err := p.Jobs.Now(ctx)
	if err != nil {
		return site.View{}, err
	}
	v := &view{Range: rangeOf(r.URL.Query().Get("range")), Command: strings.ToValidUTF8(r.URL.Query().Get("command"), "\uFFFD")}
	end := now.UTC().Truncate(v.Range.step).Add(v.Range.step)
	from := end.Add(-time.Duration(v.Range.steps) * v.Range.step)
	points, err := metrics.Series(ctx, p.Redis, from, end, v.Range.step)
	if err != nil {
		return site.View{}, err
	}
	var sum metrics.Totals
	for i := range points {
		sum.Add(&points[i].Totals)
	}
	v.Commands = sum.Names()
	if v.Command != "" && !slices.Contains(v.Commands, v.Command) {
		v.Unknown = true
	}
	for _, s := range ranges {
		v.Ranges = append(v.Ranges, choice{s.Title, address(s.Name, v.Command), s.Name == v.Range.Name})
	}
	v.Tiles = tiles(&sum, v.Command)
	v.Charts = charts(points, v.Range, v.Command)
	v.list(&sum)
	return site.View{Template: "statistics", Data: v}, nil
}

func rangeOf(name string) span {
	for _, s := range ranges {
		if s.Name == name {
			return s
		}
	}
	return ranges[0]
}

// address is the page for a range and a command.
func address(name, command string) string {
	query := url.Values{"range": {name}}
	if command != "" {
		query.Set("command", command)
	}
	return "statistics?" + query.Encode()
}

// list makes the table of commands, those that ran most first.
func (v *view) list(sum *metrics.Totals) {
	for _, name := range v.Commands {
		c := sum.Commands[name]
		v.Rows = append(v.Rows, row{
			Name: name, Href: address(v.Range.Name, name), Runs: c.Runs(), Success: success(c),
			Median: lasted(&c.Took, median), Ninth: lasted(&c.Took, most), Doors: doors(c),
		})
	}
	slices.SortStableFunc(v.Rows, func(a, b row) int { return cmp.Compare(b.Runs, a.Runs) })
	if len(v.Rows) > shown {
		v.Rows, v.More = v.Rows[:shown], len(v.Rows)-shown
	}
}

// outcomes are how jobs end, in the order in which they are drawn.
var outcomes = []job.State{job.Succeeded, job.Failed, job.Unknown, job.Cancelled}
