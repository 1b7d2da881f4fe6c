package github

import (
	"net/http"
	"net/url"
	"strings"
)

// A router finds the route of a request. Unlike net/http's it takes what is called a number or an id in a path only when it
// is made of digits: GitHub's /issues/{number}/comments and /issues/comments/{id} go different ways.
type router struct{ routes []*route }

// A route is one method and path of the REST API.
type route struct {
	pattern string // "GET /repos/{owner}/{repo}/pulls/{number}"
	method  string
	parts   []string
	need    access
	do      handler
}

// route adds a path of the REST API.
func (s *Server) route(pattern string, need access, do handler) {
	method, path, _ := strings.Cut(pattern, " ")
	s.api.routes = append(s.api.routes, &route{pattern: pattern, method: method, parts: split(path), need: need, do: do})
}

func split(path string) []string { return strings.Split(strings.Trim(path, "/"), "/") }

// find is the route of a request, whose path values it sets; nil when there is none.
func (t *router) find(r *http.Request) *route {
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	parts := split(r.URL.EscapedPath())
	for i, text := range parts {
		if plain, err := url.PathUnescape(text); err == nil {
			parts[i] = plain
		}
	}
	for _, route := range t.routes {
		if route.method == method && fits(route.parts, parts, nil) {
			fits(route.parts, parts, r.SetPathValue)
			return route
		}
	}
	return nil
}

// fits says whether a path is one of a pattern's, and tells its values.
func fits(pattern, path []string, tell func(name, value string)) bool {
	for i, part := range pattern {
		if i >= len(path) {
			return false
		}
		name, variable := strings.CutPrefix(part, "{")
		name = strings.TrimSuffix(name, "}")
		rest, whole := strings.CutSuffix(name, "...")
		value := path[i]
		switch {
		case !variable && part != value, variable && value == "":
			return false
		case whole:
			if tell != nil {
				tell(rest, strings.Join(path[i:], "/"))
			}
			return true
		case variable && (name == "number" || name == "id") && strings.Trim(value, "0123456789") != "":
			return false
		}
		if variable && tell != nil {
			tell(name, value)
		}
	}
	return len(pattern) == len(path)
}
