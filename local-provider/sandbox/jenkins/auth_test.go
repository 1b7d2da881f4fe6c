package jenkins_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestWhoMayAsk(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for name, c := range map[string]struct {
		user, secret string
		header       []string
		status       int
		text         string
	}{
		"nobody":         {status: 403, text: "Authentication required"},
		"token":          {user: user, secret: token, status: 200, text: `"_class":"hudson.model.Hudson"`},
		"password":       {user: user, secret: password, status: 200, text: `"_class":"hudson.model.Hudson"`},
		"wrong token":    {user: user, secret: "x", status: 401, text: "HTTP ERROR 401 Unauthorized"},
		"wrong user":     {user: "root", secret: token, status: 401, text: "Powered by Jetty"},
		"empty secret":   {user: user, secret: "", status: 401, text: "Unauthorized"},
		"not basic":      {header: []string{"Authorization", "Bearer " + token}, status: 401, text: "Unauthorized"},
		"not base64":     {header: []string{"Authorization", "Basic ?"}, status: 401, text: "Unauthorized"},
		"no colon at it": {header: []string{"Authorization", "Basic ZGVtbw=="}, status: 401, text: "Unauthorized"},
	} {
		r.name, r.secret = c.user, c.secret
		got := r.send(http.MethodGet, "/api/json", "", c.header...)
		if got.StatusCode != c.status || !strings.Contains(got.text, c.text) {
			t.Errorf("%s: %s\n%s", name, got.Status, got.text)
		}
		if c.status == 401 && got.Header.Get("WWW-Authenticate") != `Basic realm="Jenkins"` {
			t.Errorf("%s: WWW-Authenticate is %q", name, got.Header.Get("WWW-Authenticate"))
		}
		if c.status != 401 && got.Header.Get("X-Jenkins") == "" {
			t.Errorf("%s: no X-Jenkins in %v", name, got.Header)
		}
	}
}

func TestNobodyWithoutSecretsLogsIn(t *testing.T) {
	t.Parallel()
	r := newRig(t, noSecrets)
	r.secret = ""
	r.want(http.StatusUnauthorized, r.get("/api/json"))
}

func TestWhoAmI(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.check(r.json("/whoAmI/api/json"), map[string]any{
		"_class": "hudson.security.WhoAmI", "anonymous": false, "authenticated": true, "name": user,
		"authorities.0": "authenticated",
	})
	r.check(r.json("/me/api/json?depth=0"), map[string]any{"_class": "hudson.model.User", "fullName": user, "id": user})
	r.name = ""
	r.check(r.json("/whoAmI/api/json"), map[string]any{"anonymous": true, "name": "anonymous"})
	r.want(http.StatusForbidden, r.get("/me/api/json"))
	r.want(http.StatusOK, r.get("/login"))
}

func TestCrumbs(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	const path = demo + "plain/build"
	r.want(http.StatusCreated, r.post(path)) // a token needs no crumb

	r.secret = password
	refused := r.want(http.StatusForbidden, r.post(path))
	if !strings.Contains(refused.text, "No valid crumb was included in the request") {
		t.Errorf("without a crumb: %s", refused.text)
	}
	issued := r.get("/crumbIssuer/api/json")
	crumb := r.json("/crumbIssuer/api/json")
	r.check(crumb, map[string]any{
		"_class": "hudson.security.csrf.DefaultCrumbIssuer", "crumbRequestField": "Jenkins-Crumb",
	})
	cookie, _, _ := strings.Cut(issued.Header.Get("Set-Cookie"), ";")
	if !strings.HasPrefix(cookie, "JSESSIONID.") {
		t.Fatalf("the crumb issuer sets the cookie %q", cookie)
	}
	other, _ := crumb["crumb"].(string) // of another session: no cookie was sent
	r.want(http.StatusForbidden, r.send(http.MethodPost, path, "", "Jenkins-Crumb", other, "Cookie", cookie))
	r.want(http.StatusForbidden, r.send(http.MethodPost, path, "", "Jenkins-Crumb", other))

	again := r.send(http.MethodGet, "/crumbIssuer/api/json", "", "Cookie", cookie)
	if again.Header.Get("Set-Cookie") != "" {
		t.Error("a request with a session got another one")
	}
	mine := again.text[strings.Index(again.text, `"crumb":"`)+len(`"crumb":"`):][:64]
	r.want(http.StatusCreated, r.send(http.MethodPost, path, "", "Jenkins-Crumb", mine, "Cookie", cookie))
	form := "Jenkins-Crumb=" + mine
	r.want(http.StatusCreated, r.send(http.MethodPost, path, form, "Cookie", cookie,
		"Content-Type", "application/x-www-form-urlencoded"))
	r.want(http.StatusForbidden, r.send(http.MethodPost, path, "", "Jenkins-Crumb", mine[1:]+"0", "Cookie", cookie))
}
