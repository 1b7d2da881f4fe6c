package jenkins

import (
	"fmt"
	"html"
	"net/http"
	"strings"
)

// htmlPage is a page of Jenkins. It carries the headers by which clients recognise Jenkins.
func (s *Server) htmlPage(status int, title, body string) answer {
	text := "<!DOCTYPE html><html class=\"\"><head data-rooturl=\"\"><title>" + html.EscapeString(title) + "</title>" +
		"<meta name=\"ROBOTS\" content=\"INDEX,NOFOLLOW\"></head><body id=\"jenkins\" class=\"jenkins-" + Version + "\">" +
		body + "<footer class=\"page-footer\"><button class=\"jenkins_ver\">Jenkins " + Version +
		"</button></footer></body></html>"
	return s.advertise(answer{status: status, body: []byte(text)}.with("Content-Type", "text/html;charset=utf-8"))
}

// advertise puts Jenkins' own headers on an answer.
func (s *Server) advertise(a answer) answer {
	return a.with("X-Hudson", "1.395").with("X-Jenkins", Version).with("X-Jenkins-Session", s.sessionHash)
}

// jettyError is the page of the servlet container, which Jenkins uses for errors without a page of its own.
func jettyError(rq *http.Request, status int, message string) answer {
	code := fmt.Sprintf("%d %s", status, html.EscapeString(message))
	text := "<html>\n<head>\n<meta http-equiv=\"Content-Type\" content=\"text/html;charset=ISO-8859-1\"/>\n" +
		"<title>Error " + code + "</title>\n</head>\n<body>\n<h2>HTTP ERROR " + code + "</h2>\n<table>\n" +
		"<tr><th>URI:</th><td>" + html.EscapeString(rq.RequestURI) + "</td></tr>\n" +
		fmt.Sprintf("<tr><th>STATUS:</th><td>%d</td></tr>\n", status) +
		"<tr><th>MESSAGE:</th><td>" + html.EscapeString(message) + "</td></tr>\n" +
		"<tr><th>SERVLET:</th><td>Stapler</td></tr>\n</table>\n" +
		"<hr/><a href=\"https://jetty.org/\">Powered by Jetty:// 12.0.25</a><hr/>\n\n</body>\n</html>\n"
	return answer{status: status, body: []byte(text)}.
		with("Content-Type", "text/html;charset=iso-8859-1").with("Cache-Control", "must-revalidate,no-cache,no-store")
}

// unauthorized is the answer to wrong credentials.
func unauthorized(rq *http.Request) answer {
	return jettyError(rq, http.StatusUnauthorized, "Unauthorized").with("WWW-Authenticate", `Basic realm="Jenkins"`)
}

// loginRequired is the answer to a request without credentials: 403 and a page that leads to the login form.
func (s *Server) loginRequired(rq *request) answer {
	to := html.EscapeString(rq.context + "/login?from=" + pathEscape(rq.RequestURI))
	text := "<html><head><meta http-equiv='refresh' content='1;url=" + to + "'/>" +
		"<script id='redirect' data-redirect-url='" + to + "' src='" + rq.context + "/static/" + s.sessionHash +
		"/scripts/redirect.js'></script></head><body style='background-color:white; color:white;'>\n" +
		"Authentication required\n<!--\n-->\n\n</body></html>" + strings.Repeat(" ", 300)
	return s.advertise(answer{status: http.StatusForbidden, body: []byte(text)}.
		with("Content-Type", "text/html;charset=utf-8"))
}

// accessDenied is the answer to a user who lacks a permission.
func (s *Server) accessDenied(rq *request, permission string) answer {
	return s.htmlPage(http.StatusForbidden, "Access Denied - Jenkins", "<h1>Access Denied</h1><p class=\"error\">"+
		html.EscapeString(rq.user)+" is missing the "+permission+" permission</p>").
		with("X-You-Are-Authenticated-As", rq.user)
}

// notFound is Jenkins' 404 page.
func (s *Server) notFound() answer {
	return s.htmlPage(http.StatusNotFound, "Not Found - Jenkins", "<h1><img src=\"/images/rage.svg\"/> Oops!</h1>"+
		"<div id=\"error-description\"><h2>Not Found</h2>"+
		"<p>This page may not exist, or you may not have permission to see it.</p></div>")
}

// oops is the page for an exception.
func (s *Server) oops(status int) answer {
	id := randomHex(16)
	return s.htmlPage(status, "Jenkins", "<h1><img src=\"/images/rage.svg\"/> Oops!</h1><div id=\"error-description\">"+
		"<h2>A problem occurred while processing the request</h2><p>Logging ID="+id[:8]+"-"+id[8:12]+"-"+id[12:16]+"-"+
		id[16:20]+"-"+id[20:]+"</p></div>")
}

// refused is Jenkins' page for a request that it understands and will not do; the reason is in a header too.
func (s *Server) refused(message string) answer {
	header := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, message)
	return s.htmlPage(http.StatusBadRequest, "Jenkins", "<h1>Error</h1><p>"+html.EscapeString(message)+"</p>").
		with("X-Error", header)
}

// postRequired is the page for a GET of what only a POST may do.
func (s *Server) postRequired(rq *request) answer {
	return s.htmlPage(http.StatusMethodNotAllowed, "Method Not Allowed - Jenkins", "<h1>This URL requires POST</h1>"+
		"<p>The URL you're trying to access requires that requests be sent using POST (like a form submission).</p>"+
		"<p><code>"+html.EscapeString(rq.base()+strings.Join(rq.path, "/"))+"</code></p>").with("Allow", "POST")
}

// waitPage is what Jenkins shows while it stops or starts.
func waitPage(title, text string) answer {
	body := "<!DOCTYPE html><html lang=\"en\"><head><title>" + title + "</title>" +
		"<meta name=\"ROBOTS\" content=\"NOFOLLOW\"></head><body><div class=\"simple-page\" role=\"main\">" +
		"<div class=\"app-jenkins-booting\"><h1 class=\"loading\">" + text + "</h1><p class=\"restarting\">" +
		"Your browser will reload automatically when Jenkins is ready.</p></div></div></body></html>"
	return answer{status: http.StatusServiceUnavailable, body: []byte(body)}.
		with("Content-Type", "text/html;charset=utf-8").with("Expires", "0").
		with("Cache-Control", "no-cache,no-store,must-revalidate")
}
