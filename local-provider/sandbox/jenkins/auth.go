package jenkins

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"time"
)

const (
	crumbField = "Jenkins-Crumb"
	// sessionLife is how long a session lasts; Jenkins' default idle time.
	sessionLife = 30 * time.Minute
	maxSessions = 1000
)

// authenticate finds out who asks. It fails for credentials that are wrong; without any, the caller is anonymous.
func (s *Server) authenticate(rq *request) bool {
	user, secret, sent := rq.BasicAuth()
	if !sent {
		return rq.Header.Get("Authorization") == ""
	}
	if !equal(user, s.options.User) {
		return false
	}
	switch {
	case s.options.Token != "" && equal(secret, s.options.Token):
		rq.byToken = true
	case s.options.Password == "" || !equal(secret, s.options.Password):
		return false
	}
	rq.user = user
	return true
}

// equal compares without telling by its time how much is equal.
func equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// cookieName is the name of the session cookie, which differs from one Jenkins to the other.
func (s *Server) cookieName() string { return "JSESSIONID." + s.salt[:8] }

// openSession finds the request's session or begins one; the answer then sets its cookie.
func (s *Server) openSession(rq *request) (id string, fresh bool) {
	if c, err := rq.Cookie(s.cookieName()); err == nil {
		if until, ok := s.sessions[c.Value]; ok && s.now.Before(until) {
			s.sessions[c.Value] = s.now.Add(sessionLife)
			return c.Value, false
		}
	}
	for old, until := range s.sessions {
		if len(s.sessions) >= maxSessions || !s.now.Before(until) {
			delete(s.sessions, old)
		}
	}
	id = "node0" + randomHex(13) + ".node0"
	s.sessions[id] = s.now.Add(sessionLife)
	return id, true
}

// crumb is the token of a session against forged requests.
func (s *Server) crumb(user, session string) string {
	sum := sha256.Sum256([]byte(user + ";" + session + ";" + s.salt))
	return hex.EncodeToString(sum[:])
}

// crumbed says whether a request that needs a crumb has a valid one, in a header or a form field.
func (s *Server) crumbed(rq *request) bool {
	if !rq.posted() || rq.byToken {
		return true
	}
	sent := rq.Header.Get(crumbField)
	if sent == "" {
		sent = rq.form.get(crumbField)
	}
	c, err := rq.Cookie(s.cookieName())
	if err != nil || sent == "" {
		return false
	}
	if until, ok := s.sessions[c.Value]; !ok || !s.now.Before(until) {
		return false
	}
	return equal(sent, s.crumb(rq.user, c.Value))
}

// sessionCookie is what a new session puts into the answer.
func (s *Server) sessionCookie(rq *request, id string) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // Jenkins behind plain HTTP sets no Secure either
		Name: s.cookieName(), Value: id, Path: rq.context + "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}
