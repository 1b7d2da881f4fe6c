package secret_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/secret"
)

func TestHandler(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	handler := secret.NewStore(dir).Handler()
	if err := os.WriteFile(filepath.Join(dir, "basic-auth-password"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		method, body string
		status       int
	}{
		{http.MethodPost, `{"name":"a","value":"hidden1"}`, 202},
		{http.MethodPost, `{"name":"a","value":"other"}`, 409},
		{http.MethodPut, `{"name":"a","namespace":"openfaas-fn","rawValue":"aGlkZGVuMg=="}`, 202},
		{http.MethodPut, `{"name":"b","value":"x"}`, 404},
		{http.MethodDelete, `{"name":"b"}`, 404},
		{http.MethodPost, `{"name":"../b","value":"x"}`, 400},
		{http.MethodPost, `{"name":".b","value":"x"}`, 400},
		{http.MethodPost, `{"name":"","value":"x"}`, 400},
		{http.MethodPost, `{"name":"b","namespace":"kube-system","value":"x"}`, 400},
		{http.MethodPost, `not JSON`, 400},
		{http.MethodPost, fmt.Sprintf(`{"name":"b","value":%q}`, strings.Repeat("x", secret.MaxValue+1)), 400},
		{http.MethodPut, `{"name":"basic-auth-password","value":"x"}`, 403},
		{http.MethodDelete, `{"name":"basic-auth-user"}`, 403},
	} {
		w := httptest.NewRecorder()
		handler(w, httptest.NewRequestWithContext(t.Context(), c.method, "/system/secrets", strings.NewReader(c.body)))
		if w.Code != c.status {
			t.Errorf("%s %.60s: %d %s, want %d", c.method, c.body, w.Code, w.Body, c.status)
		}
	}
	value, err := os.ReadFile(filepath.Join(dir, "a"))
	if err != nil || string(value) != "hidden2" {
		t.Errorf("stored %q, %v", value, err)
	}
	if info, err := os.Stat(filepath.Join(dir, "a")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info, err)
	}
	w := httptest.NewRecorder()
	handler(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/system/secrets", http.NoBody))
	if text := w.Body.String(); !strings.Contains(text, `"name":"a"`) || strings.Contains(text, "hidden") || strings.Contains(text, "alue") {
		t.Errorf("the list is %s", text)
	}
	w = httptest.NewRecorder()
	handler(w, httptest.NewRequestWithContext(t.Context(), http.MethodDelete, "/system/secrets", strings.NewReader(`{"name":"a"}`)))
	if _, err := os.Stat(filepath.Join(dir, "a")); w.Code != http.StatusAccepted || !os.IsNotExist(err) {
		t.Errorf("delete: %d, %v", w.Code, err)
	}
}
