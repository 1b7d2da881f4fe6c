package jenkins

import (
	"context"
	"net/http"
	"strings"

	"github.com/handsoff/handsoff/local-provider/sandbox/control"
	"github.com/handsoff/handsoff/local-provider/sandbox/door"
)

// Listen opens a door behind which a handler is served, on a free port when the address ends in ":0".
func Listen(ctx context.Context, addr string, handler http.Handler) (*door.Door, error) {
	return door.Listen(ctx, addr, handler)
}

// Handler serves Jenkins and, under [control.Path] and to the same user with the same token, its control. The token works
// there even while a fault says that it was revoked.
func (s *Server) Handler() http.Handler {
	orders := s.Control()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, control.Path) {
			s.ServeHTTP(w, r)
			return
		}
		user, secret, _ := r.BasicAuth()
		if s.options.Token == "" || !equal(user, s.options.User) || !equal(secret, s.options.Token) {
			w.Header().Set("WWW-Authenticate", `Basic realm="sandbox"`)
			http.Error(w, "log in as the sandbox's user with its token", http.StatusUnauthorized)
			return
		}
		orders.ServeHTTP(w, r)
	})
}
