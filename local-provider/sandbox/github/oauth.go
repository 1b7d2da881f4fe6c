package github

import (
	"net/http"
	"net/url"

	"github.com/handsoff/handsoff/local-provider/sandbox/consent"
)

// Logging in elsewhere with an account here, as docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps has it.
const authorizePath = "/login/oauth/authorize"

// maxOAuth is how long a form may be.
const maxOAuth = 16 << 10

func (s *Server) oauthRoutes() {
	s.consent = &consent.Desk{Client: s.options.Client, Gate: s.gate(), Title: "GitHub", Path: authorizePath, Now: s.clock.Now, People: func() []consent.Person {
		var list []consent.Person
		for _, login := range players {
			if login != AppBot {
				list = append(list, consent.Person{ID: login, Name: login})
			}
		}
		return list
	}}
	s.pages.Handle("GET "+authorizePath, s.consent)
	s.pages.HandleFunc("POST /login/oauth/access_token", s.oauthToken)
}

// oauthErrors are what GitHub calls what is wrong with a code, and how it says so.
var oauthErrors = map[string][2]string{
	consent.BadClient:   {"incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect."},
	consent.BadCode:     {"bad_verification_code", "The code passed is incorrect or expired."},
	consent.BadRedirect: {"redirect_uri_mismatch", "The redirect_uri MUST match the registered callback URL for this application."},
}

// oauthToken gives a token for a code: as a form, unless JSON is asked for. What is wrong comes with the status 200, too.
func (s *Server) oauthToken(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxOAuth)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the form cannot be read", http.StatusBadRequest)
		return
	}
	token, issued, problem := s.consent.Redeem(r.Form, "gho_")
	out := object{"access_token": token, "scope": issued.Scope, "token_type": "bearer"}
	if problem != "" {
		said := oauthErrors[problem]
		out = object{
			"error": said[0], "error_description": said[1],
			"error_uri": "https://docs.github.com/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/",
		}
	}
	if r.Header.Get("Accept") == "application/json" {
		reply(http.StatusOK, out).write(w, r)
		return
	}
	form := url.Values{}
	for name, value := range out {
		text, _ := value.(string)
		form.Set(name, text)
	}
	w.Header().Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	_, _ = w.Write([]byte(form.Encode())) // fails only when the client has gone
}
