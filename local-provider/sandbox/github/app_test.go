package github_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v4"

	"github.com/handsoff/handsoff/local-provider/sandbox/github"
)

// signed is a JSON web token of the App, or of whose key it is.
func signed(t *testing.T, key []byte, claims jwt.MapClaims) string {
	t.Helper()
	private, err := jwt.ParseRSAPrivateKeyFromPEM(key)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(private)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestJWT(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	r.must(err)
	strange := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(stranger)})
	now := time.Now().Unix()
	good := func() jwt.MapClaims { return jwt.MapClaims{"iss": "4711", "iat": now - 30, "exp": now + 300} }
	with := func(name string, value any) jwt.MapClaims {
		c := good()
		c[name] = value
		return c
	}
	for _, c := range []struct {
		claims  jwt.MapClaims
		key     []byte
		status  int
		message string
	}{
		{good(), appKey(), http.StatusOK, ""},
		{with("iss", 4711), appKey(), http.StatusOK, ""},
		{with("iss", github.ClientID), appKey(), http.StatusOK, ""},
		{good(), strange, http.StatusUnauthorized, "could not be decoded"},
		{with("exp", now+11*60), appKey(), http.StatusUnauthorized, "too far in the future"},
		{with("exp", now-60), appKey(), http.StatusUnauthorized, "'Expiration time' claim ('exp') must be"},
		{with("iat", now+120), appKey(), http.StatusUnauthorized, "'Issued at' claim"},
		{with("iss", "12"), appKey(), http.StatusNotFound, "Integration not found"},
	} {
		got := r.send("GET", "/app", signed(t, c.key, c.claims), "")
		if got.StatusCode != c.status || !strings.Contains(got.text, c.message) {
			t.Errorf("%v: %d %.200s, want %d %s", c.claims, got.StatusCode, got.text, c.status, c.message)
		}
	}
	none, err := jwt.NewWithClaims(jwt.SigningMethodNone, good()).SignedString(jwt.UnsafeAllowNoneSignatureType)
	r.must(err)
	r.refused(r.send("GET", "/app", none, ""), http.StatusUnauthorized, "could not be decoded")
	r.refused(r.send("GET", "/app", botToken, ""), http.StatusUnauthorized, "could not be decoded")
	r.refused(r.send("GET", "/user", signed(t, appKey(), good()), ""), http.StatusUnauthorized, "Bad credentials")
}

func TestInstallationTokens(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	app, ctx := r.app(), t.Context()
	in, _, err := app.Apps.FindRepositoryInstallation(ctx, "acme", "app")
	r.must(err)
	if _, rsp, err := app.Apps.FindUserInstallation(ctx, "bob"); err == nil || rsp.StatusCode != http.StatusNotFound {
		t.Errorf("an installation at bob: %v", err)
	}
	token, _, err := app.Apps.CreateInstallationToken(ctx, in.GetID(), nil)
	r.must(err)
	if left := token.GetExpiresAt().Sub(r.github.Now()); left > time.Hour || left < time.Hour-time.Second {
		t.Errorf("it lasts %v", left)
	}
	repos, _, err := r.client(token.GetToken()).Apps.ListRepos(ctx, nil)
	if err != nil || repos.GetTotalCount() != 3 {
		t.Errorf("it reaches %v, %v", repos, err)
	}
	narrow := r.send("POST", fmt.Sprintf("/app/installations/%d/access_tokens", in.GetID()),
		signed(t, appKey(), jwt.MapClaims{"iss": 4711, "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix()}),
		`{"repositories":["lib"],"permissions":{"issues":"read"}}`)
	lib, _ := narrow.body["token"].(string)
	if got := r.send("GET", "/repos/acme/lib/issues", lib, ""); got.StatusCode != http.StatusOK {
		t.Errorf("what it may: %d %s", got.StatusCode, got.text)
	}
	r.refused(r.send("POST", "/repos/acme/lib/issues", lib, `{"title":"x"}`), http.StatusForbidden, "not accessible by integration")
	r.refused(r.send("POST", "/repos/acme/app/issues/1/comments", lib, `{"body":"x"}`), http.StatusForbidden, "not accessible by integration")
	r.refused(r.send("GET", "/user", token.GetToken(), ""), http.StatusForbidden, "not accessible by integration")
	r.github.Advance(time.Hour)
	r.refused(r.send("GET", "/repos/acme/app", token.GetToken(), ""), http.StatusUnauthorized, "Bad credentials")
	r.github.Uninstall("acme")
	if _, rsp, err := app.Apps.FindOrganizationInstallation(ctx, "acme"); err == nil || rsp.StatusCode != http.StatusNotFound {
		t.Errorf("an installation that was taken away: %v", err)
	}
}
