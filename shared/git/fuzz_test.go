package git

import (
	"strings"
	"testing"
)

// FuzzAddress: what is taken for an address can be nothing else for git, and is the same however it is spelled.
func FuzzAddress(f *testing.F) {
	for _, text := range []string{
		"https://github.com/acme/app.git", "git@github.com:acme/app", "ssh://git@[::1]:22/x", "http://127.0.0.1:8086/a/b", "/srv/x", "file:///srv/x",
		"--upload-pack=touch /tmp/x", "ext::sh -c true", "http::http://x/y", "https://u:p@h/x", "https://h/../x", "https://h/%2e%2e/x", "-oProxyCommand=x:y",
		"ssh://-oProxyCommand=x/y", "https://h/x\n", "https://h/a/-b", "fd::17/x", "https://h/x?y#z", "ssh://git@h:1:2/x", "https://h\\@g/x", "https://@h/x", "h:x",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := ParseAddress(text)
		if err != nil {
			return
		}
		given := a.String()
		switch {
		case given != text:
			t.Errorf("%q became %q", text, given)
		case strings.HasPrefix(given, "-") || strings.ContainsAny(given, " \t\r\n\x00'\"\\`$;|&<>?#") || strings.Contains(given, "::") && !strings.Contains(given, "["):
			t.Errorf("%q is taken", text)
		case strings.HasPrefix(a.host, "-") || strings.HasPrefix(a.user, "-") || strings.Contains(a.plainPath(), "/-") || strings.Contains(a.plainPath()+"/", "/../"):
			t.Errorf("%q is taken: %+v", text, a)
		}
		again, err := ParseAddress(a.Canonical())
		if err != nil && a.scheme != "file" && !strings.ContainsAny(given, "%") {
			t.Errorf("%q is %q, which is none: %v", text, a.Canonical(), err)
		}
		if err == nil && again.Canonical() != a.Canonical() && !strings.HasSuffix(a.Canonical(), ".git") && !strings.HasSuffix(a.Canonical(), "/") && !strings.Contains(given, "%") {
			t.Errorf("%q is %q, and that is %q", text, a.Canonical(), again.Canonical())
		}
	})
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"https://GitHub.com:443/acme/app.git/": "https://github.com/acme/app",
		"git@github.com:acme/app.git":          "ssh://git@github.com/acme/app",
		"ssh://git@github.com:22/acme/app":     "ssh://git@github.com/acme/app",
		"https://bot@h.test/x":                 "https://h.test/x",
		"/srv/x.git":                           "file:///srv/x",
		"ssh://[::1]:2222/x":                   "ssh://[::1]:2222/x",
		"https://u:p@h/x":                      "! it holds a password",
		"--upload-pack=x":                      "! it begins with a hyphen",
		"ext::sh -c true":                      "! it holds characters",
		"ext::sh":                              "! it is no address",
		"http::http://x/y":                     "! ",
		"https://h/a/../b":                     "! its path has . or ..",
		"https://h/%2e%2e/b":                   "! its path has . or ..",
		"https://h/a%2fb":                      "! its path has characters",
		"https://h/":                           "! its path is empty",
		"https://h//x":                         "! its path is empty",
		"ssh://-oProxyCommand=x/y":             "! its host is none",
		"ssh://-x@h/y":                         "! its user has characters",
		"https://h/-x":                         "! a part of its path begins with a hyphen",
		"gopher://h/x":                         "! its protocol is none",
		"https://h/x\n":                        "! it holds characters",
		"file://h/x":                           "! a file address has no host",
		"":                                     "! it is empty",
	} {
		a, err := ParseAddress(text)
		if reason, bad := strings.CutPrefix(want, "! "); bad {
			if err == nil || !strings.Contains(err.Error(), reason) {
				t.Errorf("%q: %v %v, want %s", text, a, err, reason)
			}
		} else if err != nil || a.Canonical() != want {
			t.Errorf("%q: %s %v, want %s", text, a.Canonical(), err, want)
		}
	}
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, address string
		covers           bool
	}{
		{"https://github.com/acme/*", "https://github.com/acme/app.git", true},
		{"https://github.com/acme/*", "https://github.com/acme/app/more", false},
		{"https://github.com/acme/**", "https://github.com/acme/app/more", true},
		{"https://github.com/acme/*", "https://github.com/acme-evil/app", false},
		{"https://github.com/acme/*", "https://github.com.evil.test/acme/app", false},
		{"https://github.com/acme/*", "http://github.com/acme/app", false},
		{"git@github.com:acme/*", "ssh://git@github.com/acme/app", true},
		{"git@github.com:acme/*", "ssh://root@github.com/acme/app", false},
		{"https://*.corp.test/**", "https://git.corp.test/x/y", true},
		{"https://*.corp.test/**", "https://evil.test/.corp.test/x", false},
		{"https://*.corp.test/**", "https://a@git.corp.test/x", true},
	} {
		p, err := ParsePattern(c.pattern)
		if err != nil {
			t.Fatal(c.pattern, err)
		}
		a, err := ParseAddress(c.address)
		if err != nil {
			t.Fatal(c.address, err)
		}
		if p.Covers(a) != c.covers {
			t.Errorf("%s covers %s: %v", c.pattern, c.address, !c.covers)
		}
	}
	for _, bad := range []string{"", "*", "https://**", "https://*/x", "https://h*/x", "https://h", "ext::*"} {
		if _, err := ParsePattern(bad); err == nil {
			t.Errorf("%q is a pattern", bad)
		}
	}
}

