package jenkins

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// A request is what a handler needs to know of an HTTP request. Its body has been read.
type request struct {
	*http.Request
	form *form
	path []string // decoded, without the context path and empty parts
	user string   // empty for anonymous
	// byToken says that the user showed an API token, not a password.
	byToken bool
	context string // the context path: "" or "/jenkins"
}

// newRequest reads a request's path; false when it is outside the context path.
func newRequest(r *http.Request, context string) (*request, bool) {
	rest, ok := strings.CutPrefix(r.URL.EscapedPath(), context)
	if !ok || (rest != "" && rest[0] != '/') {
		return nil, false
	}
	rq := &request{Request: r, context: context}
	for part := range strings.SplitSeq(rest, "/") {
		name, err := url.PathUnescape(part)
		if err != nil {
			return nil, false
		}
		if name != "" && name != "." {
			rq.path = append(rq.path, name)
		}
	}
	return rq, true
}

// base is the root URL as the client sees it, with a slash at the end.
func (rq *request) base() string {
	scheme, host := "http", rq.Host
	if rq.TLS != nil {
		scheme = "https"
	}
	if proto := rq.Header.Get("X-Forwarded-Proto"); proto == "http" || proto == "https" {
		scheme = proto
	}
	if forwarded := rq.Header.Get("X-Forwarded-Host"); forwarded != "" {
		host, _, _ = strings.Cut(forwarded, ",")
	}
	return scheme + "://" + strings.TrimSpace(host) + rq.context + "/"
}

// slash says whether the path ends with one, as pages of Jenkins do.
func (rq *request) slash() bool { return strings.HasSuffix(rq.URL.Path, "/") || len(rq.path) == 0 }

// posted says whether it is a POST.
func (rq *request) posted() bool { return rq.Method == http.MethodPost }

// contextPath is the path of the root URL without its last slash.
func contextPath(root string) string {
	u, err := url.Parse(root)
	if err != nil {
		return ""
	}
	return strings.TrimRight(u.EscapedPath(), "/")
}

func pathEscape(name string) string { return url.PathEscape(name) }

func itoa(n int) string { return strconv.Itoa(n) }

func itoa64(n int64) string { return strconv.FormatInt(n, 10) }
