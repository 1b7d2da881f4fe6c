package slack

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"
)

// A method is one of the Web API's.
type method struct {
	name string
	tier tier
	// scopes: the app needs one of them, unless the method looks at the conversation first (then it is empty).
	scopes []string
	open   bool // needs no token
	do     func(*Server, *call) (object, error)
}

// A call is one request to a method. What it does runs with the lock held.
type call struct {
	args
	method *method
	// For the ledger: where, which message was made, changed or deleted, and whether it calls everybody.
	channel, ts string
	pings       bool
	scopes      []string
}

// serveAPI answers /api/<method>.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/api/")
	args, err := readArgs(w, r)
	c := &call{args: args}
	s.perform(w, r, job{method: name, channel: args.text("channel"), do: func() answer { return s.call(c, name, err) }})
}

// call answers a call: is there such a method, who asks, may they, how often, and what then.
func (s *Server) call(c *call, name string, bad error) answer {
	m, known := methods[name]
	if s.err != nil {
		return refuse("fatal_error").answer(http.StatusInternalServerError)
	}
	if !known {
		return refuse("unknown_method").with("req_method", name).answer(http.StatusOK)
	}
	c.method = &m
	if err := s.admit(c, bad); err != nil {
		return c.refused(err)
	}
	body, err := m.do(s, c)
	if err != nil {
		return c.refused(err)
	}
	if body == nil {
		body = object{}
	}
	body["ok"] = true
	c.addWarnings(body)
	a := jsonAnswer(body)
	a.channel, a.ts, a.pings = c.channel, c.ts, c.pings
	return s.tellScopes(c, a)
}

// admit checks what is checked before the arguments are looked at.
func (s *Server) admit(c *call, bad error) error {
	if bad != nil {
		return bad
	}
	if !c.method.open {
		if err := s.authenticate(c); err != nil {
			return err
		}
	}
	if err := s.limit(c.method.name, c.method.tier); err != nil {
		return err
	}
	if len(c.method.scopes) > 0 {
		return s.need(c, c.method.scopes...)
	}
	return nil
}

// refused makes the answer of an error.
func (c *call) refused(err error) answer {
	no, ok := errors.AsType[*refusal](err)
	switch {
	case !ok:
		return refuse("internal_error").answer(http.StatusOK)
	case no.wait > 0:
		return limited(no.wait)
	}
	return no.answer(cmp.Or(no.status, http.StatusOK))
}

// limit takes one call out of what a tier allows.
func (s *Server) limit(name string, t tier) error {
	if s.options.Unlimited {
		return nil
	}
	if wait := s.limits.take(name, t, s.clock.Now()); wait > 0 {
		no := refuse("ratelimited")
		no.wait = wait
		return no
	}
	return nil
}

// authenticate checks the token, which comes in the header or as an argument.
func (s *Server) authenticate(c *call) error {
	switch token := c.token; {
	case token == "":
		return refuse("not_authed")
	case s.options.Token == "" || !equal(token, s.options.Token):
		return refuse("invalid_auth")
	case s.revoked != "":
		return refuse(s.revoked)
	}
	return nil
}

// need checks that the app has one of the scopes.
func (s *Server) need(c *call, scopes ...string) error {
	c.scopes = scopes
	if slices.ContainsFunc(scopes, s.granted) {
		return nil
	}
	return refuse("missing_scope").with("needed", strings.Join(scopes, ",")).
		with("provided", strings.Join(s.provided(), ","))
}

// needAll checks that the app has all of the scopes.
func (s *Server) needAll(c *call, scopes ...string) error {
	for _, scope := range scopes {
		if err := s.need(c, scope); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) provided() []string {
	if s.options.Manifest == nil {
		return []string{"identify"}
	}
	return s.options.Manifest.Scopes
}

// tellScopes adds the headers by which Slack tells what scopes there are and which would do.
func (s *Server) tellScopes(c *call, a answer) answer {
	if c.method.open {
		return a
	}
	return a.with("X-OAuth-Scopes", strings.Join(s.provided(), ",")).
		with("X-Accepted-OAuth-Scopes", strings.Join(c.scopes, ","))
}

func (c *call) addWarnings(body object) {
	if len(c.warn) == 0 {
		return
	}
	body["warning"] = strings.Join(c.warn, ",")
	meta, _ := body["response_metadata"].(object)
	if meta == nil {
		meta = object{}
	}
	meta["warnings"] = c.warn
	body["response_metadata"] = meta
}
