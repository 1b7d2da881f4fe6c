package consent

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/gate"
)

// TestTheStyleIsLetIn: the page's policy names its style as it stands in the page, and nothing else.
func TestTheStyleIsLetIn(t *testing.T) {
	t.Parallel()
	d := &Desk{Client: Client{ID: "c"}, Gate: gate.Gate{Token: "x", Cookie: "sandbox_test"}, Title: "Slack", Path: "/authorize", Now: time.Now, People: func() []Person { return []Person{{"U1", "<b>Ann</b>"}} }}
	for token, want := range map[string]string{"": "The token of this sandbox", "x": "Continue as &lt;b&gt;Ann&lt;/b&gt;"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/authorize?client_id=c&redirect_uri=http://127.0.0.1/back", http.NoBody)
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		_, rest, _ := strings.Cut(w.Body.String(), "<style>")
		text, rest, _ := strings.Cut(rest, "</style>")
		policy := w.Header().Get("Content-Security-Policy")
		if !strings.Contains(text, "main {") || !strings.Contains(rest, want) || !strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-"+digest(text)+"';") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: %s", policy, w.Body)
		}
	}
}
