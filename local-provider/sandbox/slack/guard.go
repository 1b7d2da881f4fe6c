package slack

import "net/http"

// guard lets through who has the app's token: as a bearer, or as the password of any user, as a browser asks for it. The
// token works here even while it is revoked in Slack.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := bearer(r)
		if _, password, ok := r.BasicAuth(); ok {
			token = password
		}
		if s.options.Token == "" || !equal(token, s.options.Token) {
			w.Header().Set("WWW-Authenticate", `Basic realm="sandbox"`)
			http.Error(w, "log in with the app's token as the password", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}
