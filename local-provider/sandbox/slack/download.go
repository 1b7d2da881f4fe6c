package slack

import (
	"net/http"
	"strings"
)

// serveFile answers url_private and url_private_download. Without a token, or with a bad one, Slack does not refuse: it
// sends the browser to its page to log in, as HTML (docs.slack.dev/reference/objects/file-object: "url_private").
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	token := bearer(r)
	_, id, _ := strings.Cut(r.PathValue("id"), "-")
	s.perform(w, r, job{method: "files.download", do: func() answer {
		switch f := s.files[id]; {
		case s.authenticate(&call{args: args{token: token}}) != nil || !s.granted("files:read"):
			return loginPage(s.base, r.URL.Path)
		case f == nil || !s.sees(f) || f.Deleted:
			return plain(http.StatusNotFound, "file_not_found")
		default:
			return answer{status: http.StatusOK, outcome: "ok", body: f.Content}.with("Content-Type", f.Mimetype)
		}
	}})
}

func loginPage(base, path string) answer {
	return answer{status: http.StatusFound, outcome: "not_authed", body: []byte("<!DOCTYPE html><html><head><title>Sign in | " +
		"Slack</title></head><body>Sign in to see this file.</body></html>")}.
		with("Content-Type", "text/html; charset=utf-8").with("Location", base+"/?redir="+path)
}
