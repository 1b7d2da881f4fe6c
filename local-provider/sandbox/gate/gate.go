// Package gate lets into a stand-in's pages who has its token, and keeps other sites from acting in their name.
package gate

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
)

// A Gate stands before the pages and the control of a stand-in.
type Gate struct {
	// Token lets in; nobody gets in without one.
	Token string
	// Cookie keeps a browser logged in. Its value is made from the token, and does not give it away. Ports share their
	// cookies, so that each stand-in has a name of its own.
	Cookie string
}

// policy lets a page load only what comes from here, and nothing run that does not stand in a file.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// maxLogin is how long the form of the door may be.
const maxLogin = 4 << 10

// Dressed adds the headers of a page.
func Dressed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cache-Control", "no-cache")
		next.ServeHTTP(w, r)
	})
}

// Known says whether a request comes from who has the token: with it, or from a browser that logged in with it.
func (g Gate) Known(r *http.Request) bool {
	if g.Token == "" {
		return false
	}
	if cookie, err := r.Cookie(g.Cookie); err == nil && equal(cookie.Value, g.pass()) {
		return true
	}
	if _, password, ok := r.BasicAuth(); ok {
		return equal(password, g.Token)
	}
	kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.EqualFold(kind, "Bearer") && equal(strings.TrimSpace(token), g.Token)
}

// pass is what a browser that logged in shows.
func (g Gate) pass() string {
	mac := hmac.New(sha256.New, []byte(g.Token))
	_, _ = io.WriteString(mac, "pages behind "+g.Cookie) // a hash never fails
	return hex.EncodeToString(mac.Sum(nil))
}

// Visitor lets through who is known, and no request that another site makes in the name of a browser that is. Others get
// what outside says.
func (g Gate) Visitor(next, outside http.Handler) http.Handler {
	return http.NewCrossOriginProtection().Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g.Known(r) {
			next.ServeHTTP(w, r)
			return
		}
		outside.ServeHTTP(w, r)
	}))
}

// Enter logs a browser in with a form's token, and sends it to the form's next, a path here; with a wrong one to the same path
// with "?wrong" behind.
func (g Gate) Enter() http.Handler {
	return http.NewCrossOriginProtection().Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxLogin)
		token, next := strings.TrimSpace(r.PostFormValue("token")), inside(r.PostFormValue("next"))
		if g.Token == "" || !equal(token, g.Token) {
			here, _, _ := strings.Cut(next, "?")
			http.Redirect(w, r, here+"?wrong", http.StatusSeeOther) //nolint:gosec // inside lets only paths of this host through
			return
		}
		http.SetCookie(w, &http.Cookie{ //nolint:gosec // plain HTTP on the loopback has no Secure cookies
			Name: g.Cookie, Value: g.pass(), Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
		})
		http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // inside lets only paths of this host through
	}))
}

// inside is a path of this host, or the root for anything else.
func inside(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}

// equal compares secrets without telling by its time where they differ.
func equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
