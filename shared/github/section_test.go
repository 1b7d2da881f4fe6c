package github_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/github"
)

func read(t *testing.T, text string) (*github.Section, error) {
	t.Helper()
	f, err := config.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return github.Read(f)
}

func TestSection(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, url, api string }{
		"nothing said": {"github: {}", "https://github.com", "https://api.github.com"},
		"enterprise":   {"github: {url: https://Git.Example.org/}", "https://git.example.org", "https://git.example.org/api/v3"},
		"residency":    {"github: {url: https://acme.ghe.com}", "https://acme.ghe.com", "https://api.acme.ghe.com"},
		"both":         {"github: {url: http://127.0.0.1:8083, api: http://localhost:8083/api/v3/}", "http://127.0.0.1:8083", "http://localhost:8083/api/v3"},
	} {
		s, err := read(t, test.text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if s.URL != test.url || s.API != test.api {
			t.Errorf("%s: %s and %s, want %s and %s", name, s.URL, s.API, test.url, test.api)
		}
	}
	if s, err := read(t, "slack: {}"); s != nil || err != nil {
		t.Errorf("without a section: %v, %v", s, err)
	}
	s, err := read(t, "github: {app: {id: 7}, hooks: [{org: Acme}, {repo: Acme/App}, {app: true}]}")
	if err != nil {
		t.Fatal(err)
	}
	want := []github.Hook{{Org: "acme"}, {Repo: "acme/app"}, {App: true}}
	if diff := cmp.Diff(want, s.Hooks); diff != "" {
		t.Error(diff)
	}
}

func TestAMistakenSectionIsExplained(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"github: {urls: x}":                                        "there is no such key; perhaps you meant url",
		"github: {url: http://git.example.org}":                    "github.url: git.example.org must be https",
		"github: {url: git.example.org}":                           "github.url: not an address",
		"github: {url: 'https://me:pw@git.example.org'}":           "github.url: an address without a user",
		"github: {api: 'https://api.example.org/?a=b'}":            "github.api: an address without a user, a query",
		"github: {app: {id: -1}}":                                  "github.app.id: -1 is not the number of an App",
		"github: {hooks: [{}]}":                                    "github.hooks, entry 1: give one of org, repo and app",
		"github: {hooks: [{org: a, repo: a/b}]}":                   "entry 1: give one of",
		"github: {hooks: [{org: a/b}]}":                            `"a/b" is not the name of an organisation`,
		"github: {hooks: [{org: a}, {repo: a}]}":                   `entry 2: repo: "a" is not a repository`,
		"github: {hooks: [{repo: a/..}]}":                          `is not a repository`,
		"github: {hooks: [{app: true}]}":                           "there is no App",
		"github: {hooks: [{repo: Acme/app}, {repo: acme/app}]}":    "entry 2: acme/app is listed twice",
		"github: {app: {id: 3}, hooks: [{app: true},{app: true}]}": "entry 2: the App is listed twice",
	} {
		if _, err := read(t, text); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "pw") {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
