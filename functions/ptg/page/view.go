package page

import (
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	web "github.com/handsoff/handsoff/shared/page"
)

// view is a page as its layout shows it.
type view struct {
	*scene

	Title, Self, At, Stream, Base string
	Lost                          string // on a page that is none: why
	Others                        []named

	root  string
	parts map[string]template.HTML
}

// navigation is one of the pages above each page.
type navigation struct {
	Name, Href string
	Here       bool
}

var pageTitles = map[string]string{
	"now": "Now", "schedule": "Schedule", "etherpads": "Etherpads", "links": "Links", "success": "Success", "signage": "Sign",
}

// view makes a page of a scene.
func (p *Pages) view(r *http.Request, s *scene, title string) *view {
	v := &view{scene: s, Title: title, root: web.Root(r), parts: make(map[string]template.HTML)}
	for _, part := range s.parts() {
		v.parts[part.ID] = template.HTML(part.HTML()) //nolint:gosec // what html/template made
	}
	path := r.URL.EscapedPath()
	v.Self = "./" + path[strings.LastIndex(path, "/")+1:]
	if path == "/" {
		v.Base = p.base()
	}
	return v
}

// base is the path under which people open the pages, which the first page needs when it is asked for without its last slash.
func (p *Pages) base() string {
	public, err := url.Parse(p.settings.URL)
	if err != nil || p.settings.URL == "" {
		return ""
	}
	return strings.TrimSuffix(public.EscapedPath(), "/") + "/"
}

// Part is the HTML of a part.
func (v *view) Part(id string) template.HTML { return v.parts[id] }

// Asset is the address of one of our files.
func (v *view) Asset(name string) string { return v.root + "asset/" + assets.Name(name) }

// Link is the address of a page of the gathering, with what is searched for.
func (v *view) Link(path string) string {
	if strings.Contains(path, ".") || path == "signage" {
		return v.link(path)
	}
	return v.link(path) + v.filter.query()
}

// Kind is which page it is.
func (v *view) Kind() string { return v.kind }

// Name is the gathering's.
func (v *view) Name() string {
	if v.g.About.Name != "" {
		return v.g.About.Name
	}
	return "The event"
}

// Zone is that of the gathering's clock.
func (v *view) Zone() string { return v.zone.String() }

// About says what it is, for those who see only a title.
func (v *view) About() string { return "what is discussed now and next, and where" }

// Filter is what is searched for.
func (v *view) Filter() filter { return v.filter }

// Nav are the pages that are linked to above.
func (v *view) Nav() []navigation {
	var list []navigation
	for _, kind := range kinds[:len(kinds)-1] {
		path := kind
		if kind == kinds[0] {
			path = ""
		}
		list = append(list, navigation{pageTitles[kind], v.Link(path), kind == v.kind})
	}
	return list
}

// Feed is the calendar of what the page shows.
func (v *view) Feed() string {
	if v.kind == "track" {
		return v.link("track/" + url.PathEscape(v.track) + ".ics")
	}
	return v.link("ptg.ics")
}

// MyFeed is the calendar of one's own tracks.
func (v *view) MyFeed() string {
	return v.link("my.ics?tracks=") + url.QueryEscape(strings.Join(v.filter.Mine, ","))
}

// Today is the day and the slots under way.
func (v *view) Today() string {
	var slots []string
	for _, at := range v.slotsNow() {
		slots = append(slots, v.span(at.day, at.slot).Text)
	}
	day := v.now.In(v.zone).Format("Monday, 2 January")
	if len(slots) == 0 {
		return day
	}
	return day + " · " + strings.Join(slots, ", ")
}

// Face is the clock of a sign.
func (v *view) Face() string { return v.now.In(v.zone).Format("15:04") }

// ZoneNote says whose times these are.
func (v *view) ZoneNote() string { return "Times are those of " + v.zoneName() }

// Example is a track for examples of what to say.
func (v *view) Example() string {
	keys := v.g.Keys()
	switch {
	case v.kind == "track":
		return v.track
	case len(v.filter.Mine) == 1:
		return v.filter.Mine[0]
	case len(keys) > 0:
		return keys[0]
	}
	return "track"
}

// others are the other gatherings, as links below a page.
func others(list []gathering.Info, except, root string) []named {
	var links []named
	for _, info := range list {
		if info.ID != except {
			name := info.Name
			if name == "" {
				name = info.ID
			}
			if len(info.Starts) >= len("2006") {
				name += " (" + info.Starts[:len("2006")] + ")"
			}
			links = append(links, named{name, root + "at/" + url.PathEscape(info.ID) + "/"})
		}
	}
	return links
}
