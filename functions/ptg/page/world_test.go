package page_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/functions/ptg/page"
)

// monday is 10:00 in Denver on the first day of the gathering of the tests.
var monday = time.Date(2018, 9, 10, 16, 0, 0, 0, time.UTC)

// ann is who does things.
var ann = gathering.Author{Principal: "irc:oftc/ann", Name: "ann"}

// world is a gathering with its pages.
type world struct {
	testing.TB

	rdb   *redis.Client
	store *gathering.Store
	pages *page.Pages
	mux   *http.ServeMux
	asked *counted
}

// begin is one of a few tracks and rooms, on a Redis inside the test.
func begin(tb testing.TB) *world {
	tb.Helper()
	w := bare(tb)
	w.change(small)
	return w
}

// bare is one without anything in it.
func bare(tb testing.TB) *world {
	tb.Helper()
	server := miniredis.NewMiniRedis()
	if err := server.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(server.Close)
	rdb := redis.NewClient(&redis.Options{Addr: server.Addr()})
	tb.Cleanup(func() { _ = rdb.Close() })
	store := gathering.NewStore(rdb).WithClock(func() time.Time { return monday })
	w := &world{TB: tb, rdb: rdb, store: store, mux: http.NewServeMux(), asked: &counted{Store: store}}
	if _, err := store.Create(tb.Context(), "denver", ann, "ptg event new denver", "", gathering.About{
		Name: "Denver PTG", Zone: "America/Denver", EventID: "DEN-ptg", URL: "https://ptg.example/",
	}); err != nil {
		tb.Fatal(err)
	}
	w.pages = page.New(w.asked, page.Settings{Now: func() time.Time { return monday }})
	tb.Cleanup(w.pages.Close)
	for pattern, handler := range w.pages.Routes() {
		w.mux.Handle(pattern, handler)
	}
	return w
}

// change makes a change that must succeed.
func (w *world) change(edit func(d *gathering.Draft) error) gathering.Result {
	w.Helper()
	r, err := w.store.Change(w.Context(), "denver", ann, "said", "", func(d *gathering.Draft) (string, error) { return "", edit(d) })
	if err != nil {
		w.Fatal(err)
	}
	return r
}

// get is an answer.
func (w *world) get(path string, header ...string) *httptest.ResponseRecorder {
	w.Helper()
	r := httptest.NewRequestWithContext(w.Context(), http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer := httptest.NewRecorder()
	w.mux.ServeHTTP(answer, r)
	return answer
}

// page is the text of a page that must be there.
func (w *world) page(path string) string {
	w.Helper()
	answer := w.get(path)
	if answer.Code != http.StatusOK {
		w.Fatalf("%s: %d %s", path, answer.Code, answer.Body)
	}
	return answer.Body.String()
}

// within waits until something is so, for a minute at most.
func (w *world) within(what string, is func() bool) {
	w.Helper()
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			w.Fatalf("not within a minute: %s", what)
		}
	}
}

// days are five days of four slots, as that of the sample of ptgbot.
func days() []gathering.Day {
	var list []gathering.Day
	for i, name := range []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday"} {
		list = append(list, gathering.Day{Name: name, Date: fmt.Sprintf("2018-09-%02d", 10+i), Slots: []gathering.Slot{
			{Code: name[:3] + "A1", Label: "09:00-10:45"},
			{Code: name[:3] + "A2", Label: "10:45-12:30"},
			{Code: name[:3] + "P1", Label: "13:30-15:15"},
			{Code: name[:3] + "P2", Label: "15:15-17:00"},
		}})
	}
	return list
}

func allSlots() []string {
	var codes []string
	for _, day := range days() {
		for _, slot := range day.Slots {
			codes = append(codes, slot.Code)
		}
	}
	return codes
}

// small is a gathering that a test can be sure of.
func small(d *gathering.Draft) error {
	return errors.Join(
		d.AddTracks("Nova", "swift", "keystone"),
		d.SetDays(days()),
		d.SetRooms([]gathering.Room{
			{Name: "Aspen", Slots: allSlots(), Note: "Fits a team of 10"},
			{Name: "Big Room-2", Slots: allSlots()[:8], URL: "https://meet.example/big"},
		}),
		d.Book("nova", gathering.Spot{Room: "Aspen", Slot: "MonA1"}, gathering.Spot{Room: "Aspen", Slot: "MonA2"}),
		d.Book("swift", gathering.Spot{Room: "BigRoom2", Slot: "MonA1"}),
		d.SetNow("nova", "Cells v2 with #swift, see https://etherpad.example/cells."),
		d.AddNext("nova", "Placement"), d.AddNext("swift", "Rings"),
		d.AddBanner("warning", "The lift is out of order"),
		d.SetLinks([]gathering.Link{{Title: "Map", URL: "https://maps.example/"}}),
		d.AddSuccess("We cut the release", "irc:oftc/#denver"), d.AddThanks("ann for the cake", ""),
		second(d.CheckIn("irc:oftc/bob", "bob", "#nova")),
	)
}

func second[T any](_ T, err error) error { return err }

// counted counts what pages ask of the store by themselves.
type counted struct {
	*gathering.Store

	gets atomic.Int64
	down atomic.Bool
}

// errDown is what a store says that is away.
var errDown = errors.New("the store is away")

// Get is that of the store, counted.
func (c *counted) Get(ctx context.Context, id string) (*gathering.Gathering, error) {
	c.gets.Add(1)
	if c.down.Load() {
		return nil, errDown
	}
	return c.Store.Get(ctx, id)
}

// List is that of the store.
func (c *counted) List(ctx context.Context) ([]gathering.Info, error) {
	if c.down.Load() {
		return nil, errDown
	}
	return c.Store.List(ctx)
}
