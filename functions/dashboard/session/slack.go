package session

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/command"
)

// Slack is a login with Slack, as it has OpenID Connect (Sign in with Slack).
type Slack struct {
	URL      string // https://slack.com
	API      string // https://slack.com/api/
	ClientID string
	Team     string                                            // the workspace's id; people of any other are turned away
	Secret   func() (string, error)                            // the client's; it is read each time, so that it can be changed
	Stands   func(ctx context.Context, principal string) error // ErrGone for who is no member
	Client   *http.Client
	Now      func() time.Time
}

var _ Provider = (*Slack)(nil)

// Name is its name in addresses.
func (*Slack) Name() string { return "slack" }

// Title is what people call it.
func (*Slack) Title() string { return "Slack" }

// Authorize is Slack's page.
func (s *Slack) Authorize(query url.Values, nonce string) string {
	query.Set("client_id", s.ClientID)
	query.Set("scope", "openid profile")
	query.Set("nonce", nonce)
	query.Set("team", s.Team)
	return strings.TrimSuffix(s.URL, "/") + "/openid/connect/authorize?" + query.Encode()
}

// claims are what Slack says of somebody.
type claims struct {
	OK       *bool           `json:"ok"` // of userInfo
	Error    string          `json:"error"`
	Issuer   string          `json:"iss"`
	Audience json.RawMessage `json:"aud"`
	Expires  int64           `json:"exp"`
	Nonce    string          `json:"nonce"`
	Subject  string          `json:"sub"`
	Name     string          `json:"name"`
	User     string          `json:"https://slack.com/user_id"`
	Team     string          `json:"https://slack.com/team_id"`
}

var (
	errIDToken  = errors.New("dashboard: Slack's id token is not for us")
	errUserInfo = errors.New("dashboard: Slack does not say who it is")
)

// Redeem asks who a code is for. Tokens are not kept.
func (s *Slack) Redeem(ctx context.Context, code Code) (Person, error) {
	secret, err := s.Secret()
	if err != nil {
		return Person{}, err
	}
	var given struct {
		OK          bool   `json:"ok"`
		Error       string `json:"error"`
		AccessToken string `json:"access_token"`
		IDToken     string `json:"id_token"`
	}
	api := strings.TrimSuffix(s.API, "/")
	err = post(ctx, s.Client, api+"/openid.connect.token", url.Values{
		"grant_type": {"authorization_code"}, "client_id": {s.ClientID}, "client_secret": {secret},
		"code": {code.Code}, "redirect_uri": {code.RedirectURI}, "code_verifier": {code.Verifier},
	}, &given)
	if err != nil {
		return Person{}, err
	}
	if !given.OK || given.AccessToken == "" {
		return Person{}, fmt.Errorf("dashboard: Slack gives no token: %q", given.Error)
	}
	said, err := s.checked(given.IDToken, code.Nonce)
	if err != nil {
		return Person{}, err
	}
	var user claims
	if err := ask(ctx, s.Client, http.MethodPost, api+"/openid.connect.userInfo", given.AccessToken, url.Values{}, &user); err != nil {
		return Person{}, err
	}
	if user.OK == nil || !*user.OK || user.Subject != said.Subject || user.User == "" || user.User != said.User {
		return Person{}, errUserInfo
	}
	if user.Team != s.Team {
		return Person{}, ErrTeam
	}
	principal := "slack:" + user.User
	if err := s.Stands(ctx, principal); err != nil {
		return Person{}, err
	}
	return Person{Principal: principal, Name: command.DisplayName(user.Name)}, nil
}

// checked reads an id token. It came from the token's own address, over TLS, which stands for its signature (OpenID Connect
// Core 1.0, section 3.1.3.7); what it says is checked.
func (s *Slack) checked(token, nonce string) (claims, error) {
	var c claims
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return c, errIDToken
	}
	body, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil || json.Unmarshal(body, &c) != nil {
		return c, errIDToken
	}
	issuer := strings.TrimSuffix(s.URL, "/")
	if c.Issuer != issuer || !audience(c.Audience, s.ClientID) || c.Nonce != nonce || nonce == "" || s.Now().After(time.Unix(c.Expires, 0).Add(time.Minute)) {
		return c, errIDToken
	}
	return c, nil
}

// audience reports whether a token is for a client: aud is a name, or several.
func audience(aud json.RawMessage, client string) bool {
	var one string
	var several []string
	return json.Unmarshal(aud, &one) == nil && one == client ||
		json.Unmarshal(aud, &several) == nil && slices.Contains(several, client)
}
