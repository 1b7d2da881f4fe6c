package jobs

import (
	"bufio"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/dashboard/site"
	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// logs is what logs are called in the configuration's public.
	logs = "logs"
	// shownLines is how many lines one page of a log has, searched how many one search looks through.
	shownLines = 1000
	searched   = 50_000
	// atOnce is how many lines are read at a time.
	atOnce = 1000
)

// mayLog reports whether a viewer may read what jobs write.
func (p *Pages) mayLog(v site.Viewer) bool { return p.site.Sees(v, logs, config.Viewer) }

// line is one of a log.
type line struct {
	ID   string
	At   time.Time
	HTML template.HTML
}

func lineOf(l job.Line) line { return line{l.ID, l.At, Colours(l.Text)} }

// tail reads the end of a job's log.
func (p *Pages) tail(ctx context.Context, s *sheet) error {
	last, err := p.store.Tail(ctx, s.ID, shownLog+1)
	if s.LogCut = len(last) > shownLog; s.LogCut {
		last = last[1:]
	}
	for _, l := range last {
		s.Log, s.After = append(s.Log, lineOf(l)), l.ID
	}
	return err
}

// logged is what the page of a whole log shows.
type logged struct {
	*job.Job

	What  string
	Query string
	Lines []line
	Next  string // where to go on
	Begun bool   // the page does not begin with the first line
	Looks int    // how many lines a search looked through
}

// log is the page of a whole log, from its beginning or from a line on, or of the lines that hold some words.
func (p *Pages) log(ctx context.Context, r *site.Request) (site.View, error) {
	if !p.mayLog(r.Viewer) {
		return site.Missing("What jobs write is not public: the role viewer reads it."), nil
	}
	j, missing, err := p.find(ctx, r.PathValue("id"))
	if err != nil || j == nil {
		return missing, err
	}
	query := r.URL.Query()
	l := &logged{Job: j, What: p.seesOf(r.Viewer, j).what(j), Query: site.Field(query, "q"), Begun: query.Get("after") != ""}
	after := query.Get("after")
	if !streamID(after) {
		after, l.Begun = "", false
	}
	word := strings.ToLower(l.Query)
	for {
		lines, err := p.store.Log(ctx, j.ID, after, atOnce)
		if err != nil {
			return site.View{}, err
		}
		for _, one := range lines {
			if len(l.Lines) == shownLines || l.Looks == searched {
				l.Next = "./log?" + url.Values{"q": {l.Query}, "after": {after}}.Encode()
				return site.View{Template: "log", Data: l, Title: "Log of " + j.ID}, nil
			}
			after = one.ID
			l.Looks++
			if word == "" || strings.Contains(strings.ToLower(chat.Clean(one.Text)), word) {
				l.Lines = append(l.Lines, marked(one, l.Query))
			}
		}
		if len(lines) < atOnce {
			return site.View{Template: "log", Data: l, Title: "Log of " + j.ID}, nil
		}
	}
}

// marked is a line with the words that were looked for marked. Colours give way to the mark.
func marked(l job.Line, word string) line {
	if word == "" {
		return lineOf(l)
	}
	text := chat.Clip(chat.Clean(l.Text), longestLine)
	var b strings.Builder
	lower, looked := strings.ToLower(text), strings.ToLower(word)
	if len(lower) != len(text) { // letters whose small form has another length: places would not agree
		return lineOf(l)
	}
	for {
		at := strings.Index(lower, looked)
		if at < 0 {
			break
		}
		b.WriteString(template.HTMLEscapeString(text[:at]) + "<mark>" + template.HTMLEscapeString(text[at:at+len(looked)]) + "</mark>")
		text, lower = text[at+len(looked):], lower[at+len(looked):]
	}
	b.WriteString(template.HTMLEscapeString(text))
	return line{l.ID, l.At, template.HTML(b.String())} //nolint:gosec // escaped piece by piece
}

// streamID reports whether a text has the form of a line's id.
func streamID(text string) bool {
	ms, n, ok := strings.Cut(text, "-")
	digits := func(s string) bool { return s != "" && len(s) < 20 && strings.Trim(s, "0123456789") == "" }
	return ok && digits(ms) && digits(n)
}

// download sends a log as a text, without what would move a terminal's cursor.
func (p *Pages) download(w http.ResponseWriter, r *http.Request) {
	request, ok := p.site.Admit(w, r, logs, config.Viewer)
	if !ok {
		return
	}
	j, _, err := p.find(r.Context(), request.PathValue("id"))
	if err != nil {
		p.site.Fail(w, r, err)
		return
	}
	if j == nil {
		http.Error(w, "there is no such job", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+j.ID+`.log"`)
	h.Set("Cache-Control", "no-store")
	out := bufio.NewWriterSize(w, 64<<10)
	defer out.Flush() //nolint:errcheck // whoever went away misses nothing
	for after := ""; ; {
		lines, err := p.store.Log(r.Context(), j.ID, after, atOnce)
		if err != nil {
			p.site.Log.ErrorContext(r.Context(), "send a log", "job", j.ID, "error", err)
			_, _ = fmt.Fprintf(out, "\n[the rest could not be read; try again]\n")
			return
		}
		for _, one := range lines {
			after = one.ID
			if _, err := out.WriteString(chat.Clean(one.Text) + "\n"); err != nil {
				return
			}
		}
		if len(lines) < atOnce {
			return
		}
	}
}
