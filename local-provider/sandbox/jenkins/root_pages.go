package jenkins

import (
	"net/http"

	"github.com/handsoff/handsoff/local-provider/sandbox/jenkins/stapler"
)

var rootActions = map[string]action[*item]{
	"createItem":      {true, (*Server).createItem},
	"createView":      {true, (*Server).createView},
	"quietDown":       {true, (*Server).postQuietDown},
	"cancelQuietDown": {true, (*Server).postCancelQuietDown},
	"restart":         {false, (*Server).postRestart},
	"safeRestart":     {false, (*Server).postSafeRestart},
	"scriptText":      {true, (*Server).postScript},
	"login":           {false, (*Server).login},
	"configure":       {false, (*Server).adminOnly},
	"manage":          {false, (*Server).adminOnly},
}

// routeRoot serves what stands below Jenkins itself.
func (s *Server) routeRoot(rq *request, rest []string) answer {
	x := s.exporter(rq)
	if len(rest) == 0 {
		return s.page(rq, "Dashboard", itemList(s.root))
	}
	switch rest[0] {
	case "api":
		return s.api(rq, rest, x.jenkins())
	case "queue":
		return s.routeQueue(rq, rest[1:])
	case "computer":
		return s.routeComputer(rq, rest[1:])
	case "whoAmI":
		return s.routeSimple(rq, rest[1:], "Who Am I", x.whoAmI(rq.user))
	case "me":
		return s.routeSimple(rq, rest[1:], rq.user, x.user(rq.user))
	case "user":
		return s.routeUser(rq, rest[1:])
	case "crumbIssuer":
		return s.routeCrumb(rq, rest[1:])
	case "pluginManager":
		return s.routeSimple(rq, rest[1:], "Plugins", x.plugins())
	case "label":
		return s.routeLabel(rq, rest[1:])
	}
	return act(s, rq, rootActions, rest[0], s.root)
}

// routeSimple serves an object that has a page and an API and nothing else.
func (s *Server) routeSimple(rq *request, rest []string, title string, bean stapler.Bean) answer {
	switch {
	case len(rest) == 0:
		return s.page(rq, title, "<h1>"+title+"</h1>")
	case isAPI(rest):
		return s.api(rq, rest, bean)
	default:
		return s.notFound()
	}
}

func (s *Server) routeUser(rq *request, rest []string) answer {
	if len(rest) == 0 || rest[0] != s.options.User {
		return s.notFound()
	}
	return s.routeSimple(rq, rest[1:], rest[0], s.exporter(rq).user(rest[0]))
}

// routeCrumb issues a crumb. It belongs to a session, so the answer begins one.
func (s *Server) routeCrumb(rq *request, rest []string) answer {
	id, fresh := s.openSession(rq)
	a := s.routeSimple(rq, rest, "Crumb issuer", s.exporter(rq).crumbIssuer(s.crumb(rq.user, id)))
	if fresh {
		a = a.with("Set-Cookie", s.sessionCookie(rq, id).String())
	}
	return a
}

func (s *Server) postQuietDown(rq *request, _ *item) answer {
	s.quietDown(rq.form.get("message"), rq.form.get("safeRestart") == "true")
	return rq.dot()
}

func (s *Server) postCancelQuietDown(rq *request, _ *item) answer {
	s.cancelQuietDown()
	return rq.dot()
}

// postRestart restarts without regard for what runs; a GET shows the page that asks whether one is sure.
func (s *Server) postRestart(rq *request, _ *item) answer {
	if !rq.posted() {
		return s.htmlPage(http.StatusOK, "Jenkins", "<p>Are you sure about restarting Jenkins?</p>")
	}
	s.restart(grace)
	return rq.dot()
}

// postSafeRestart restarts when no build is left that would be lost.
func (s *Server) postSafeRestart(rq *request, _ *item) answer {
	switch {
	case !rq.posted():
		return s.htmlPage(http.StatusOK, "Jenkins", "<p>Are you sure about restarting Jenkins? Jenkins will restart "+
			"once all running jobs are finished.</p>")
	case rq.form.has("cancel"):
		s.cancelQuietDown()
	default:
		s.quietDown(rq.form.get("message"), true)
	}
	return rq.dot()
}

// postScript refuses the script console, as Jenkins does for everybody but administrators.
func (s *Server) postScript(rq *request, _ *item) answer {
	return s.accessDenied(rq, "Overall/Administer")
}

func (s *Server) adminOnly(rq *request, _ *item) answer {
	return s.accessDenied(rq, "Overall/Administer")
}

func (s *Server) login(_ *request, _ *item) answer {
	return s.htmlPage(http.StatusOK, "Sign in - Jenkins", "<h1>Sign in to Jenkins</h1>")
}
