package openstack

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
)

// A call is one request to a service, while it is answered.
type call struct {
	service *service
	r       *http.Request
	who     *token // nil where none is needed
	minor   int    // of the microversion
	body    []byte
	fault   *Fault // what befalls it, for handlers that act on it; nil for none
	base    string // the cloud's root URL, without a slash at its end

	unversioned bool // the answer tells of no version
	unvaried    bool // nor does it say that it varies by one

	query url.Values
}

// arg is a part of the path, by its name in the pattern.
func (c *call) arg(name string) string { return c.r.PathValue(name) }

// at says whether a call is made at a small version, or a later one.
func (c *call) at(minor int) bool { return c.minor >= minor }

// ask is a parameter of the query, empty for none.
func (c *call) ask(name string) string { return c.query.Get(name) }

// read takes a JSON body.
func (c *call) read(into any) error {
	if err := json.Unmarshal(c.body, into); err != nil {
		if kind, is := errors.AsType[*json.UnmarshalTypeError](err); is {
			return refuse(http.StatusBadRequest, "Invalid input for field/attribute %s. Value: %s. %s is not of type '%s'",
				kind.Field, kind.Value, kind.Value, kind.Type)
		}
		return refuse(http.StatusBadRequest, "Malformed request body")
	}
	return nil
}

// ServeHTTP answers a request: a service's, or the page's and the control's.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v := s.serving(r.URL.Path)
	if v == nil {
		s.pages.ServeHTTP(w, r)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// serveCall answers a call of a service, or does what a fault makes of it.
func (s *Server) serveCall(w http.ResponseWriter, r *http.Request, v *service, h handler, guarded bool) {
	f := s.ordered(r, v)
	if f != nil && !s.befall(w, r, v, f) {
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, v.most))
	if err != nil {
		s.note(r, http.StatusRequestEntityTooLarge)
		v.form(&refusal{status: http.StatusRequestEntityTooLarge, message: "Request is too large."}).text().write(w, r)
		return
	}
	c := &call{service: v, r: r, body: body, fault: f, base: s.base(r), query: r.URL.Query()}
	a := s.decide(c, h, guarded)
	if f != nil && f.Kind == FaultLost {
		fault.Drop(w)
		return
	}
	a.write(w, r)
}

// decide makes the answer to a call, and whatever the call brings about.
func (s *Server) decide(c *call, h handler, guarded bool) (a answer) {
	s.do(func() {
		if c.fault != nil && c.fault.Kind == FaultToken {
			s.tokens = newLooseTable[token]()
		}
		a = s.answer(c, h, guarded).text()
		s.ledger.add(Request{At: s.clock.Now(), Method: c.r.Method, Path: c.r.URL.RequestURI(), Status: a.status, User: c.user()})
	})
	return a
}

// answer lets in who has a token, finds the version, and asks the handler.
func (s *Server) answer(c *call, h handler, guarded bool) answer {
	a, err := answer{}, error(nil)
	if guarded {
		err = s.admit(c)
	}
	if m := c.service.micro; m != nil && err == nil {
		c.minor, err = m.negotiate(c.r.Header)
	}
	if err == nil {
		a, err = h(c)
	}
	if err != nil {
		a = c.refused(err)
	}
	if a.header == nil {
		a.header = http.Header{}
	}
	a.header.Set("X-Openstack-Request-Id", "req-"+newUUID())
	if m := c.service.micro; m != nil && !c.unversioned {
		m.tell(a.header, c.r.Header, c.minor, a.status)
	}
	if c.unvaried {
		a.header.Del("Vary")
	}
	if a.body == nil && a.raw == nil && a.kind == "" && c.service == s.compute {
		a.kind = "application/json"
	}
	if c.service == s.identity {
		a.header.Set("Vary", "X-Auth-Token")
	}
	return a
}

// refused is a refusal in the form of the service; what is none is a mistake of the sandbox's own.
func (c *call) refused(err error) answer {
	var r *refusal
	if !errors.As(err, &r) {
		r = &refusal{status: http.StatusInternalServerError, message: err.Error()}
	}
	form := c.service.form
	if r.status == http.StatusUnauthorized && c.service.key != "image" { // Glance says it itself
		form, c.unversioned = identityForm, true
		r.header = http.Header{"Www-Authenticate": {`Keystone uri="` + c.base + `/identity/v3"`}}
	}
	if c.service.micro == placementVersions && c.at(23) {
		r.kind = cmp.Or(r.kind, "placement.undefined_code")
	}
	a := form(r)
	for name, values := range r.header {
		for _, v := range values {
			a = a.with(name, v)
		}
	}
	return a
}

// admit finds whose call it is, by the token; 401 without a good one.
func (s *Server) admit(c *call) error {
	t := s.tokens.get(c.r.Header.Get("X-Auth-Token"))
	if t == nil || !t.Expires.After(s.now()) {
		return errLogin()
	}
	c.who = t
	return nil
}

func (c *call) user() string {
	if c.who == nil {
		return ""
	}
	return c.who.User
}

// base is the cloud's root URL, as this request reached it.
func (s *Server) base(r *http.Request) string {
	if s.options.URL != "" {
		return strings.TrimSuffix(s.options.URL, "/")
	}
	return "http://" + r.Host
}
