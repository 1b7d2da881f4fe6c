package page_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// ours are the elements of our pages, and what attributes they may have besides those that all may.
var ours = map[string][]string{
	"html": {"lang", "data-zone", "data-at", "data-stream"}, "head": nil, "body": nil, "title": nil, "meta": {"charset", "name", "content", "http-equiv"},
	"link": {"rel", "type", "href", "title"}, "script": {"src", "defer"}, "noscript": nil, "base": {"href"},
	"header": nil, "main": {"tabindex"}, "footer": nil, "nav": nil, "section": {"data-leaf"}, "div": {"tabindex", "data-day", "data-chosen"},
	"h1": nil, "h2": nil, "h3": nil, "p": {"data-none", "data-say"}, "span": {"data-since"}, "strong": nil, "small": nil, "code": nil,
	"ul": nil, "ol": {"reversed"}, "li": {"data-track", "data-words", "data-say"}, "dl": nil, "dt": nil, "dd": nil,
	"a":    {"href", "rel", "data-keep", "data-clear", "data-mine", "data-day"},
	"time": {"datetime", "data-clock", "data-end", "data-face"}, "form": {"method", "action"}, "label": {"for"},
	"input": {"type", "name", "value", "placeholder", "autocomplete", "maxlength", "checked"}, "button": {"type"}, "details": nil, "summary": nil,
	"fieldset": nil, "legend": nil, "table": nil, "thead": nil, "tbody": nil, "tr": {"data-words"}, "th": {"scope"}, "td": {"data-cell", "data-track"},
}

var anywhere = []string{"id", "class", "hidden", "role", "aria-label", "aria-labelledby", "aria-live", "aria-current", "aria-pressed", "data-key"}

