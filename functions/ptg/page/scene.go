package page

import (
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	web "github.com/handsoff/handsoff/shared/page"
)

// scene is what a page's parts are made of.
type scene struct {
	g      *gathering.Gathering
	now    time.Time
	zone   *time.Location
	kind   string
	track  string // of the page of a track, its key
	filter filter
	back   string          // from a page that is none, to where the pages begin
	names  gathering.Names // once they were asked for
	live   bool            // for all who have the page open: nothing of it depends on who they are, or on the passing of minutes
}

// sceneOf is the one that is sent to all who have a page open.
func sceneOf(g *gathering.Gathering, now time.Time, key boardKey) *scene {
	return &scene{g: g, now: now, zone: g.Zone(), kind: key.kind, track: key.track, live: true}
}

// parts are the page's, in the same order each time.
func (s *scene) parts() []web.Part {
	parts := []web.Part{s.eventPart(), s.colorsPart(), s.bannersPart()}
	if s.kind != "signage" {
		parts = append(parts, s.stampPart())
	}
	switch s.kind {
	case "now":
		parts = append(parts, s.minePart(), s.cardsPart("now"), s.cardsPart("next"), s.roomsPart("rooms"))
	case "schedule":
		parts = append(parts, s.minePart(), s.schedulePart())
	case "etherpads":
		parts = append(parts, s.minePart(), s.etherpadsPart())
	case "links":
		parts = append(parts, s.linksPart())
	case "success":
		parts = append(parts, s.remarksPart("success", "Successes", s.g.Success), s.remarksPart("thanks", "Thanks", s.g.Thanks))
	case "signage":
		parts = append(parts, s.cardsPart("sign-now"), s.cardsPart("sign-next"), s.roomsPart("sign-rooms"))
	case "track":
		parts = append(parts, s.trackPart())
	}
	return parts
}

// home leads from the page back to where the pages of its gathering begin.
func (s *scene) home() string {
	if s.kind == "track" {
		return "../"
	}
	return s.back
}

// link is the address of another page of the gathering.
func (s *scene) link(path string) string {
	if home := s.home() + path; home != "" {
		return home
	}
	return "./"
}

func (s *scene) trackLink(key string) string { return s.link("track/" + url.PathEscape(key)) }

// badge is how a track is shown.
type badge struct{ Name, Class, Href string }

func (s *scene) badge(key string) badge {
	b := badge{Name: key, Class: plain}
	if t := s.g.Tracks[key]; t != nil {
		b = badge{Name: t.Name, Class: colorClass(t.Color), Href: s.trackLink(key)}
	}
	if s.kind == "signage" || s.kind == "track" && key == s.track {
		b.Href = ""
	}
	return b
}

// clock is a moment, or a stretch of time, as the gathering's clock shows it.
type clock struct{ ISO, End, Text string }

// at is a moment; that of another day says which.
func (s *scene) at(moment time.Time) clock {
	if moment.IsZero() {
		return clock{}
	}
	local := moment.In(s.zone)
	form := "15:04"
	switch {
	case local.Format(time.DateOnly) == s.now.In(s.zone).Format(time.DateOnly):
	case s.now.Sub(moment).Abs() < 6*24*time.Hour:
		form = "Mon 15:04"
	default:
		form = "2 Jan 2006 15:04"
	}
	return clock{ISO: moment.UTC().Format(time.RFC3339), Text: local.Format(form)}
}

// age is how long ago a moment was; empty for those whose script says so.
func (s *scene) age(moment time.Time) string {
	if s.live || moment.IsZero() {
		return ""
	}
	switch ago := max(0, s.now.Sub(moment)); {
	case ago < time.Minute:
		return "just now"
	case ago < time.Hour:
		return fmt.Sprintf("%d min ago", ago/time.Minute)
	case ago < 24*time.Hour:
		return fmt.Sprintf("%d h ago", ago/time.Hour)
	default:
		return fmt.Sprintf("%d d ago", ago/(24*time.Hour))
	}
}

