package gerrit

import (
	"encoding/json"
	"net/http"
	"strings"
)

// rest answers one request. The lock is not held.
func (s *Server) rest(rq *request) (any, error) {
	switch rq.path[0] {
	case "changes":
		return s.restChanges(rq)
	case "projects":
		return s.restProjects(rq)
	case "accounts":
		return s.restAccounts(rq)
	case "config":
		return s.restConfig(rq)
	case "plugins":
		return s.restPlugins(rq)
	}
	return nil, notFound(strings.Join(rq.path, "/"))
}

// at is the word of a path, empty when it is shorter. A slash at the end makes an empty word.
func (rq *request) at(i int) string {
	if i < len(rq.path) {
		return rq.path[i]
	}
	return ""
}

// reads says whether the request is a GET, of a HEAD's kind too.
func (rq *request) reads() bool { return rq.method == http.MethodGet || rq.method == http.MethodHead }

// wrongMethod is for a path that is there, but not so.
func (rq *request) wrongMethod() error {
	if rq.reads() {
		return notFound(rq.path[len(rq.path)-1])
	}
	return refuse(http.StatusMethodNotAllowed, "Not implemented: %s /%s", rq.method, strings.Join(rq.path, "/"))
}

// decode reads the body. None at all is an empty object.
func (rq *request) decode(into any) error {
	if len(rq.body) == 0 {
		return nil
	}
	kind, _, _ := strings.Cut(rq.kind, ";")
	if !strings.EqualFold(strings.TrimSpace(kind), "application/json") {
		return badRequest("Expected Content-Type: application/json")
	}
	if err := json.Unmarshal(rq.body, into); err != nil {
		return badRequest("Invalid JSON in request")
	}
	return nil
}

// person is who asks, for what only they may do.
func (rq *request) person(s *Server) (*Person, error) {
	if rq.who == nil {
		return nil, forbidden("Authentication required")
	}
	return &Person{s: s, id: rq.who.ID}, nil
}

func (s *Server) restConfig(rq *request) (any, error) {
	if rq.at(1) != "server" {
		return nil, notFound(rq.at(1))
	}
	switch rq.at(2) {
	case "version":
		return s.options.Version, nil
	case "info":
		type m = map[string]any
		return m{
			"accounts": m{"visibility": "ALL"}, "auth": m{"auth_type": "HTTP"}, "change": m{"update_delay": 300},
			"gerrit": m{"all_projects": "All-Projects", "all_users": "All-Users"}, "plugin": m{}, "sshd": m{},
		}, nil
	case "healthcheck~status":
		return map[string]string{"result": "passed"}, nil
	}
	return nil, notFound(rq.at(2))
}

func (s *Server) restAccounts(rq *request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := rq.who
	switch name := rq.at(1); name {
	case "self", "me":
		if a == nil {
			return nil, forbidden("Authentication required")
		}
	default:
		if a = s.account(name); a == nil {
			return nil, notFound(name)
		}
	}
	switch rq.at(2) {
	case "", "detail":
		return s.accountInfo(a.ID, true), nil
	case "username":
		return a.Username, nil
	case "name":
		return a.Name, nil
	case "email":
		return a.Email, nil
	case "groups":
		out := []map[string]string{}
		for _, g := range a.Groups {
			out = append(out, map[string]string{"id": string(g), "name": string(g)})
		}
		return out, nil
	}
	return nil, notFound(rq.at(2))
}