func TestCredentialsAreForTheirOwn(t *testing.T) {
	t.Parallel()
	s := Section{Protocols: []string{"https", "http", "ssh"}, Credentials: []Credential{
		{URL: "https://h.test/acme", User: "a", Password: "acme"},
		{URL: "https://h.test/", User: "b", Password: "all"},
		{URL: "https://h.test/acme/app", User: "c", Password: "app"},
		{URL: "ssh://git@h.test:2222/", Key: "key"},
	}}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"https://h.test/acme/x": "acme", "https://h.test/acme-evil/x": "all", "https://h.test/acme/app.git": "app", "https://h.test/acme/apple": "acme",
		"http://h.test/acme/x": "", "https://h.test:8443/acme/x": "", "https://h.test.evil/acme/x": "", "https://z@h.test/acme/x": "",
		"ssh://git@h.test:2222/x": "key", "ssh://root@h.test:2222/x": "", "git@h.test:x": "",
	} {
		a, err := ParseAddress(text)
		if err != nil {
			t.Fatal(text, err)
		}
		got := ""
		if c := s.credentialFor(a); c != nil {
			got = c.Password + c.Key
		}
		if got != want {
			t.Errorf("%s is reached with %q, want %q", text, got, want)
		}
	}
}

// FuzzRefs: whatever a server lists, what comes out are refs.
func FuzzRefs(f *testing.F) {
	const object = "0123456789012345678901234567890123456789"
	f.Add(object + "\trefs/heads/main\n" + object + "\trefs/tags/v1\n" + object + "\trefs/tags/v1^{}\n")
	f.Add(object + "\t--upload-pack=x\n")
	f.Add(object + "\trefs/heads/../../x\n")
	f.Add("\t\n")
	f.Fuzz(func(t *testing.T, text string) {
		var refs refList
		o := newOutput(refs.take, nil)
		_, _ = o.Write([]byte(text)) // what it says is what finish says
		if o.finish() != nil {
			return
		}
		for _, ref := range refs {
			if CheckRef(ref.Name) != nil || !IsObject(ref.Object) || strings.HasPrefix(ref.Name, "-") || strings.ContainsAny(ref.Name, " \n\x00~^:?*[\\") {
				t.Errorf("%+v", ref)
			}
		}
	})
}

// FuzzListener: whatever git says, what comes out are short lines without control characters.
func FuzzListener(f *testing.F) {
	f.Add("Receiving objects:  45% (450/1000), 1.20 MiB | 3.00 MiB/s\rremote: \x1b[31mno\x1b[0m\n")
	f.Add("Writing objects: 100% (99999999999999999999/1)\r")
	f.Fuzz(func(t *testing.T, text string) {
		l := newListener(nil, Watch{
			Line: func(line string) {
				if len(line) > 2*maxLine || strings.ContainsAny(line, "\x00\x1b\r\n") {
					t.Errorf("%q", line)
				}
			},
			Progress: func(p Progress) {
				if p.Percent < 0 || p.Percent > 100 || p.Part == "" {
					t.Errorf("%+v", p)
				}
			},
		})
		_, _ = l.Write([]byte(text))
		l.flush()
		if len(l.last) > lastLines {
			t.Error(len(l.last))
		}
	})
}

// TestReply: the helper answers only what it is asked of its own server.
func TestReply(t *testing.T) {
	t.Parallel()
	file := answers("https://h.test:8443", "bot", "p'w: x")
	for question, want := range map[string]string{
		"Username for 'https://h.test:8443': ":      "bot",
		"Password for 'https://bot@h.test:8443': ":  "p'w: x",
		"Password for 'https://bot@evil.test': ":    "",
		"Password for 'http://bot@h.test:8443': ":   "",
		"Password for 'https://h.test:8443@evil': ": "",
		"Passphrase for key '/x': ":                 "",
		"":                                          "",
	} {
		if got, ok := reply(question, file); got != want || ok != (want != "") {
			t.Errorf("%q is answered %q %v", question, got, ok)
		}
	}
}
