package page_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/functions/ptg/page"
	web "github.com/handsoff/handsoff/shared/page"
)

// heard is an event of a stream.
type heard struct{ id, name, data string }

// message is what a stream or a poll brings.
type message struct {
	At    string  `json:"at"`
	Parts []piece `json:"parts"`
}

type piece struct {
	ID   string `json:"id"`
	HTML string `json:"html"`
}

// listener is one who reads a stream.
type listener struct {
	testing.TB

	end    context.CancelFunc
	events chan heard
}

// listen opens a stream, which ends by itself when the request is bounded.
func (w *world) listen(url, path, last string) *listener {
	w.Helper()
	ctx, cancel := context.WithCancel(w.Context())
	w.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+path, nil)
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "text/event-stream" {
		w.Fatalf("%s: %d %v", path, answer.StatusCode, answer.Header)
	}
	l := &listener{TB: w, end: cancel, events: make(chan heard, 1000)}
	go func() {
		defer close(l.events)
		defer answer.Body.Close()
		var e heard
		lines := bufio.NewReader(answer.Body)
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				return
			}
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
			switch name {
			case "id":
				e.id = value
			case "event":
				e.name = value
			case "data":
				e.data = value
			case "":
				if e.name != "" {
					l.events <- e
				}
				e = heard{}
			}
		}
	}()
	if hello := l.next(); hello.name != "hello" {
		w.Fatalf("it begins with %+v", hello)
	}
	return l
}

// next is what comes next, within a minute; the zero event when the stream has ended.
func (l *listener) next() heard {
	l.Helper()
	select {
	case e := <-l.events:
		return e
	case <-time.After(time.Minute):
		l.Fatal("nothing comes for a minute")
		return heard{}
	}
}

// until reads until a part with an id says something, and answers with the event and how many parts it has.
func (l *listener) until(id, text string) (heard, int) {
	l.Helper()
	for {
		e := l.next()
		if e.name == "" {
			l.Fatalf("the stream ended before #%s says %s", id, text)
		}
		var m message
		if err := json.Unmarshal([]byte(e.data), &m); err != nil {
			l.Fatal(err)
		}
		for _, part := range m.Parts {
			if part.ID == id && strings.Contains(part.HTML, text) {
				if m.At != e.id {
					l.Errorf("the event %s says it is %s", e.id, m.At)
				}
				return e, len(m.Parts)
			}
		}
	}
}

func (w *world) now(track, text string) {
	w.Helper()
	w.change(func(d *gathering.Draft) error { return d.SetNow(track, text) })
}

// shown is now, and waits until the page and those who listen have it.
func (w *world) shown(track, text string) {
	w.Helper()
	w.page("/")
	w.now(track, text)
	w.within("the page has it", func() bool { return strings.Contains(w.page("/live.json?page=now"), text) })
}

// at is the position that a page is at.
func (w *world) at(path string) string {
	w.Helper()
	return attribute(nodes(w, w.page(path))[0], "data-at")
}

func TestStream(t *testing.T) {
	t.Parallel()
	w := begin(t)
	url := w.bounded(time.Hour, false)
	w.shown("nova", "what came next is over")
	l := w.listen(url, "/live?page=now&after="+w.at("/"), "")
	w.now("nova", "first")
	first, parts := l.until("now-nova", "first")
	if parts != 1 {
		t.Errorf("one topic changed, and %d parts came", parts)
	}
	w.now("keystone", "second")
	l.until("now", "second") // a topic more is a new list
	l.end()
	// Who was away is told what they missed, and no more.
	w.now("nova", "third")
	again := w.listen(url, "/live?page=now", first.id)
	again.until("now", "second")
	third, _ := again.until("now-nova", "third")
	// Who has seen all is told what comes, and who comes from elsewhere sees the whole.
	last := w.listen(url, "/live?page=now&after="+third.id, "")
	stranger := w.listen(url, "/live?page=now", "another.17")
	if e, parts := stranger.until("now", "third"); parts < 5 || e.id != third.id {
		t.Errorf("a stranger gets %d parts as %s, not %s", parts, e.id, third.id)
	}
	w.now("nova", "fourth")
	if e := last.next(); !strings.Contains(e.data, "fourth") {
		t.Errorf("what comes first is %s", e.data)
	}
	// The schedule says nothing of that.
	schedule := w.listen(url, "/live?page=schedule&after="+w.at("/schedule"), "")
	w.now("nova", "fifth")
	last.until("now-nova", "fifth")
	w.change(func(d *gathering.Draft) error {
		return d.Book("keystone", gathering.Spot{Room: "Aspen", Slot: "MonP1"})
	})
	if e, parts := schedule.until("row-1-Aspen", "keystone"); parts != 1 {
		t.Errorf("a booking comes as %s", e.data)
	}
	// The page of a track is its own.
	track := w.listen(url, "/live?page=track&track=swift&after="+w.at("/track/swift"), "")
	w.now("nova", "sixth")
	w.now("swift", "seventh")
	if e, parts := track.until("track", "seventh"); parts != 1 || strings.Contains(e.data, "sixth") {
		t.Errorf("the page of a track hears %s", e.data)
	}
}

