package page_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
)

// FuzzRequest asks for whatever page with whatever query: it gets a page of ours, or a word that there is none.
func FuzzRequest(f *testing.F) {
	w := begin(f)
	f.Add("", "q=<b>&mine=nova,swift&day=2")
	f.Add("track/nova.ics", "")
	f.Add("at/denver/schedule", "day=-1&q=%00&mine=%ff")
	f.Add("live.json", "page=track&track=nova&after=x.9")
	f.Add("my.ics", "tracks=nova&tracks=,,")
	f.Add("asset/page-.css", "")
	f.Fuzz(func(t *testing.T, path, query string) {
		address := &url.URL{Path: "/" + path, RawQuery: query}
		if _, err := url.ParseRequestURI(address.RequestURI()); err != nil || path == "live" {
			return
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://x"+address.RequestURI(), nil)
		if err != nil || r.URL.Path == "/live" || r.URL.Path == "/at/denver/live" {
			return // a stream goes on
		}
		answer := httptest.NewRecorder()
		w.mux.ServeHTTP(answer, r)
		switch answer.Code {
		case http.StatusOK, http.StatusNotFound:
			if answer.Header().Get("Content-Type") == "text/html; charset=utf-8" {
				onlyOurs(t, path, answer.Body.String())
			}
		case http.StatusFound, http.StatusTemporaryRedirect, http.StatusMovedPermanently:
		default:
			t.Errorf("%s: %d %s", address, answer.Code, answer.Body)
		}
	})
}
