package session

import (
	"net/http/httptest"
	"testing"
	"time"
)

// TestCookies have the name with which browsers guard them best: one host's alone where the dashboard has the host for itself.
func TestCookies(t *testing.T) {
	t.Parallel()
	for address, want := range map[string][2]string{
		"https://ops.example.org":                    {"__Host-handsoff", "/"},
		"https://ops.example.org/function/dashboard": {"__Secure-handsoff", "/function/dashboard"},
		"http://127.0.0.1:8080":                      {"handsoff", "/"},
		"":                                           {"handsoff", "/function/dashboard"},
	} {
		s := New(Settings{URL: address})
		w := httptest.NewRecorder()
		s.setCookie(w, s.cookieName(), "x", time.Hour)
		got := w.Result().Cookies()[0]
		if got.Name != want[0] || got.Path != want[1] || got.Domain != "" || got.Secure != s.secure() {
			t.Errorf("%q: %v", address, got)
		}
	}
}
