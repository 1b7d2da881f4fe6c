package session

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/handsoff/handsoff/shared/command"
)

// GitHub is a login with GitHub, by an OAuth app or a GitHub App of the team's own. It is asked for no scope: who somebody is
// can be read without.
type GitHub struct {
	URL      string // https://github.com
	API      string // https://api.github.com
	ClientID string
	Secret   func() (string, error) // the client's; it is read each time, so that it can be changed
	Client   *http.Client
}

var _ Provider = (*GitHub)(nil)

// Name is its name in addresses.
func (*GitHub) Name() string { return "github" }

// Title is what people call it.
func (*GitHub) Title() string { return "GitHub" }

// Authorize is GitHub's page. It takes a nonce for nothing: GitHub has no OpenID Connect for people.
func (g *GitHub) Authorize(query url.Values, _ string) string {
	query.Set("client_id", g.ClientID)
	query.Set("allow_signup", "false")
	return strings.TrimSuffix(g.URL, "/") + "/login/oauth/authorize?" + query.Encode()
}

var errNoUser = errors.New("dashboard: GitHub does not say who it is")

// Redeem asks who a code is for. The token is not kept.
func (g *GitHub) Redeem(ctx context.Context, code Code) (Person, error) {
	secret, err := g.Secret()
	if err != nil {
		return Person{}, err
	}
	var given struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
		Error       string `json:"error"`
	}
	err = post(ctx, g.Client, strings.TrimSuffix(g.URL, "/")+"/login/oauth/access_token", url.Values{
		"client_id": {g.ClientID}, "client_secret": {secret}, "code": {code.Code}, "redirect_uri": {code.RedirectURI}, "code_verifier": {code.Verifier},
	}, &given)
	if err != nil {
		return Person{}, err
	}
	if given.AccessToken == "" || !strings.EqualFold(given.TokenType, "bearer") {
		return Person{}, fmt.Errorf("dashboard: GitHub gives no token: %q", given.Error)
	}
	var user struct {
		ID    int64  `json:"id"`
		Login string `json:"login"`
		Type  string `json:"type"`
	}
	if err := ask(ctx, g.Client, http.MethodGet, strings.TrimSuffix(g.API, "/")+"/user", given.AccessToken, nil, &user); err != nil {
		return Person{}, err
	}
	if user.ID <= 0 {
		return Person{}, errNoUser
	}
	return Person{Principal: "github:" + strconv.FormatInt(user.ID, 10), Name: command.DisplayName(user.Login)}, nil
}
