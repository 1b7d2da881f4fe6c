package page

import (
	"net/http"
	"strings"
)

// Guard forbids what our pages do not do: scripts, styles and pictures of others, frames, forms that lead elsewhere.
func Guard(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "+
		"form-action 'self'; base-uri 'self'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}

// Root is how the path of a request leads back to where the function's own begins: "../" for each step down. Links are made
// of it, so that pages work under whatever path the gateway has them.
func Root(r *http.Request) string { return strings.Repeat("../", strings.Count(r.URL.Path, "/")-1) }