// nodes are all elements of a page.
func nodes(t rapid.TB, text string) []*html.Node {
	t.Helper()
	tree, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var list []*html.Node
	for n := range tree.Descendants() {
		if n.Type == html.ElementNode {
			list = append(list, n)
		}
	}
	return list
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// onlyOurs fails for whatever is not of our making.
func onlyOurs(t rapid.TB, path, text string) {
	t.Helper()
	for _, n := range nodes(t, text) {
		may, known := ours[n.Data]
		if !known {
			t.Fatalf("%s has a <%s>", path, n.Data)
		}
		if n.Data == "script" && (n.FirstChild != nil || !strings.Contains(attribute(n, "src"), "asset/page-") && !strings.Contains(attribute(n, "src"), "asset/live-")) {
			t.Fatalf("%s has a script of another's making", path)
		}
		for _, a := range n.Attr {
			if !slices.Contains(may, a.Key) && !slices.Contains(anywhere, a.Key) {
				t.Fatalf("%s: a <%s> has %s=%q", path, n.Data, a.Key, a.Val)
			}
			if a.Key != "href" && a.Key != "src" && a.Key != "action" {
				continue
			}
			address, err := url.Parse(a.Val)
			if err != nil || !slices.Contains([]string{"", "http", "https"}, address.Scheme) || address.Scheme == "" && address.Host != "" {
				t.Fatalf("%s: a <%s> leads to %q", path, n.Data, a.Val)
			}
			if address.Host != "" && !strings.Contains(attribute(n, "rel"), "noopener") {
				t.Fatalf("%s: a link out, %q, has the rel %q", path, a.Val, attribute(n, "rel"))
			}
		}
	}
}

// hostile is a text that would be markup, a style or a script where somebody forgot something.
func hostile(t *rapid.T, name string) string {
	return rapid.OneOf(
		rapid.SampledFrom([]string{
			`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='x`, `javascript:alert(1)`, `data:text/html,<b>`,
			`</style><svg/onload=x>`, `red;background:url(//x)`, `{{.}}`, "\x00<b>\x00", "https://ok.example/\"onclick=x", `//evil.example/`,
			`#nova<b>`, "]]>", "<!--", "--><b>", "https://u:p@x.example/", "JaVaScRiPt:x", "\u2028<x>", "a\nb", "http://[::1]/<b>", "#../../x",
			"https://x.example/?a=1&b=<b>", "&lt;b&gt;", "http://", "HTTPS://X.example/%zz", "vbscript:x", " javascript:x", "java\tscript:x", "\"", "`", "",
		}),
		rapid.StringN(0, 40, 200),
	).Draw(t, name)
}

// Whatever is written into whichever field, past all checks even, a page has no element of anybody else, no attribute that
// is not ours, and leads nowhere but over http.
func TestNobodyElsesMarkup(t *testing.T) {
	t.Parallel()
	w := begin(t)
	paths := []string{"/", "/schedule", "/etherpads", "/links", "/success", "/signage", "/track/nova", "/?q=", "/schedule?mine=", "/track/", "/at/", "/nowhere"}
	version := int64(100)
	rapid.Check(t, func(t *rapid.T) {
		author := gathering.Author{Principal: hostile(t, "principal"), Name: hostile(t, "author")}
		remark := gathering.Remark{Text: hostile(t, "remark"), By: author, At: monday, Where: hostile(t, "where")}
		room := gathering.Room{
			Name: hostile(t, "room"), Code: hostile(t, "code"), URL: hostile(t, "url"), Note: hostile(t, "note"), Icon: hostile(t, "icon"),
			Tip: hostile(t, "tip"), Slots: []string{"MonA1", hostile(t, "slot")},
		}
		day := gathering.Day{Name: hostile(t, "day"), Date: rapid.SampledFrom([]string{"2018-09-10", hostile(t, "date")}).Draw(t, "d"), Slots: []gathering.Slot{
			{Code: "MonA1", Label: "09:00-10:45"}, {Code: room.Slots[1], Label: hostile(t, "label"), Start: monday, Minutes: 60},
		}}
		key := rapid.SampledFrom([]string{"nova", hostile(t, "key")}).Draw(t, "track")
		note := gathering.Note{Text: hostile(t, "text") + " " + hostile(t, "more"), By: author, At: monday}
		version++
		fields := map[string]any{
			"version": version, "changed": monday.UnixMilli(),
			"about": gathering.About{Name: hostile(t, "name"), Zone: hostile(t, "zone"), EventID: hostile(t, "eventid"), Etherpad: hostile(t, "pads"), URL: hostile(t, "site")},
			"days":  []gathering.Day{day}, "rooms": []gathering.Room{room}, "links": []gathering.Link{{Title: hostile(t, "title"), URL: hostile(t, "link")}},
			"banners":      []gathering.Banner{{Level: hostile(t, "level"), Text: hostile(t, "banner"), By: author}},
			"status":       gathering.Status{Kind: hostile(t, "kind"), Text: hostile(t, "status"), By: author, At: monday},
			"track/" + key: gathering.Track{Name: hostile(t, "trackname"), Color: hostile(t, "color"), URL: hostile(t, "trackurl"), Etherpad: hostile(t, "pad"), By: author},
			"now/" + key:   note, "next/" + key: []gathering.Note{note}, "place/" + key: gathering.Place{Text: hostile(t, "place"), Own: true},
			"book/" + room.Code + "/MonA1": gathering.Booking{Track: key, By: author, At: monday}, "success/1": remark, "thanks/1": remark,
			"in/x": gathering.CheckIn{Name: hostile(t, "who"), Place: "#" + key, Track: key, In: monday},
		}
		w.write(t, fields)
		for _, path := range paths {
			if strings.HasSuffix(path, "=") || strings.HasSuffix(path, "track/") || strings.HasSuffix(path, "at/") {
				path += url.PathEscape(hostile(t, "path"))
			}
			if _, err := url.ParseRequestURI(path); err != nil || strings.Contains(path, "..") {
				continue
			}
			answer := w.get(path)
			if answer.Code >= http.StatusInternalServerError {
				t.Fatalf("%s: %d %s", path, answer.Code, answer.Body)
			}
			onlyOurs(t, path, answer.Body.String())
		}
		// What is sent to those who listen is the same.
		for _, kind := range []string{"now", "schedule", "etherpads", "links", "success", "signage"} {
			var m message
			if err := json.Unmarshal(w.get("/live.json?page="+kind).Body.Bytes(), &m); err != nil {
				t.Fatal(err)
			}
			for _, part := range m.Parts {
				onlyOurs(t, kind, "<table>"+part.HTML)
			}
		}
	})
}

// write puts fields where the store reads them, past all checks, and waits until the pages show them.
func (w *world) write(t *rapid.T, fields map[string]any) {
	w.Helper()
	const key = "handsoff:ptg:denver"
	hash := map[string]any{}
	for name, value := range fields {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		hash[name] = string(text)
	}
	ctx := w.Context()
	if err := w.rdb.Del(ctx, key).Err(); err != nil {
		t.Fatal(err)
	}
	if err := w.rdb.HSet(ctx, key, hash).Err(); err != nil {
		t.Fatal(err)
	}
	w.pages.Forget()
}

// Texts are shown as they were written.
func TestTextsAreShown(t *testing.T) {
	t.Parallel()
	w := begin(t)
	const text = `<b>bold</b> & "quoted" 'single' é €`
	w.change(func(d *gathering.Draft) error { return d.SetNow("nova", text) })
	w.within("the page has it", func() bool {
		var b strings.Builder
		for _, n := range nodes(t, w.page("/")) {
			if attribute(n, "id") == "now-nova" {
				for c := range n.Descendants() {
					if c.Type == html.TextNode {
						b.WriteString(c.Data)
					}
				}
			}
		}
		return strings.Contains(b.String(), text)
	})
}
