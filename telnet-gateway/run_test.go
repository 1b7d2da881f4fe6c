package main

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/telnet-gateway/login"
	"github.com/handsoff/handsoff/telnet-gateway/session"
	"github.com/handsoff/handsoff/telnet-gateway/telnettest"
)

func TestHealth(t *testing.T) {
	t.Parallel()
	g := start(t, "")
	for _, path := range []string{"/healthz", "/readyz"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+g.health+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, res.Status)
		}
	}
	http.DefaultClient.CloseIdleConnections()
}

func TestListensOnTheLoopbackOnly(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0"} {
		if l, err := listen(t.Context(), address, false); err == nil {
			_ = l.Close()
			t.Errorf("listens on %s", address)
		} else if !strings.Contains(err.Error(), "not encrypted") {
			t.Errorf("%s: %v", address, err)
		}
	}
	for address, anywhere := range map[string]bool{"127.0.0.1:0": false, "localhost:0": false, "0.0.0.0:0": true} {
		l, err := listen(t.Context(), address, anywhere)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		_ = l.Close()
	}
}

func TestPasswd(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := run(t.Context(), []string{"passwd", "-stdin", "ann"}, nil, strings.NewReader("correct horse\n"), &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	users, err := login.ParseUsers([]byte(out.String()))
	if err != nil || !users.Check("ann", []byte("correct horse")) {
		t.Errorf("the entry %q is of no use: %v", out.String(), err)
	}
	for _, test := range []struct{ name, stdin, want string }{
		{"ann", "short\n", "too short"},
		{"ann", strings.Repeat("x", 2000), "too long"},
		{"ann", "not \xff\xfe text\n", "UTF-8"},
		{"Ann Smith", "correct horse\n", "cannot be a user's name"},
		{"ann", "", "too short"},
	} {
		err := run(t.Context(), []string{"passwd", "-stdin", test.name}, nil, strings.NewReader(test.stdin), io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s, %.10q: %v, want one that says %q", test.name, test.stdin, err, test.want)
		}
	}
	if err := run(t.Context(), []string{"passwd", "ann"}, nil, strings.NewReader("x"), io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "-stdin") {
		t.Errorf("without a terminal: %v", err)
	}
}

func TestBadConfigurationIsRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"telnet: {login: {failures: 11}}": "more than 10 an hour",
		"telnet: {colour: red}":           "auto or never",
		"telnet: {idel: 5m}":              "idel",
		"telnet: {idle: -5m}":             "below zero",
	} {
		_, err := settingsOf(t, text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want one that says %q", text, err, want)
		}
	}
	s, err := settingsOf(t, "telnet: {idle: 5m, sessions: {most: 3, per_user: 2}, banner: hi, login: {tries: 1}}")
	if err != nil || s.Idle.Minutes() != 5 || s.Sessions.PerUser != 2 || s.Login.Failures != 10 {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestUnknownFlagsAreRefused(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-nonsense"}, {"surplus"}, {"passwd"}} {
		if err := run(t.Context(), args, func(string) string { return "" }, nil, io.Discard, io.Discard); err == nil {
			t.Errorf("%q was taken", args)
		}
	}
}

func TestBotIsDownForAWhile(t *testing.T) {
	t.Parallel()
	g := start(t, "")
	c := telnettest.Dial(t, g.address, telnettest.Manner{Terminal: "dumb"})
	c.Login(t, "ann", password)
	g.bot.setDown(true)
	c.Type(t, "status")
	c.Expect(t, "No answer to `status` yet.")
	g.bot.setDown(false)
	c.Expect(t, "The answer to `status`:")
	c.Expect(t, "you said: status")
	if got := g.bot.heard(); got != "status" {
		t.Errorf("the bot carried out %q", got)
	}
}

func settingsOf(t *testing.T, text string) (session.Settings, error) {
	t.Helper()
	file, err := config.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return readSettings(file)
}
