package github

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/webapi"
)

// defaultURL is where most people's GitHub is.
const defaultURL = "https://github.com"

// Section is the configuration's section "github".
type Section struct {
	URL   string     `yaml:"url,omitempty"`   // where people see it; https://github.com when empty
	API   string     `yaml:"api,omitempty"`   // its REST API; made of URL when empty
	App   AppSection `yaml:"app,omitempty"`   // our GitHub App; its key is the secret github-app-key
	Hooks []Hook     `yaml:"hooks,omitempty"` // the webhooks to look after

	More `yaml:",inline"`
}

// AppSection says which GitHub App we are.
type AppSection struct {
	ID int64 `yaml:"id,omitempty"` // "App ID" on the App's page; 0 for none
}

// Hook is a webhook that is ours to look after. Exactly one of its fields is set.
type Hook struct {
	Org  string `yaml:"org,omitempty"`  // an organisation's
	Repo string `yaml:"repo,omitempty"` // a repository's, "acme/app"
	App  bool   `yaml:"app,omitempty"`  // the App's own
}

// String names a hook: "acme", "acme/app", "the App".
func (h Hook) String() string {
	if h.App {
		return "the App"
	}
	return h.Org + h.Repo
}

// Read reads the section, checked and with what stands for nothing filled in. Addresses have no slash at their end, names
// of organisations and repositories are in lower case. It is nil when there is no section.
func Read(f *config.File) (*Section, error) {
	var s Section
	found, err := f.Section("github", &s)
	if err != nil || !found {
		return nil, err
	}
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("config: github.%w", err)
	}
	return &s, nil
}

func (s *Section) check() error {
	if s.URL == "" {
		s.URL = defaultURL
	}
	if err := s.checkAddresses(); err != nil {
		return err
	}
	if s.App.ID < 0 {
		return fmt.Errorf("app.id: %d is not the number of an App; its page at GitHub shows it as App ID", s.App.ID)
	}
	seen := make(map[Hook]bool)
	for i := range s.Hooks {
		h := &s.Hooks[i]
		if err := h.check(s.App.ID); err != nil {
			return fmt.Errorf("hooks, entry %d: %w", i+1, err)
		}
		if seen[*h] {
			return fmt.Errorf("hooks, entry %d: %s is listed twice", i+1, h)
		}
		seen[*h] = true
	}
	return s.More.check()
}

func (s *Section) checkAddresses() (err error) {
	if s.URL, err = webapi.Site(s.URL, siteForm); err != nil {
		return fmt.Errorf("url: %w", err)
	}
	if s.API == "" {
		s.API = usualAPI(s.URL)
	}
	if s.API, err = webapi.Site(s.API, siteForm); err != nil {
		return fmt.Errorf("api: %w", err)
	}
	return nil
}

// usualAPI is where the API is of a GitHub that people see at an address. Source:
// https://docs.github.com/en/enterprise-server/rest/quickstart, and for data residency (*.ghe.com)
// https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency.
func usualAPI(web string) string {
	at, err := url.Parse(web)
	if err != nil {
		return ""
	}
	if host := at.Hostname(); host == "github.com" || strings.HasSuffix(host, ".ghe.com") {
		return at.Scheme + "://api." + at.Host
	}
	return web + "/api/v3"
}

func (h *Hook) check(app int64) error {
	given := 0
	for _, set := range []bool{h.Org != "", h.Repo != "", h.App} {
		if set {
			given++
		}
	}
	if given != 1 {
		return errors.New("give one of org, repo and app: true")
	}
	h.Org, h.Repo = strings.ToLower(h.Org), strings.ToLower(h.Repo)
	owner, name, _ := strings.Cut(h.Repo, "/")
	switch {
	case h.Org != "" && !IsOwner(h.Org):
		return fmt.Errorf("org: %q is not the name of an organisation", h.Org)
	case h.Repo != "" && (!IsOwner(owner) || !IsRepo(name)):
		return fmt.Errorf("repo: %q is not a repository, such as acme/app", h.Repo)
	case h.App && app == 0:
		return errors.New("app: there is no App; say which one with app: {id: …}")
	}
	return nil
}

// siteForm is what an address of a service looks like.
const siteForm = "https://github.example.org"
