package slack

import "net/http"

// serveResponse answers a response URL.
func (s *Server) serveResponse(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, "used_url", http.StatusNotFound)
}

// serveFile answers a download.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	http.NotFound(w, r)
}
