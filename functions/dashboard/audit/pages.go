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
	"github.com/handsoff/handsoff/shared/chat"
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
	// longest is how much of a field of the filter is looked at, in bytes.
	longest = 200
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
	Who, Act, Job, Text, Since, Until, Before string

	Wrong        []string
	since, until time.Time
}

func filterOf(query url.Values, now time.Time) filter {
	get := func(name string) string { return chat.Cut(strings.TrimSpace(query.Get(name)), longest) }
	f := filter{
		Who: get("who"), Act: get("act"), Job: get("job"), Text: get("text"), Since: get("since"), Until: get("until"), Before: get("before"),
	}
	f.since, f.until = f.moment(f.Since, now), f.moment(f.Until, now)
	return f
}

// moment reads a time: how long ago, or a day, or a day and a time, in UTC.
func (f *filter) moment(text string, now time.Time) time.Time {
	if text == "" {
		return time.Time{}
	}
	if d, err := command.ParseDuration(text); err == nil {
		return now.Add(-d)
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02 15:04", "2006-01-02T15:04", time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil {
			return at
		}
	}
	f.Wrong = append(f.Wrong, "I cannot read “"+text+"” as a time; write 2h, 7d, 2026-03-02 or 2026-03-02 14:30, in UTC.")
	return time.Time{}
}

// Any reports whether anything is filtered by.
func (f *filter) Any() bool { return f.Who+f.Act+f.Job+f.Text+f.Since+f.Until != "" }

// after is the address of what follows an entry.
func (f *filter) after(id string) string {
	query := url.Values{"before": {id}}
	for name, text := range map[string]string{"who": f.Who, "act": f.Act, "job": f.Job, "text": f.Text, "since": f.Since, "until": f.Until} {
		if text != "" {
			query.Set(name, text)
		}
	}
	return "audit?" + query.Encode()
}

func (f *filter) query() audit.Query {
	q := audit.Query{Act: f.Act, Job: f.Job, Text: f.Text, Since: f.since, Until: f.until, Before: f.Before, Limit: shown}
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
		l.Next = l.Filter.after(next)
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
	h.Set("Content-Disposition", `attachment; filename="audit.jsonl"`)
	h.Set("Cache-Control", "no-store")
	if err := audit.Export(r.Context(), p.Redis, w); err != nil {
		p.Log.ErrorContext(r.Context(), "send the audit trail", "error", err)
		panic(http.ErrAbortHandler) // what was sent is not all, and must not look so
	}
}
