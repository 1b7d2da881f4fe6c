package page_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/local-provider/sandbox/pagetest"
)

// TestBrowser is a browser that goes from page to page.
func TestBrowser(t *testing.T) {
	t.Parallel()
	tab := pagetest.Open(t, pagetest.Options{Width: 1280, Height: 900})
	live(t, tab)
	polling(t, tab)
	renamed(t, tab)
	viewersTime(t, tab)
	turning(t, tab)
	accessible(t, tab)
}

// accessible has axe-core look at every page.
func accessible(t *testing.T, tab *pagetest.Tab) {
	t.Helper()
	w := begin(t)
	w.change(func(d *gathering.Draft) error { return d.SetStatus("alert", "Everybody to the garden, see #nova") })
	url := w.serve()
	for _, path := range []string{"/", "/schedule", "/etherpads", "/links", "/success", "/signage", "/track/nova", "/nowhere", "/schedule?mine=swift&q=big"} {
		tab.Accessible(url + path)
	}
}

// bounded ends streams as the platform does, and can keep them from coming through.
type bounded struct {
	next    http.Handler
	limit   time.Duration
	blocked bool
}

func (b *bounded) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "/live") {
		b.next.ServeHTTP(w, r)
		return
	}
	if b.blocked {
		http.Error(w, "no streams here", http.StatusBadGateway)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), b.limit)
	defer cancel()
	b.next.ServeHTTP(w, r.WithContext(ctx))
}

func (w *world) bounded(limit time.Duration, blocked bool) string {
	server := httptest.NewServer(&bounded{next: http.StripPrefix("/function/ptg", w.mux), limit: limit, blocked: blocked})
	w.Cleanup(server.Close)
	return server.URL + "/function/ptg"
}

func evaluate[T any](tab *pagetest.Tab, expression string) (value T) {
	tab.Do(chromedp.Evaluate(expression, &value))
	return value
}

// live is somebody who has the schedule open while others book.
func live(t *testing.T, tab *pagetest.Tab) {
	t.Helper()
	w := begin(t)
	book := func(slot string) {
		w.change(func(d *gathering.Draft) error { return d.Book("keystone", gathering.Spot{Room: "Aspen", Slot: slot}) })
	}
	// Streams here end after some two seconds.
	tab.Do(pagetest.Screen(500, 600, "light"), chromedp.Navigate(w.bounded(2*time.Second, false)+"/schedule"), pagetest.Visible("main"))
	tab.Until(`document.documentElement.dataset.live === "stream"`)
	tab.Click(".tabs a", "Tuesday")
	tab.Sees("h2", "Tuesday, 11 September 2018")
	tab.Do(pagetest.Type("#q", "aspen"))
	tab.Until(`document.querySelector("#row-2-BigRoom2").hidden && location.search.includes("q=aspen") && location.search.includes("day=2")`)
	tab.Do(chromedp.Evaluate(`document.querySelector(".day:not([hidden]) .wide").scrollLeft = 90; document.querySelector(".day:not([hidden]) .wide").focus();
		window.before = document.querySelector("#row-2-Aspen"); window.focused = document.activeElement; scrollTo(0, 120)`, nil))
	top := evaluate[float64](tab, "scrollY")
	book("TueP1")
	tab.Sees("#row-2-Aspen td", "keystone")
	unmoved := `before === document.querySelector("#row-2-Aspen") && focused === document.activeElement && focused.scrollLeft === 90 &&
		document.querySelector("#q").value === "aspen" && document.querySelector("#row-2-BigRoom2").hidden &&
		document.querySelector(".tabs [aria-current]").textContent === "Tuesday"`
	tab.Until(unmoved)
	if now := evaluate[float64](tab, "scrollY"); now != top {
		t.Errorf("the page was scrolled from %v to %v", top, now)
	}
	// The stream ends, and goes on.
	first := evaluate[int](tab, `performance.getEntriesByType("resource").filter(e => e.name.includes("/live?")).length`)
	tab.Until(`performance.getEntriesByType("resource").filter(e => e.name.includes("/live?")).length > ` + pagetest.Quoted(first))
	book("TueP2")
	tab.Until(`document.querySelectorAll("#row-2-Aspen .badge").length === 2`)
	tab.Until(unmoved)
	// A room more changes the table, not where one stands in it.
	w.change(func(d *gathering.Draft) error {
		return d.SetRooms(append(d.Rooms[:2:2], gathering.Room{Name: "Aspen Annex", Slots: allSlots()}))
	})
	tab.Sees("tr", "Aspen Annex")
	tab.Until(unmoved)
	if evaluate[string](tab, "document.documentElement.dataset.live") != "stream" {
		t.Error("it does not listen any more")
	}
}