// announced is a request that the platform is to end some seconds from when it is asked, and never ends.
type announced struct{ context.Context }

func (announced) Deadline() (time.Time, bool) { return time.Now().Add(10 * time.Second), true }

// A stream ends before the platform ends the request, and with the pages.
func TestStreamEnds(t *testing.T) {
	t.Parallel()
	w := begin(t)
	for range 1000 {
		if most := web.Lasting(announced{t.Context()}); most <= 0 || most > 9*time.Second {
			t.Fatalf("of ten seconds it takes %s", most)
		}
	}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mux.ServeHTTP(rw, r.WithContext(announced{r.Context()}))
	}))
	t.Cleanup(server.Close)
	l := w.listen(server.URL, "/live?page=now&after="+w.at("/"), "")
	if e := l.next(); e.name != "" {
		t.Errorf("it says %+v", e)
	}
	l = w.listen(w.bounded(time.Hour, false), "/live?page=now&after="+w.at("/"), "")
	w.pages.Close()
	if e := l.next(); e.name != "" {
		t.Errorf("it says %+v", e)
	}
}

// The time that a server gives a request and its answer is not that of a stream.
func TestStreamOutlivesTimeouts(t *testing.T) {
	t.Parallel()
	w := begin(t)
	const short = 2 * time.Second // the hello must have come by then
	server := httptest.NewUnstartedServer(w.mux)
	server.Config.ReadTimeout, server.Config.WriteTimeout = short, short
	server.Start()
	t.Cleanup(server.Close)
	l := w.listen(server.URL, "/live?page=now&after="+w.at("/"), "")
	<-time.After(2 * short)
	w.now("nova", "later")
	l.until("now-nova", "later")
}

func TestPoll(t *testing.T) {
	t.Parallel()
	w := begin(t)
	ask := func(at string) (string, int) {
		t.Helper()
		var m message
		if err := json.Unmarshal([]byte(w.page("/live.json?page=now&after="+at)), &m); err != nil || m.Parts == nil {
			t.Fatalf("%+v %v", m, err)
		}
		return m.At, len(m.Parts)
	}
	w.shown("nova", "what came next is over")
	at, parts := ask(w.at("/"))
	if parts != 0 {
		t.Errorf("nothing is new, and %d parts come", parts)
	}
	w.now("nova", "news")
	w.within("the page has it", func() bool { return strings.Contains(w.page("/live.json?page=now"), "news") })
	next, parts := ask(at)
	if parts != 1 || next == at {
		t.Errorf("%d parts come, at %s", parts, next)
	}
	if still, parts := ask(next); parts != 0 || still != next {
		t.Errorf("%d parts come, at %s", parts, still)
	}
	for path, want := range map[string]int{"/live?page=none": 404, "/live.json?page=track&track=none": 404, "/at/none/live?page=now": 404} {
		if got := w.get(path).Code; got != want {
			t.Errorf("%s is %d", path, got)
		}
	}
}

// More than may listen are asked to look by themselves.
func TestTooManyListeners(t *testing.T) {
	t.Parallel()
	w := begin(t)
	pages := page.New(w.store, page.Settings{Now: func() time.Time { return monday }, MaxListeners: 2})
	t.Cleanup(pages.Close)
	w.mux = http.NewServeMux()
	for pattern, handler := range pages.Routes() {
		w.mux.Handle(pattern, handler)
	}
	url := w.bounded(time.Hour, false)
	one := w.listen(url, "/live?page=now", "")
	w.listen(url, "/live?page=schedule", "")
	if answer := w.get("/live?page=now"); answer.Code != http.StatusServiceUnavailable || answer.Header().Get("Retry-After") == "" {
		t.Errorf("a third is %d", answer.Code)
	}
	one.end()
	w.within("there is room again", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/live?page=now", nil)
		answer := httptest.NewRecorder()
		w.mux.ServeHTTP(answer, r)
		return answer.Code == http.StatusOK
	})
}
