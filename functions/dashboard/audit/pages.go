package audit

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/dashboard/site"
	"github.com/handsoff/handsoff/shared/audit"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/function"
)

//go:embed template
var files embed.FS

// Section is what this page is called in the navigation. It is never public.
const Section = "audit"

const (
	// verify is the command that goes through the whole trail.
	verify = "audit verify"
	// shown is how many entries a page lists.
	shown = 50
)

type pages struct {
	*function.Platform

	site *site.Site
}

// Add puts the page on a site.
func Add(s *site.Site, p *function.Platform) {
	at := &pages{p, s}
	s.Page("GET /audit", site.Page{Title: "Audit", Section: Section, Role: config.Admin, Files: files, Serve: at.list})
	s.Handle("GET /audit/trail.jsonl", http.HandlerFunc(at.download))
	s.Act("POST /audit/verify", func(r *site.Request) (command.Envelope, string, error) {
		args := map[string]any{}
		if head := strings.TrimSpace(r.PostFormValue("head")); head != "" {
			if _, err := audit.ParseHead(head); err != nil {
				return command.Envelope{}, "audit", &command.Mistake{Text: err.Error(), Problem: command.Problem{Code: command.CodeUsage}}
			}
			args["head"] = head
		}
		return command.Envelope{Command: verify, Args: args}, "audit", nil
	})
}

// filter is which entries are listed, as the address says it.
type filter struct {
	site.Period

	Who, Act, Job, Text string
	Before              string // where to go on
}

func filterOf(query url.Values, now time.Time) filter {
	field := func(name string) string { return site.Field(query, name) }
	return filter{
		Period: site.PeriodOf(query, now),
		Who:    field("who"), Act: field("act"), Job: field("job"), Text: field("text"), Before: field("before"),
	}
}

// Any reports whether anything is filtered by.
func (f *filter) Any() bool { return f.Who+f.Act+f.Job+f.Text+f.Since+f.Until != "" }

// Behind is the address of what follows an entry, or of the newest ones.
func (f *filter) Behind(id string) string {
	return site.Link("audit", map[string]string{
		"who": f.Who, "act": f.Act, "job": f.Job, "text": f.Text, "since": f.Since, "until": f.Until, "before": id,
	})
}

func (f *filter) query() audit.Query {
	q := audit.Query{Act: f.Act, Job: f.Job, Text: f.Text, Since: f.From, Before: f.Before, Limit: shown}
	if !f.To.IsZero() {
		q.Until = f.To.Add(time.Millisecond) // which is the first that is not meant
	}
	if f.Who != "" {
		q.Who = []string{f.Who}
	}
	return q
}

// listing is what the page shows.
type listing struct {
	Filter          filter
	Entries         []audit.Entry
	Next            string // where to go on
	Count, Unsealed int64
	Head            string
	MayVerify       bool
}

func (p *pages) list(ctx context.Context, r *site.Request) (site.View, error) {
	now, err := p.Jobs.Now(ctx)
	if err != nil {
		return site.View{}, err
	}
	l := &listing{Filter: filterOf(r.URL.Query(), now), MayVerify: p.site.MayGive(ctx, r.Viewer, verify)[verify]}
	q := l.Filter.query()
	found, next, err := audit.Search(ctx, p.Redis, q)
	if err != nil && q.Before != "" { // what was typed is no entry's id
		l.Filter.Wrong = append(l.Filter.Wrong, "There is no such place in the trail; these are the newest entries.")
		q.Before, l.Filter.Before = "", ""
		found, next, err = audit.Search(ctx, p.Redis, q)
	}
	if err != nil {
		return site.View{}, err
	}
	l.Entries = found
	if next != "" {
		l.Next = l.Filter.Behind(next)
	}
	head, err := audit.Newest(ctx, p.Redis)
	if err != nil {
		return site.View{}, err
	}
	l.Head = head.String()
	entries, links, err := audit.Lengths(ctx, p.Redis)
	if err != nil {
		return site.View{}, err
	}
	l.Count, l.Unsealed = entries, max(entries-links, 0)
	return site.View{Template: "audit", Data: l}, nil
}

// download sends the whole trail.
func (p *pages) download(w http.ResponseWriter, r *http.Request) {
	if _, ok := p.site.Admit(w, r, Section, config.Admin); !ok {
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/jsonl; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="trail.jsonl"`)
	h.Set("Cache-Control", "no-store")
	if err := audit.Export(r.Context(), p.Redis, w); err != nil {
		p.Log.ErrorContext(r.Context(), "send the audit trail", "error", err)
		panic(http.ErrAbortHandler) // what was sent is not all, and must not look so
	}
}
