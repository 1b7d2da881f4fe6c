package site

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestAddress: one sender is one, whatever port, and whichever address of their own network, they come from.
func TestAddress(t *testing.T) {
	t.Parallel()
	for forwarded, want := range map[string]string{
		"203.0.113.7": "203.0.113.7", "203.0.113.7:4711": "203.0.113.7", "::ffff:203.0.113.7": "203.0.113.7",
		"198.51.100.1, 203.0.113.7:80": "203.0.113.7", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "[2001:db8:1:2::9]:443": "2001:db8:1:2::/64",
		"[2001:db8:1:2::9]": "2001:db8:1:2::/64", "": "192.0.2.1", "unknown": "192.0.2.1", "203.0.113.7, nonsense": "192.0.2.1",
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil) // from 192.0.2.1
		r.Header.Set("X-Forwarded-For", forwarded)
		if got := Address(r); got != want {
			t.Errorf("%q is %s, want %s", forwarded, got, want)
		}
	}
}
