package gate_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/handsoff/handsoff/local-provider/sandbox/gate"
)

const token = "a token"

func ask(t *testing.T, method, body string, header ...string) *http.Request {
	t.Helper()
	rq := httptest.NewRequestWithContext(t.Context(), method, "http://sandbox.test/x", strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		rq.Header.Set(header[i], header[i+1])
	}
	return rq
}

func answer(h http.Handler, rq *http.Request) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, rq)
	return w.Result()
}

func says(status int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
}

func TestWhoIsLetIn(t *testing.T) {
	t.Parallel()
	g := gate.Gate{Token: token, Cookie: "sandbox_test"}
	h := gate.Dressed(g.Visitor(says(http.StatusOK), says(http.StatusTeapot)))
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	in := answer(g.Enter(), ask(t, http.MethodPost, "token=a+token&next=/pull/1", form...))
	if in.Header.Get("Location") != "/pull/1" || len(in.Cookies()) != 1 || strings.Contains(in.Header.Get("Set-Cookie"), token) {
		t.Fatalf("logging in answers %v", in.Header)
	}
	cookie := in.Cookies()[0]
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode {
		t.Errorf("the cookie is %v", cookie)
	}
	other := gate.Gate{Token: token, Cookie: "sandbox_other"}
	for _, c := range []struct {
		gate   gate.Gate
		header []string
		want   int
	}{
		{g, nil, http.StatusTeapot},
		{g, []string{"Authorization", "Bearer " + token}, http.StatusOK},
		{g, []string{"Authorization", "Bearer other"}, http.StatusTeapot},
		{g, []string{"Authorization", "Basic eDphIHRva2Vu"}, http.StatusOK},
		{g, []string{"Cookie", cookie.Name + "=" + cookie.Value}, http.StatusOK},
		{g, []string{"Cookie", cookie.Name + "=" + token}, http.StatusTeapot},
		{other, []string{"Cookie", other.Cookie + "=" + cookie.Value}, http.StatusTeapot},
		{gate.Gate{Cookie: "sandbox_test"}, []string{"Authorization", "Bearer "}, http.StatusTeapot},
	} {
		got := answer(c.gate.Visitor(says(http.StatusOK), says(http.StatusTeapot)), ask(t, http.MethodGet, "", c.header...))
		if got.StatusCode != c.want {
			t.Errorf("%v at %v: %d, want %d", c.header, c.gate, got.StatusCode, c.want)
		}
	}
	foreign := ask(t, http.MethodPost, "", "Authorization", "Bearer "+token, "Sec-Fetch-Site", "cross-site")
	if got := answer(h, foreign); got.StatusCode != http.StatusForbidden || got.Header.Get("Content-Security-Policy") == "" {
		t.Errorf("another site is answered %d %v", got.StatusCode, got.Header)
	}
}

func TestWhoIsNotLetIn(t *testing.T) {
	t.Parallel()
	for body, g := range map[string]gate.Gate{
		"token=wrong": {Token: token, Cookie: "c"}, "token=": {Cookie: "c"}, "": {Token: token, Cookie: "c"},
		"token=" + strings.Repeat("x", 5<<10): {Token: token, Cookie: "c"},
	} {
		got := answer(g.Enter(), ask(t, http.MethodPost, body, "Content-Type", "application/x-www-form-urlencoded"))
		if got.Header.Get("Location") != "/?wrong" || len(got.Cookies()) != 0 {
			t.Errorf("%.20q is answered %v", body, got.Header)
		}
	}
}

// TestWrong leads back to where somebody came from, who then tries again.
func TestWrong(t *testing.T) {
	t.Parallel()
	g := gate.Gate{Token: "t", Cookie: "c"}
	for next, want := range map[string]string{
		"": "/?wrong", "/a/b": "/a/b?wrong", "/a?x=1": "/a?wrong", "//a.test": "/?wrong", "http://a.test": "/?wrong",
	} {
		form := url.Values{"token": {"wrong"}, "next": {next}}.Encode()
		got := answer(g.Enter(), ask(t, http.MethodPost, form, "Content-Type", "application/x-www-form-urlencoded"))
		if got.Header.Get("Location") != want || len(got.Cookies()) != 0 {
			t.Errorf("%q leads to %q, want %q", next, got.Header.Get("Location"), want)
		}
	}
}

// TestFiles gives a browser what belongs to a page, and no page but that which it asks for.
func TestFiles(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{}
	for _, name := range []string{"page.html", "page.css", "page.js", "page.txt"} {
		files["page/"+name] = &fstest.MapFile{Data: []byte("the " + name)}
	}
	mux := http.NewServeMux()
	mux.Handle("GET /page/{name}", gate.Assets(files))
	mux.Handle("GET /{$}", gate.Page(files, "page.html"))
	mux.Handle("GET /none", gate.Page(files, "none.html"))
	for path, want := range map[string]string{
		"/": "text/html; charset=utf-8", "/page/page.css": "text/css; charset=utf-8", "/page/page.js": "text/javascript; charset=utf-8",
		"/page/page.html": "", "/page/page.txt": "", "/page/none.js": "", "/page/..%2Fpage.txt": "", "/none": "",
	} {
		rq := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://sandbox.test"+path, http.NoBody)
		got := answer(mux, rq)
		if found := got.StatusCode == http.StatusOK; found != (want != "") || found && got.Header.Get("Content-Type") != want {
			t.Errorf("%s is answered %d %v", path, got.StatusCode, got.Header)
		}
	}
}

// TestNext: a link that logs in leads nowhere else.
func TestNext(t *testing.T) {
	t.Parallel()
	g := gate.Gate{Token: "t", Cookie: "c"}
	for next, want := range map[string]string{
		"": "/", "/a": "/a", "//a.test": "/", "http://a.test": "/", `/\a.test`: "/", "a": "/", "/a%0Ab": "/",
	} {
		got := answer(g.Enter(), ask(t, http.MethodPost, "token=t&next="+next, "Content-Type", "application/x-www-form-urlencoded"))
		if got.Header.Get("Location") != want {
			t.Errorf("%q leads to %q, want %q", next, got.Header.Get("Location"), want)
		}
	}
}
