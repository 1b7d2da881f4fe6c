package site

import (
	"context"
	"io/fs"
	"net/http"
	"time"

	"github.com/handsoff/handsoff/shared/command"
)

// Request is one for a page.
type Request struct {
	*http.Request

	Viewer Viewer // zero when nobody has logged in, and the page is public
}

// Page is one that can be asked for.
type Page struct {
	Title   string
	Section string // what of the navigation it belongs to: "jobs", "schedules", …; "" for none
	Role    string // who may see it; "" for whoever has logged in
	Open    bool   // everybody may see it, also who has not logged in
	Files   fs.FS  // its templates, template/*.html; parsed once, together with the layout's
	Serve   func(ctx context.Context, r *Request) (View, error)
	// Tag, for a live page, gives something short and cheap that differs when the page does, so that an open page is not made
	// anew each second. It is asked before Serve. Nil makes the page anew each time.
	Tag func(ctx context.Context, r *Request) (string, error)
}

// enough is how long what was read for a page that reads much is good enough.
const enough = 5 * time.Second

// Seldom is a Tag that differs every few seconds, of a page that reads much.
func (s *Site) Seldom(context.Context, *Request) (string, error) {
	return s.Now().Truncate(enough).Format(time.RFC3339), nil
}

// View is what a page shows.
type View struct {
	Template string   // the template's name; its dot is a [*Scene]
	Data     any      // the dot's Data
	Title    string   // the page's own when empty
	Status   int      // 200 when 0
	Live     bool     // the page is kept up to date while it is open
	Parts    []string // templates of elements of the page whose id is the template's name: what differs of them is sent alone. Without any, the whole page is one part
}

// Missing is a view that says that there is no such thing.
func Missing(why string) View {
	return View{Template: "site-missing", Data: why, Title: "Not found", Status: http.StatusNotFound}
}

// Notice is a sentence on top of a page.
type Notice struct {
	Level string `json:"level"` // "info", "success", "warning" or "danger"
	Text  string `json:"text"`
	Job   string `json:"job,omitempty"` // the job it is about
}

// Scene is the dot of a page's template.
type Scene struct {
	Data   any
	Viewer Viewer
	Root   string // how links lead to the site's first page: "{{.Root}}jobs/k3f7"
	Here   string // this page, from the site's first one, with its query: where an act leads back to
	Now    time.Time
	Public bool // nobody has logged in
}

// Commander hands envelopes to the function command; [command.Client] is one.
type Commander interface {
	Do(ctx context.Context, e command.Envelope) (command.Answer, error)
}
