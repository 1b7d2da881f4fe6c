package site

import (
	"crypto/rand"
	"html/template"
	"net/url"
	"time"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/page"
)

// functions are what templates may call.
var functions = template.FuncMap{
	"asset":    func(name string) string { return assets.Name(name) },
	"script":   func() string { return assets.Name(page.Script) },
	"duration": chat.Duration,
	"oneline":  chat.OneLine,
	"clip":     func(cells int, text string) string { return chat.Brief(text, cells) },
	"clean":    chat.Clean,
	"count":    chat.Count,
	"step":     url.PathEscape,
	"moment":   Moment,
	"word":     Word,
}

// Moment is a time as pages show it: <time> with the moment in UTC, which the script turns into the viewer's own clock.
func Moment(at time.Time) template.HTML {
	if at.IsZero() {
		return ""
	}
	at = at.UTC()
	return template.HTML(`<time datetime="` + at.Format(time.RFC3339Nano) + `">` + at.Format("2006-01-02 15:04:05") + ` UTC</time>`) //nolint:gosec // digits
}

// Ago is a time as its distance: "2 m 14 s ago", with the moment as its title; the script keeps it up to date.
func (s *Scene) Ago(at time.Time) template.HTML {
	if at.IsZero() {
		return ""
	}
	at = at.UTC()
	//nolint:gosec // digits and our own words
	return template.HTML(`<time data-ago datetime="` + at.Format(time.RFC3339Nano) + `" title="` + at.Format("2006-01-02 15:04:05") + ` UTC">` +
		chat.Age(s.Now.Sub(at)) + `</time>`)
}

// Form is what every form that acts has to hold: whose it is, one id so that a double click is one act, and where to go back.
func (s *Scene) Form() template.HTML {
	field := func(name, value string) string {
		return `<input type="hidden" name="` + name + `" value="` + template.HTMLEscapeString(value) + `">`
	}
	//nolint:gosec // escaped
	return template.HTML(field(CSRFField, s.Viewer.CSRF) + field(BackField, s.Here) + field(KeyField, rand.Text()))
}
