package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// assets is the page: a chat client of three plain files, and the door before it.
//
//go:embed page
var assets embed.FS

// policy lets the page load only what comes from here, and nothing run that does not stand in a file.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// passCookie keeps a browser logged in. Its value is made from the app's token, and does not give it away.
const passCookie = "sandbox_slack"

// maxLogin is how long the form of the door may be.
const maxLogin = 4 << 10

// pageRoutes puts the page where it belongs.
func (s *Server) pageRoutes() {
	s.mux.Handle("GET /{$}", s.dressed(s.asset("index.html", "door.html")))
	s.mux.Handle("GET /page/{name}", s.dressed(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		serveAsset(w, r, r.PathValue("name"))
	})))
	s.mux.Handle("POST /enter", s.dressed(http.NewCrossOriginProtection().Handler(http.HandlerFunc(s.serveEnter))))
}

// dressed adds the headers of a page.
func (s *Server) dressed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-cache")
		next.ServeHTTP(w, r)
	})
}

// asset serves one file to who is logged in, another to who is not.
func (s *Server) asset(inside, outside string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.known(r) {
			serveAsset(w, r, inside)
			return
		}
		serveAsset(w, r, outside)
	})
}

func serveAsset(w http.ResponseWriter, r *http.Request, name string) {
	text, err := fs.ReadFile(assets, path.Join("page", path.Base(name)))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	kinds := map[string]string{
		".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	}
	w.Header().Set("Content-Type", kinds[path.Ext(name)])
	_, _ = w.Write(text) //nolint:gosec // the file is one of ours; fails only when the client has gone
}

// known says whether a request comes from who has the app's token: with it, or from a browser that logged in with it.
func (s *Server) known(r *http.Request) bool {
	if s.options.Token == "" {
		return false
	}
	if cookie, err := r.Cookie(passCookie); err == nil && equal(cookie.Value, s.pass()) {
		return true
	}
	if _, password, ok := r.BasicAuth(); ok {
		return equal(password, s.options.Token)
	}
	return equal(bearer(r), s.options.Token)
}

// pass is what a browser that logged in shows.
func (s *Server) pass() string {
	mac := hmac.New(sha256.New, []byte(s.options.Token))
	_, _ = io.WriteString(mac, "page of the sandbox's Slack") // a hash never fails
	return hex.EncodeToString(mac.Sum(nil))
}

// visitor lets through who is known, and no request that another site makes in the name of a browser that is.
func (s *Server) visitor(next http.Handler) http.Handler {
	return http.NewCrossOriginProtection().Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.known(r) {
			reply(w, http.StatusUnauthorized, object{"ok": false, "error": "log in at / with the app's token, or send it as a bearer"})
			return
		}
		next.ServeHTTP(w, r)
	}))
}

// serveEnter logs a browser in.
func (s *Server) serveEnter(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxLogin)
	token := strings.TrimSpace(r.PostFormValue("token"))
	if s.options.Token == "" || !equal(token, s.options.Token) {
		http.Redirect(w, r, "/?wrong", http.StatusSeeOther)
		return
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // plain HTTP on the loopback has no Secure cookies
		Name: passCookie, Value: s.pass(), Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
