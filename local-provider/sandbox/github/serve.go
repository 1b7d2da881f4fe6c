package github

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
)

// apiPrefix is under which GitHub Enterprise Server has its REST API; it is also at the root, as on api.github.com.
const apiPrefix = "/api/v3"

// maxBody is how long a request may be.
const maxBody = 10 << 20

// apiRoots are the first parts of the API's paths at the root.
var apiRoots = map[string]bool{
	"repos": true, "orgs": true, "users": true, "user": true, "app": true, "search": true, "rate_limit": true, "meta": true,
	"installation": true, "repositories": true, "zen": true,
}

// routes puts every path where it belongs.
func (s *Server) routes() {
	s.accountRoutes()
	s.appRoutes()
	s.repoRoutes()
	s.gitRoutes()
	s.pullRoutes()
	s.issueRoutes()
	s.commentRoutes()
	s.reviewRoutes()
	s.reactionRoutes()
	s.checkRoutes()
	s.statusRoutes()
	s.hookRoutes()
	s.searchRoutes()
	s.controls()
	s.pageRoutes()
	s.oauthRoutes()
}

// ServeHTTP serves the REST API, the pages and the sandbox's control.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.learnURL(r)
	path, enterprise := strings.CutPrefix(r.URL.Path, apiPrefix)
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if !enterprise && !apiRoots[first] {
		s.pages.ServeHTTP(w, r)
		return
	}
	r2 := r.Clone(r.Context())
	r2.URL.Path = path
	r2.URL.RawPath = strings.TrimPrefix(r.URL.RawPath, apiPrefix)
	s.serveAPI(w, r2)
}

// learnURL takes the root URL from the first request when nobody told it.
func (s *Server) learnURL(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.base == "" && r.Host != "" {
		s.base = "http://" + r.Host
	}
}

// A request is one of the REST API, with what was found out about it.
type request struct {
	*http.Request
	s    *Server
	who  *actor
	repo *Repo // of the path, nil when it names none
	body []byte
}

type handler func(r *request) answer

// An access is what a route asks of who calls it.
type access struct {
	role    role     // of a person in the path's repository
	scopes  []string // of an installation: one of them
	writing bool     // whether reading is not enough
	person  bool     // somebody must be logged in
	app     bool     // only the App itself, by its JSON web token
	content bool     // it makes content, which is counted
}

// reads and writes are the usual accesses.
func reads(scopes ...string) access { return access{role: read, scopes: scopes} }

func writes(least role, scopes ...string) access {
	return access{role: least, scopes: scopes, writing: true, person: true, content: true}
}

var (
	asApp     = access{app: true}
	asAnybody = access{}
	asPerson  = access{person: true}
)

// serveAPI answers a call under whatever fault was ordered for it.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		refuse(http.StatusRequestEntityTooLarge, "Request body too large").write(w, r)
		return
	}
	if err != nil {
		return // the client has gone
	}
	w.Header().Set("X-Github-Media-Type", "github.v3; format=json")
	w.Header().Set("X-Github-Request-Id", requestID())
	f := s.ordered(r)
	if f == nil {
		s.decide(w, r, body, nil).tagged(r).write(w, r)
		return
	}
	switch f.Kind {
	case FaultSlow:
		if fault.Pause(r.Context(), f.Delay, nil) {
			s.decide(w, r, body, nil).tagged(r).write(w, r)
		}
	case FaultDrop, FaultAfter:
		s.decide(w, r, body, nil)
		if f.Kind == FaultDrop {
			fault.Drop(w)
			return
		}
		unicorn(f.Code).write(w, r)
	case FaultDown:
		s.decide(w, r, body, &answer{text: "down"})
		fault.Drop(w)
	default:
		s.mu.Lock()
		a, _ := s.instead(f)
		s.mu.Unlock()
		s.decide(w, r, body, &a).write(w, r)
	}
}

