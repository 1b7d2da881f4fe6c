package gerrit

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
)

// maxBody is how large a request's body may be.
const maxBody = 1 << 20

// resources are the roots of REST; what begins otherwise is the page's.
var resources = []string{"access", "accounts", "changes", "config", "groups", "plugins", "projects"}

// A request is what REST is asked.
type request struct {
	who    *Account // nil for nobody
	method string
	path   []string // decoded, without "a"
	query  url.Values
	raw    string // the query as it came
	body   []byte
	kind   string // of the body
}

// serve answers HTTP.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.learnURL(r)
	rq, ok := restRequest(r)
	if !ok {
		s.mux.ServeHTTP(w, r)
		return
	}
	f := s.ordered(r)
	if f != nil && !s.befall(w, r, f) {
		s.note(r.Method+" "+r.URL.RequestURI(), "", 0)
		return
	}
	a, user := s.answer(r, rq)
	if f != nil && f.Kind == FaultDrop {
		s.note(r.Method+" "+r.URL.RequestURI(), user, 0)
		fault.Drop(w)
		return
	}
	s.note(r.Method+" "+r.URL.RequestURI(), user, a.status)
	a.write(w, r, f != nil && f.Kind == FaultTorn)
}

// befall does what a fault does before a request is looked at; false when there is nothing more to do.
func (s *Server) befall(w http.ResponseWriter, r *http.Request, f *Fault) bool {
	switch f.Kind {
	case FaultSlow:
		return fault.Pause(r.Context(), f.Delay, s.done)
	case FaultHang:
		fault.Pause(r.Context(), time.Hour, s.done)
		fault.Drop(w)
		return false
	case FaultDown:
		fault.Drop(w)
		return false
	default:
		if a, ok := f.answer(); ok {
			s.note(r.Method+" "+r.URL.RequestURI(), "", a.status)
			a.write(w, r, false)
			return false
		}
		return true
	}
}

// restRequest takes a path apart; false when it is not REST's. Slashes within a name come encoded.
func restRequest(r *http.Request) (*request, bool) {
	path := strings.Trim(r.URL.EscapedPath(), "/")
	words := strings.Split(path, "/")
	if words[0] == "a" && len(words) > 1 {
		words = words[1:]
	}
	if !slices.Contains(resources, words[0]) {
		return nil, false
	}
	for i, word := range words {
		name, err := url.PathUnescape(word)
		if err != nil {
			return nil, false
		}
		words[i] = name
	}
	return &request{method: r.Method, path: words, query: r.URL.Query(), raw: r.URL.RawQuery, kind: r.Header.Get("Content-Type")}, true
}

var errBody = errors.New("the body is too large")

// answer is what REST says, and to whom.
func (s *Server) answer(r *http.Request, rq *request) (answer, string) {
	if strings.HasPrefix(r.URL.Path, "/a/") {
		user, password, ok := r.BasicAuth()
		if !ok || !s.passed(user, password) {
			return plain(http.StatusUnauthorized, "Unauthorized"), ""
		}
		s.do(func() { rq.who = s.account(user) })
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err == nil && len(body) > maxBody {
		err = errBody
	}
	if err != nil {
		return plain(http.StatusBadRequest, "Invalid request body"), ""
	}
	rq.body = body
	user := ""
	if rq.who != nil {
		user = rq.who.Username
	} else if rq.method != http.MethodGet && rq.method != http.MethodHead {
		return plain(http.StatusForbidden, "Authentication required"), ""
	}
	return answerOf(s.rest(rq)), user
}

// learnURL takes the canonical URL from the first request when nobody told it.
func (s *Server) learnURL(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.base == "" && r.Host != "" {
		s.base = "http://" + r.Host
	}
}