// span is a slot's time. Where its label does not say when it begins on the gathering's clock, that is said, too.
func (s *scene) span(day *gathering.Day, slot *gathering.Slot) clock {
	start, end, known := s.g.SpanNow(day, slot, s.now)
	if !known {
		return clock{Text: slot.Label}
	}
	c := clock{ISO: start.UTC().Format(time.RFC3339), End: end.UTC().Format(time.RFC3339)}
	from, until := start.In(s.zone), end.In(s.zone)
	c.Text = from.Format("15:04") + "–" + until.Format("15:04")
	if _, _, timed := gathering.Hours(slot.Label); !timed && slot.Label != "" {
		c.Text = slot.Label + ", " + c.Text
	}
	return c
}

// maxHere is how many who are checked in are named.
const maxHere = 12

// here names those who are checked in at a track.
func (s *scene) here(key string) string {
	var names []string
	all := s.g.Here(key)
	for _, in := range all[:min(len(all), maxHere)] {
		names = append(names, in.Name)
	}
	text := strings.Join(names, ", ")
	if more := len(all) - len(names); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// part fills a template that has no items.
func (s *scene) part(id, name string, data any) web.Part {
	return web.Part{ID: id, Shape: render(name, data)}
}

// eventPart says which event it is, what it is called and what its clock is: where that changes, so does more of a page than
// its parts, and it is loaded anew.
func (s *scene) eventPart() web.Part {
	return s.part("event", "event", struct{ Event string }{web.Digest([]byte(s.g.ID + "\n" + s.g.About.Name + "\n" + s.zone.String()))})
}

func (s *scene) colorsPart() web.Part {
	return s.part("colors", "colors", struct{ Colors string }{s.link("colors/" + web.Digest([]byte(sheet(s.g))) + ".css")})
}

func (s *scene) stampPart() web.Part {
	changed := s.at(s.g.Changed)
	return s.part("stamp", "stamp", struct {
		Changed  clock
		ZoneName string
	}{changed, s.zoneName()})
}

func (s *scene) zoneName() string {
	return s.zone.String() + " (" + s.now.In(s.zone).Format("UTC-07:00") + ")"
}

// option is a track that can be chosen as one's own.
type option struct {
	Key, Name string
	Chosen    bool
}

func (s *scene) minePart() web.Part {
	var options []option
	for _, key := range s.g.Keys() {
		options = append(options, option{key, s.g.Tracks[key].Name, slices.Contains(s.filter.Mine, key)})
	}
	return s.part("mine", "mine", struct{ Options []option }{options})
}

// banner is a message above all pages.
type banner struct {
	Level, Title, Key, Plain string
	Said                     []span
}

var titles = map[string]string{"info": "Note", "success": "Good news", "warning": "Please note", "danger": "Attention"}

func (s *scene) bannersPart() web.Part {
	var list []banner
	if st := s.g.Status; st != nil {
		b := banner{Level: "danger", Title: "Alert", Key: "status", Said: s.spans(st.Text)}
		if st.Kind != "alert" {
			b.Level, b.Title = "info", "Notice"
		}
		list = append(list, b)
	}
	for _, m := range s.g.Banners {
		b := banner{Level: m.Level, Title: titles[m.Level], Key: web.Digest([]byte(m.Level + m.Text)), Said: s.spans(m.Text)}
		if b.Title == "" {
			b.Level, b.Title = "info", titles["info"]
		}
		list = append(list, b)
	}
	for i := range list {
		list[i].Plain = plainly(list[i].Said)
	}
	return s.part("banners", "banners", struct{ Banners []banner }{list})
}

// with fills a template that has items.
func with(id, name string, items []web.Item, data func([]template.HTML) any) web.Part {
	return web.Part{ID: id, Shape: render(name, data(web.Holes(len(items)))), Items: items}
}