// decide does what a call asks for, unless something else is to be answered, and notes it.
func (s *Server) decide(w http.ResponseWriter, r *http.Request, body []byte, instead *answer) (a answer) {
	s.do(func() {
		call := Call{At: s.clock.Now(), Method: r.Method, Path: r.URL.Path}
		found := s.api.find(r)
		if found != nil {
			call.Route = found.pattern
		}
		who := &actor{}
		if instead != nil {
			a = *instead
		} else {
			who, a = s.answer(w, r, body, found)
		}
		if who != nil && who.user != nil {
			call.Who = who.user.Login
		}
		call.Status, call.Text = a.status, a.text
		s.ledger.add(call)
	})
	return a
}

// answer lets a call in, counts it and does it.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, body []byte, found *route) (*actor, answer) {
	if err := s.err; err != nil {
		return nil, refuse(http.StatusInternalServerError, err.Error())
	}
	if r.Header.Get("User-Agent") == "" {
		return nil, refuse(http.StatusForbidden, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header")
	}
	who, bad := s.known(r)
	if bad != nil {
		return nil, *bad
	}
	limit, over := s.primary(who, strings.HasPrefix(r.URL.Path, "/search/"))
	limit.dress(w.Header())
	if over != nil {
		return who, *over
	}
	if found == nil {
		return who, notFound()
	}
	rq := &request{Request: r, s: s, who: who, body: bytes.TrimSpace(body)}
	if bad := rq.admitted(found.need); bad != nil {
		return who, *bad
	}
	return who, found.do(rq)
}

const (
	notForApps = "Resource not accessible by integration"
	needsAdmin = "Must have admin rights to Repository."
)

// admitted finds the path's repository, and refuses who may not do this there.
func (r *request) admitted(need access) *answer {
	switch {
	case need.app && !r.who.app:
		return refusal(http.StatusUnauthorized, undecodable)
	case !need.app && r.who.app:
		return refusal(http.StatusUnauthorized, "Bad credentials")
	case need.person && r.who.user == nil:
		return refusal(http.StatusUnauthorized, "Requires authentication")
	}
	if r.PathValue("repo") != "" && !need.app {
		if bad := r.enter(need); bad != nil {
			return bad
		}
	}
	if need.content {
		return r.s.content(r.who)
	}
	return nil
}

// enter finds the path's repository. Who may not see it is told that it is not there.
func (r *request) enter(need access) *answer {
	r.repo = r.s.repos.get(strings.ToLower(r.PathValue("owner") + "/" + r.PathValue("repo")))
	if r.repo == nil {
		return refusal(http.StatusNotFound, "Not Found")
	}
	if r.who.installation != nil {
		return r.enterAsApp(need)
	}
	has := r.s.role(r.who, r.repo)
	switch {
	case has < read:
		return refusal(http.StatusNotFound, "Not Found")
	case has >= need.role:
	case need.role == admin && r.Method == http.MethodGet:
		return refusal(http.StatusNotFound, "Not Found")
	case need.role == admin:
		return refusal(http.StatusForbidden, needsAdmin)
	default:
		return refusal(http.StatusForbidden, "Must have "+need.role.String()+" access to Repository.")
	}
	if need.writing && r.repo.Archived {
		return refusal(http.StatusForbidden, "Repository was archived so is read-only.")
	}
	return nil
}

func (r *request) enterAsApp(need access) *answer {
	if !r.who.reaches(r.repo) {
		if r.repo.Private {
			return refusal(http.StatusNotFound, "Not Found")
		}
		if need.writing {
			return refusal(http.StatusForbidden, notForApps)
		}
		return nil
	}
	if !r.who.granted(need.scopes, need.writing) {
		return refusal(http.StatusForbidden, notForApps)
	}
	if need.writing && r.repo.Archived {
		return refusal(http.StatusForbidden, "Repository was archived so is read-only.")
	}
	return nil
}

// decode reads the body into v, which may be left out.
func (r *request) decode(v any) *answer {
	if len(r.body) == 0 {
		return nil
	}
	err := json.Unmarshal(r.body, v)
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind):
		return new(malformed("For '" + kind.Field + "', " + kind.Value + " is not a " + kind.Type.String() + "."))
	case err != nil:
		return refusal(http.StatusBadRequest, "Problems parsing JSON")
	}
	return nil
}

// number is a number of the path, zero when it is none.
func (r *request) number(name string) int64 {
	n, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
