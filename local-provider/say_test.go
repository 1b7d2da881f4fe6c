package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/handsoff/handsoff/local-provider/home"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/sign"
)

// talker is a home whose gateway answers as the bot would, from a script.
type talker struct {
	*testing.T
	home    home.Home
	answers map[string][]any // by line, one after the other; the last one stays. A string is not the bot's
}

func newTalker(t *testing.T) *talker {
	t.Helper()
	h, err := home.Open(filepath.Join(t.TempDir(), "home"))
	if err != nil {
		t.Fatal(err)
	}
	k := &talker{T: t, home: h, answers: make(map[string][]any)}
	if err := h.WriteSecret(home.SecretCLIKeys, "local:the-key-of-this-machine\nann:the-key-of-somebody\n"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(k.serve))
	t.Cleanup(server.Close)
	at, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(at.Port())
	if err != nil {
		t.Fatal(err)
	}
	ports := home.DefaultPorts()
	ports.Gateway = port
	if err := h.WritePorts(ports); err != nil {
		t.Fatal(err)
	}
	return k
}

func (k *talker) serve(w http.ResponseWriter, r *http.Request) {
	line, err := io.ReadAll(r.Body)
	if err != nil {
		k.Error(err)
	}
	keys, err := sign.Parse([]byte("ann:the-key-of-somebody\nlocal:the-key-of-this-machine\n"))
	if err != nil {
		k.Error(err)
	}
	key, err := keys.Verify(line, r.Header.Get(sign.Header))
	if err != nil || r.URL.Path != "/function/command" || r.Header.Get("Accept") != "application/json" {
		k.Errorf("%s %v", r.URL, r.Header)
	}
	text := string(line)
	if key.Name != "local" {
		text = key.Name + ": " + text
	}
	left := k.answers[text]
	if len(left) == 0 {
		k.Errorf("nobody expects %q", text)
		return
	}
	if len(left) > 1 {
		k.answers[text] = left[1:]
	}
	if odd, ok := left[0].(string); ok {
		http.Error(w, odd, http.StatusBadGateway)
		return
	}
	if err := json.NewEncoder(w).Encode(left[0]); err != nil {
		k.Error(err)
	}
}

// say is `local-provider say` with these arguments.
func (k *talker) say(args ...string) (string, error) {
	var out, problems strings.Builder
	err := run(k.Context(), append([]string{"say", "-home", string(k.home)}, args...), nil, &out, &problems)
	return out.String(), err
}

func TestSay(t *testing.T) {
	t.Parallel()
	k := newTalker(t)
	k.answers = map[string][]any{
		"jobs":                          {command.Answer{Text: "Nothing runs."}},
		"ann: whoami":                   {command.Answer{Text: "You are cli:ann."}},
		`emit #ops "The gateway is up"`: {command.Answer{Text: "Said."}},
		"dance":                         {command.Answer{Text: "I do not know “dance”.", Problem: &command.Problem{Code: command.CodeUnknown, Suggestions: []string{"trance"}}}},
		"help":                          {"<html>a gateway's own page"},
	}
	for name, c := range map[string]struct {
		args       []string
		says, fail string
	}{
		"a line":          {[]string{"jobs"}, "Nothing runs.\n", ""},
		"another key":     {[]string{"-as", "ann", "whoami"}, "You are cli:ann.\n", ""},
		"in quotes":       {[]string{`emit #ops "The gateway is up"`}, "Said.\n", ""},
		"quotes are lost": {[]string{"emit", "#ops", "The gateway is up"}, "", "whole line in quotes"},
		"a mistake":       {[]string{"dance"}, "", "trance"},
		"not the bot":     {[]string{"help"}, "", "502 Bad Gateway: <html>"},
		"nothing":         {nil, "", "say what?"},
		"no such key":     {[]string{"-as", "eve", "jobs"}, "", `no key "eve"`},
	} {
		out, err := k.say(c.args...)
		if out != c.says || (err != nil) != (c.fail != "") || (err != nil && !strings.Contains(err.Error(), c.fail)) {
			t.Errorf("%s: %q, %v", name, out, err)
		}
	}
}

// TestSayWaits: the end of the job is shown, and decides how the program ends.
func TestSayWaits(t *testing.T) {
	t.Parallel()
	for end, fail := range map[job.State]string{job.Succeeded: "", job.Failed: "k3f7 ended failed", job.Unknown: "k3f7 ended unknown"} {
		k := newTalker(t)
		k.answers = map[string][]any{
			"jenkins build x": {command.Answer{Text: "k3f7 accepted", Job: "k3f7", State: job.Queued, Accepted: true}},
			"job k3f7": {
				command.Answer{Text: "still", Job: "k3f7", State: job.Waiting},
				command.Answer{Text: "the end of it", Job: "k3f7", State: end},
			},
			"hello": {command.Answer{Text: "Hello."}},
		}
		out, err := k.say("-wait", "jenkins", "build", "x")
		if out != "k3f7 accepted\nthe end of it\n" || (err != nil) != (fail != "") || (err != nil && err.Error() != fail) {
			t.Errorf("%s: %q, %v", end, out, err)
		}
		if out, err := k.say("-wait", "hello"); out != "Hello.\n" || err != nil {
			t.Errorf("of what makes no job: %q, %v", out, err)
		}
	}
}
