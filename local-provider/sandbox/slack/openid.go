package slack

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/consent"
	"github.com/handsoff/handsoff/local-provider/sandbox/control"
)

// Sign in with Slack: OpenID Connect as docs.slack.dev/authentication/sign-in-with-slack has it. People who are not guests can
// log in; the id token is signed with nothing, since nobody who has it from here has to check that.
const authorizePath = "/openid/connect/authorize"

// idTokenFor is how long an id token says that it holds.
const idTokenFor = 5 * time.Minute

func (s *Server) openIDRoutes() {
	s.consent = &consent.Desk{Client: s.options.Client, Gate: s.gate(), Title: "Slack", Path: authorizePath, Now: s.clock.Now, People: s.signers}
	s.mux.Handle("GET "+authorizePath, s.consent)
	s.mux.HandleFunc("POST /api/openid.connect.token", s.openIDToken)
	s.mux.HandleFunc("/api/openid.connect.userInfo", s.openIDUser)
}

// signers are the people who can log in elsewhere.
func (s *Server) signers() []consent.Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []consent.Person
	for _, u := range s.users {
		if !u.Bot && !u.Deleted && !u.Restricted && !u.UltraRestricted {
			list = append(list, consent.Person{ID: u.ID, Name: u.RealName})
		}
	}
	slices.SortFunc(list, func(a, b consent.Person) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// openIDErrors are what Slack calls what is wrong with a code.
var openIDErrors = map[string]string{consent.BadClient: "bad_client_secret", consent.BadCode: "invalid_code", consent.BadRedirect: "bad_redirect_uri"}

// openIDToken is openid.connect.token.
func (s *Server) openIDToken(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxOpenID)
	if err := r.ParseForm(); err != nil || r.PostForm.Get("grant_type") != "authorization_code" && r.PostForm.Has("grant_type") {
		control.Reply(w, http.StatusOK, object{"ok": false, "error": "invalid_grant_type"})
		return
	}
	form := r.PostForm
	if id, secret, ok := r.BasicAuth(); ok { // Slack takes both ways
		form = url.Values{"client_id": {id}, "client_secret": {secret}, "code": form["code"], "redirect_uri": form["redirect_uri"], "code_verifier": form["code_verifier"]}
	}
	token, issued, problem := s.consent.Redeem(form, "xoxp-sandbox-")
	if problem != "" {
		control.Reply(w, http.StatusOK, object{"ok": false, "error": openIDErrors[problem]})
		return
	}
	control.Reply(w, http.StatusOK, object{"ok": true, "access_token": token, "token_type": "Bearer", "id_token": s.idToken(issued)})
}

// maxOpenID is how long a form may be.
const maxOpenID = 16 << 10

// claimsOf are what is said of somebody.
func (s *Server) claimsOf(id string) object {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[id]
	if u == nil {
		return object{}
	}
	return object{
		"sub": u.ID, "https://slack.com/user_id": u.ID, "https://slack.com/team_id": u.TeamID, "name": u.RealName,
		"https://slack.com/team_domain": s.team.Domain, "locale": "en-US",
	}
}

// idToken is an unsigned JSON web token.
func (s *Server) idToken(issued consent.Issued) string {
	claims := s.claimsOf(issued.Person)
	now := s.clock.Now()
	s.mu.Lock()
	claims["iss"] = s.base
	s.mu.Unlock()
	claims["aud"], claims["exp"], claims["iat"], claims["nonce"] = s.options.Client.ID, now.Add(idTokenFor).Unix(), now.Unix(), issued.Nonce
	return encoded(object{"typ": "JWT", "alg": "RS256", "kid": "sandbox"}) + "." + encoded(claims) + "." + base64.RawURLEncoding.EncodeToString([]byte("sandbox"))
}

func encoded(o object) string {
	text, err := json.Marshal(o)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// openIDUser is openid.connect.userInfo.
func (s *Server) openIDUser(w http.ResponseWriter, r *http.Request) {
	_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	who := s.consent.Bearer(token)
	if who == "" {
		control.Reply(w, http.StatusOK, object{"ok": false, "error": "invalid_auth"})
		return
	}
	claims := s.claimsOf(who)
	claims["ok"] = true
	control.Reply(w, http.StatusOK, claims)
}
