package jenkins

import (
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
)

// An answer is what a handler has decided to say; it is written after the lock is released.
type answer struct {
	status int
	header http.Header
	body   []byte
	// stream, if set, writes the body instead.
	stream func(io.Writer) error
}

func (a answer) with(name, value string) answer {
	if a.header == nil {
		a.header = http.Header{}
	}
	a.header.Set(name, value)
	return a
}

// ok is an empty success.
func ok() answer { return answer{status: http.StatusOK} }

// plain is text.
func plain(status int, text string) answer {
	return answer{status: status, body: []byte(text)}.with("Content-Type", "text/plain;charset=UTF-8")
}

// xmlFile is a config.xml.
func xmlFile(config []byte) answer {
	return answer{status: http.StatusOK, body: config}.with("Content-Type", "application/xml")
}

// redirect sends the client to a path under the root; a path that starts with a scheme is taken as it is.
func (rq *request) redirect(status int, path string) answer {
	if !strings.HasPrefix(path, "http://") && !strings.HasPrefix(path, "https://") {
		path = rq.base() + strings.TrimPrefix(path, "/")
	}
	return answer{status: status}.with("Location", path)
}

// dot is Stapler's redirect to ".": the folder in which the last part of the request's path stands.
func (rq *request) dot() answer {
	path := rq.URL.EscapedPath()
	path = strings.TrimPrefix(path, rq.context)
	return rq.redirect(http.StatusFound, path[:strings.LastIndexByte(path, '/')+1])
}

// back is Stapler's redirect to the page that the request came from.
func (rq *request) back() answer {
	if referer := rq.Referer(); referer != "" {
		return rq.redirect(http.StatusFound, referer)
	}
	return rq.dot()
}

// write sends an answer. Errors mean that the client has gone.
func (a answer) write(w http.ResponseWriter, r *http.Request) {
	date := w.Header().Get("Date") // whoever serves us may have set it
	maps.Copy(w.Header(), a.header)
	if date != "" {
		w.Header().Set("Date", date)
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Server", "Jetty(12.0.25)")
	if a.stream == nil && a.status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	if r.Method == http.MethodHead {
		return
	}
	if a.stream != nil {
		_ = a.stream(w)
		return
	}
	_, _ = w.Write(a.body)
}
