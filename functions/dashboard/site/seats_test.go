package site

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
)

// known has everybody who names a session logged in with it.
type known struct{}

// Viewer is whom the header says.
func (known) Viewer(_ context.Context, r *http.Request) (Viewer, error) {
	name := r.Header.Get("Session")
	return Viewer{Principal: name, Session: name}, nil
}

// TestSeats: nobody has all of them, neither one session, nor all who have not logged in; of those one is not told from another.
func TestSeats(t *testing.T) {
	t.Parallel()
	s := New(Settings{Sessions: known{}, MaxListeners: 60})
	defer s.Close()
	var leave func()
	sit := func(session string) bool {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/live", nil)
		r.Header.Set("Session", session)
		r.Header.Set("X-Forwarded-For", "203.0.113.1, 10.0.0.2") // the gateway's proxy
		w := httptest.NewRecorder()
		end, ok := s.Seat(w, r)
		if !ok && w.Code != http.StatusServiceUnavailable {
			t.Errorf("no seat: %d", w.Code)
		}
		if ok {
			leave = end
		}
		return ok
	}
	fill := func(session string) (n int) {
		for n < 100 && sit(session) {
			n++
		}
		return n
	}
	if n := fill(""); n != 30 {
		t.Errorf("strangers have %d", n)
	}
	leave()
	if n := fill(""); n != 1 {
		t.Errorf("of one that was given back %d are there", n)
	}
	if n := fill("ann"); n != 16 {
		t.Errorf("one session has %d", n)
	}
	all := 0
	for i := range 5 {
		all += fill("other " + strconv.Itoa(i))
	}
	if all != 14 {
		t.Errorf("all have 46 and %d", all)
	}
}
