package jenkins

import (
	"net/http"
	"strconv"

	"github.com/handsoff/handsoff/local-provider/sandbox/jenkins/stapler"
)

// An action is what a path below an object does; most change something and want a POST.
type action[T any] struct {
	post bool
	do   func(*Server, *request, T) answer
}

// act runs the action of a name; an unknown one is not found. As in Stapler, what follows the name in the path is ignored.
func act[T any](s *Server, rq *request, actions map[string]action[T], name string, on T) answer {
	a, known := actions[name]
	switch {
	case !known:
		return s.notFound()
	case a.post && !rq.posted():
		return s.postRequired(rq)
	default:
		return a.do(s, rq, on)
	}
}

// route finds what a path means: folders and jobs by /job/<name> again and again, then what stands below them.
func (s *Server) route(rq *request) answer {
	at, rest := s.root, rq.path
	for len(rest) >= 2 && rest[0] == "job" && at.isFolder() {
		if at = at.child(rest[1]); at == nil {
			return s.notFound()
		}
		rest = rest[2:]
	}
	switch {
	case len(rest) >= 2 && rest[0] == "view" && at.isFolder():
		return s.routeView(rq, at, rest[1:])
	case at.isRoot():
		return s.routeRoot(rq, rest)
	case at.isFolder():
		return s.routeFolder(rq, at, rest)
	default:
		return s.routeJob(rq, at, rest)
	}
}

// page is the HTML page of an object. Without the slash at its end, a path is redirected to where there is one.
func (s *Server) page(rq *request, title, body string) answer {
	if !rq.slash() {
		return rq.redirect(http.StatusFound, rq.URL.EscapedPath()[len(rq.context):]+"/")
	}
	return s.htmlPage(http.StatusOK, title+" - Jenkins", body)
}

// api serves an object in the notation that the path names.
func (s *Server) api(rq *request, rest []string, bean stapler.Bean) answer {
	if len(rest) == 1 {
		return s.page(rq, "Remote API", "<h1>REST API</h1>")
	}
	flavors := map[string]stapler.Flavor{"json": stapler.JSON, "python": stapler.Python}
	flavor, known := flavors[rest[1]]
	if !known {
		return s.notFound()
	}
	if rq.form.has("jsonp") {
		return jettyError(rq.Request, http.StatusForbidden, "jsonp forbidden; implement jenkins.security.SecureRequester")
	}
	pruner, ok := pruner(rq.form)
	if !ok {
		return s.oops(http.StatusInternalServerError)
	}
	body, err := stapler.Write(bean, pruner, flavor, rq.form.has("pretty"))
	if err != nil {
		return s.oops(http.StatusInternalServerError)
	}
	return answer{status: http.StatusOK, body: body}.with("Content-Type", flavor.ContentType()).
		with("X-Jenkins", Version).with("X-Jenkins-Session", s.sessionHash).with("X-Frame-Options", "deny")
}

// pruner is what `tree=` or `depth=` asks for; false when they cannot be read, which Jenkins answers with its error page.
func pruner(f *form) (stapler.Pruner, bool) {
	if f.has("tree") {
		tree, err := stapler.ParseTree(f.get("tree"))
		if err != nil {
			return nil, false
		}
		return stapler.ByTree(tree), true
	}
	depth := 0
	if f.has("depth") {
		var err error
		if depth, err = strconv.Atoi(f.get("depth")); err != nil {
			return nil, false
		}
	}
	return stapler.Depth(depth), true
}

// isAPI says whether the rest of a path is the object's remote API.
func isAPI(rest []string) bool { return len(rest) > 0 && rest[0] == "api" }
