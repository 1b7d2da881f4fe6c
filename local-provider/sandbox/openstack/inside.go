package openstack

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// inside makes a call of one service as another does it, on somebody's behalf: under the lock, without faults. It returns the body of
// the answer, and what was refused as an error with the service's own words.
func (s *Server) inside(c *call, v *service, method, path string, body object) (object, error) {
	h, values := s.innerHandler(method, strings.ReplaceAll(v.path, "{project}", c.who.Project)+path)
	if h == nil {
		return nil, refuse(http.StatusNotFound, "The resource could not be found.")
	}
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	r := (&http.Request{Method: method, URL: &url.URL{Path: path}, Header: http.Header{}}).WithContext(c.r.Context())
	for name, value := range values {
		r.SetPathValue(name, value)
	}
	in := &call{service: v, r: r, who: c.who, body: text, base: c.base, query: url.Values{}}
	if v.micro != nil {
		in.minor = v.micro.most
	}
	a, err := h(in)
	if err != nil {
		return nil, err
	}
	a = a.text()
	out := object{}
	if len(a.raw) > 0 && json.Unmarshal(a.raw, &out) != nil {
		return nil, errors.New("an answer that is no object")
	}
	return out, nil
}

// innerHandler is what serves a path, and the values in the path; nil for nothing.
func (s *Server) innerHandler(method, path string) (handler, map[string]string) {
	parts := strings.Split(path, "/")
	var found handler
	var values map[string]string
	for pattern, h := range s.inner {
		verb, form, _ := strings.Cut(pattern, " ")
		if got, fits := fitting(strings.Split(form, "/"), parts); fits && verb == method && (found == nil || len(got) < len(values)) {
			found, values = h, got
		}
	}
	return found, values
}

// fitting are the values that a path has for a pattern.
func fitting(pattern, path []string) (map[string]string, bool) {
	if len(pattern) != len(path) {
		return nil, false
	}
	values := map[string]string{}
	for i, part := range pattern {
		name, variable := strings.CutPrefix(part, "{")
		switch {
		case variable:
			values[strings.TrimSuffix(name, "}")] = path[i]
		case part != path[i]:
			return nil, false
		}
	}
	return values, true
}
