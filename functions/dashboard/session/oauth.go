package session

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"

	"github.com/handsoff/handsoff/functions/dashboard/site"
	"github.com/handsoff/handsoff/shared/page"
)

// Provider is somebody who knows people: Slack, GitHub.
type Provider interface {
	Name() string  // in addresses: "slack"
	Title() string // to people: "Slack"
	// Authorize is the page to which a browser is sent; query holds what each provider is told alike: response_type, state,
	// redirect_uri and the challenge of PKCE (RFC 7636).
	Authorize(query url.Values, nonce string) string
	// Redeem says who a code is for. Errors are for the log, and hold no secret; ErrTeam is somebody of another workspace,
	// ErrGone a guest, or whose account was closed.
	Redeem(ctx context.Context, code Code) (Person, error)
}

// Code is what a provider sent a browser back with, and what redeems it.
type Code struct{ Code, Verifier, RedirectURI, Nonce string }

// ErrTeam says that somebody is known there, but is of another workspace.
var ErrTeam = errors.New("dashboard: of another workspace")

// attempt is a login that has begun.
type attempt struct {
	Provider string `json:"provider"`
	Verifier string `json:"verifier"`
	Nonce    string `json:"nonce"`
	Browser  string `json:"browser"` // the digest of the cookie of the browser in which it began
	Back     string `json:"back"`
}

// start sends a browser to a provider.
func (s *Sessions) start(w http.ResponseWriter, r *http.Request) {
	p := s.provider(r.PathValue("provider"))
	if p == nil {
		page.Guard(w.Header())
		http.NotFound(w, r)
		return
	}
	if !s.admitted(w, r) || !s.within(w, r, "from anywhere", mostAll) {
		return
	}
	state := token()
	begun := attempt{
		Provider: p.Name(), Verifier: token(), Nonce: token(), Browser: digest("browser " + s.browser(w, r)),
		Back: site.Local(r.URL.Query().Get("back")),
	}
	if err := s.store.put(r.Context(), stateKey(digest(state)), begun, attemptFor); err != nil {
		s.site.Fail(w, r, err)
		return
	}
	leadTo(w, p.Authorize(url.Values{
		"response_type": {"code"}, "state": {state}, "redirect_uri": {s.redirect(p)},
		"code_challenge": {challenge(begun.Verifier)}, "code_challenge_method": {"S256"},
	}, begun.Nonce))
}

// challenge is what PKCE shows of a verifier before the code is redeemed.
func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// redirect is where a provider sends a browser back to.
func (s *Sessions) redirect(p Provider) string { return s.URL + "/login/with/" + p.Name() + "/back" }

// finish takes a browser that comes back. A state counts once, for the provider and in the browser with which it began.
func (s *Sessions) finish(w http.ResponseWriter, r *http.Request) {
	p := s.provider(r.PathValue("provider"))
	if p == nil {
		page.Guard(w.Header())
		http.NotFound(w, r)
		return
	}
	if !s.admitted(w, r) {
		return
	}
	query := r.URL.Query()
	var begun attempt
	there := false
	if state := query.Get("state"); state != "" && len(state) <= longest {
		var err error
		if there, err = s.store.get(r.Context(), stateKey(digest(state)), &begun, true); err != nil {
			s.site.Fail(w, r, err)
			return
		}
	}
	switch {
	case !there || begun.Provider != p.Name() || !s.sameBrowser(r, begun.Browser):
		s.fail(w, r, "browser", "a login that did not begin in the same browser, or too long ago")
	case query.Get("error") == "access_denied":
		s.fail(w, r, "denied", "a login with "+p.Title()+" to which somebody did not agree")
	case query.Get("error") != "" || query.Get("code") == "" || len(query.Get("code")) > 10*longest:
		s.fail(w, r, "provider", "a login with "+p.Title()+" that came back without a code")
	default:
		s.welcome(w, r, p, begun, query.Get("code"))
	}
}

// welcome finds out who it is, and logs them in.
func (s *Sessions) welcome(w http.ResponseWriter, r *http.Request, p Provider, begun attempt, code string) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	who, err := p.Redeem(ctx, Code{Code: code, Verifier: begun.Verifier, RedirectURI: s.redirect(p), Nonce: begun.Nonce})
	if errors.Is(err, ErrTeam) {
		s.fail(w, r, "team", "a login with "+p.Title()+" of another workspace")
		return
	}
	if errors.Is(err, ErrGone) {
		s.fail(w, r, "member", "a login with "+p.Title()+" by no member of the workspace")
		return
	}
	if err != nil {
		s.Log.ErrorContext(ctx, "log somebody in", "provider", p.Name(), "error", err)
		s.fail(w, r, "provider", "a login with "+p.Title()+" that could not be completed")
		return
	}
	who.Via = p.Title()
	s.enter(w, r, who, begun.Back)
}
