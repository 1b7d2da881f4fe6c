package gerrit

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

const eventsLog = "events-log"

// restPlugins lists plugins and serves the one that there is.
func (s *Server) restPlugins(rq *request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if rq.at(1) == "" {
		if rq.who == nil {
			return nil, forbidden("view plugins not permitted")
		}
		out := map[string]any{}
		if !s.logOff {
			out[eventsLog] = map[string]any{
				"id": eventsLog, "version": "v" + s.options.Version, "index_url": "plugins/events-log/",
				"filename": "events-log.jar", "api_version": s.options.Version,
			}
		}
		return out, nil
	}
	if rq.at(1) != eventsLog || s.logOff {
		return plain(http.StatusNotFound, "Not Found"), nil
	}
	switch strings.Join(rq.path[2:], "/") {
	case "":
		return answer{status: http.StatusFound, to: "/plugins/events-log/Documentation/index.html"}, nil
	case "Documentation/index.html", "Documentation/about.html":
		return answer{
			status: http.StatusOK, kind: "text/html; charset=utf-8",
			body: []byte("<!DOCTYPE html>\n<title>events-log</title>\n<h1>events-log</h1>\n"),
		}, nil
	case "events":
		return s.serveLog(rq), nil
	}
	return plain(http.StatusNotFound, "Not Found"), nil
}

// serveLog answers GET events/?t1=…;t2=…: one event a line, without a guard, as text/html, which is what the plugin does.
func (s *Server) serveLog(rq *request) answer {
	if rq.who == nil {
		return plain(http.StatusUnauthorized, "Unauthorized")
	}
	if !rq.reads() {
		return plain(http.StatusMethodNotAllowed, "HTTP method "+rq.method+" is not supported by this URL")
	}
	lines, ok := s.logLines(rq)
	if !ok {
		return plain(http.StatusBadRequest, "Bad Request")
	}
	text := strings.Join(lines, "\n")
	if text != "" {
		text += "\n"
	}
	return answer{status: http.StatusOK, kind: "text/html;charset=utf-8", body: []byte(text)}
}

// logLines are the events that a request asks for; false when its times cannot be read.
func (s *Server) logLines(rq *request) ([]string, bool) {
	if rq.raw == "" {
		return s.latest(rq.who), true
	}
	values := map[string]string{}
	for _, pair := range strings.FieldsFunc(rq.raw, func(c rune) bool { return c == '&' || c == ';' }) {
		name, value, _ := strings.Cut(pair, "=")
		decoded, err := url.QueryUnescape(value)
		if err != nil {
			return nil, false
		}
		values[name] = decoded
	}
	if values["t1"] == "" && values["t2"] == "" {
		return nil, false
	}
	now := s.clock.Now().UTC().Truncate(time.Second)
	from, ok1 := logTime(values["t1"], now)
	to, ok2 := logTime(values["t2"], now)
	if to.Before(from) {
		from, to = to, from
	}
	return s.logged(rq.who, from, to), ok1 && ok2
}

// logTime reads the plugin's times: "2026-01-02 15:04:05" or a day; none is now.
func logTime(text string, now time.Time) (time.Time, bool) {
	if text == "" {
		return now, true
	}
	for _, form := range []string{time.DateTime, time.DateOnly} {
		if at, err := time.Parse(form, text); err == nil && len(text) == len(form) {
			return at, true
		}
	}
	return time.Time{}, false
}