// polling is somebody whom event streams do not reach, who looks at what is on now and hears of it.
func polling(t *testing.T, tab *pagetest.Tab) {
	t.Helper()
	w := begin(t)
	tab.Do(chromedp.Navigate(w.bounded(time.Minute, true)+"/?mine=nova"), pagetest.Visible("main"))
	tab.Until(`document.documentElement.dataset.live === "polling"`)
	w.change(func(d *gathering.Draft) error {
		return errors.Join(d.SetColor("nova", "#123456"), d.SetNow("nova", "Lunch & <b>more</b>"), d.SetNow("swift", "Not mine"))
	})
	tab.Sees("#now-nova", "Lunch & <b>more</b>")
	tab.Until(`document.querySelector("#now-swift").hidden && document.querySelector("#news").textContent.includes("Nova now: Lunch")`)
	tab.Until(`getComputedStyle(document.querySelector("#now-nova .badge")).backgroundColor === "rgb(18, 52, 86)"`)
	if evaluate[bool](tab, `document.querySelector("#now-nova b") !== null`) {
		t.Error("a text became markup")
	}
	tab.Do(chromedp.Evaluate(`document.querySelector("[data-clear]").click()`, nil))
	tab.Sees("#now-swift", "Not mine")
}

// renamed is somebody who has a page open while the event gets another name and clock, and then another event is on.
func renamed(t *testing.T, tab *pagetest.Tab) {
	t.Helper()
	w := begin(t)
	tab.Do(chromedp.Navigate(w.bounded(time.Minute, false)+"/schedule?mine=nova"), pagetest.Visible("main"))
	tab.Until(`document.documentElement.dataset.live === "stream"`)
	w.change(func(d *gathering.Draft) error {
		return d.SetAbout(gathering.About{Name: "Berlin PTG", Zone: "Europe/Berlin", EventID: "BER-ptg"})
	})
	tab.Until(`document.title === "Schedule · Berlin PTG" && document.documentElement.dataset.zone === "Europe/Berlin"`)
	tab.Sees(".event", "Berlin PTG")
	tab.Until(`location.search === "?mine=nova" && document.querySelector("[value=nova]").checked && document.documentElement.dataset.live === "stream"`)
	if _, err := w.store.Create(t.Context(), "next", ann, "", "", gathering.About{Name: "The next PTG"}); err != nil {
		t.Fatal(err)
	}
	if err := w.store.Use(t.Context(), "next"); err != nil {
		t.Fatal(err)
	}
	tab.Until(`document.title === "Schedule · The next PTG"`)
}

// turning is a sign that nobody touches, whose clock is the test: it turns its pages by itself, until somebody stops that.
func turning(t *testing.T, tab *pagetest.Tab) {
	t.Helper()
	const clock = `window.ticks = []; const every = window.setInterval;
		window.setInterval = (tick, ms) => ms === 12000 ? ticks.push(tick) : every(tick, ms)`
	var script page.ScriptIdentifier
	tab.Do(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		script, err = page.AddScriptToEvaluateOnNewDocument(clock).Do(ctx)
		return err
	}), chromedp.Navigate(begin(t).serve()+"/signage"))
	shows := func(leaf, part string) {
		t.Helper()
		tab.Until(`ticks.length === 1 && document.querySelector("#leaf")?.textContent === ` + pagetest.Quoted(leaf) +
			` && [...document.querySelectorAll("[data-leaf]")].filter(p => !p.hidden).map(p => p.id).join() === ` + pagetest.Quoted(part))
	}
	shows("1 of 3", "sign-now")
	for _, next := range [][2]string{{"2 of 3", "sign-next"}, {"3 of 3", "sign-rooms"}, {"1 of 3", "sign-now"}} {
		tab.Do(chromedp.Evaluate(`ticks[0]()`, nil))
		shows(next[0], next[1])
	}
	tab.Click("#pause", "Pause")
	tab.Do(chromedp.Evaluate(`ticks[0]()`, nil))
	shows("1 of 3", "sign-now")
	tab.Click("#pause", "Go on")
	tab.Do(chromedp.Evaluate(`ticks[0]()`, nil))
	shows("2 of 3", "sign-next")
	tab.Do(page.RemoveScriptToEvaluateOnNewDocument(script))
}

// viewersTime is somebody in Berlin who follows a gathering in Denver, and has no script after that.
func viewersTime(t *testing.T, tab *pagetest.Tab) {
	t.Helper()
	w := begin(t)
	url := w.serve()
	tab.Do(emulation.SetTimezoneOverride("Europe/Berlin"), chromedp.Navigate(url+"/schedule"))
	tab.Sees("thead th", "09:00–10:45")
	tab.Sees("thead th", "(17:00–18:45 your time)")
	tab.Do(emulation.SetTimezoneOverride("America/Denver"), chromedp.Navigate(url+"/schedule"))
	tab.Sees("thead th", "09:00–10:45")
	if evaluate[bool](tab, `document.querySelector(".yours") !== null`) {
		t.Error("the time is told twice to those who share it")
	}
	tab.Do(chromedp.Navigate(url + "/signage"))
	tab.Until(`/^\d\d:\d\d$/.test(document.querySelector("[data-face]").textContent) && document.querySelector("#leaf").textContent.startsWith("1 of 3")`)
	tab.Do(chromedp.KeyEvent("\u0303")) // ArrowRight
	tab.Until(`document.querySelector("#leaf").textContent.startsWith("2 of 3") && document.querySelector("#sign-now").hidden`)
	tab.Do(emulation.SetScriptExecutionDisabled(true), chromedp.Navigate(url+"/schedule?mine=swift&day=1"))
	var text string
	tab.Do(pagetest.Text("main", &text))
	if !strings.Contains(text, "swift") || strings.Contains(text, "Nova\n") {
		t.Errorf("without a script it says:\n%s", text)
	}
	tab.Do(emulation.SetScriptExecutionDisabled(false))
}
