package main

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/slack"
)

const (
	usualSlackSecret  = "slack-client-secret"
	usualGitHubSecret = "github-client-secret"
	usualSlack        = "https://slack.com"
	usualSlackAPI     = "https://slack.com/api/"
	usualGitHub       = "https://github.com"
	usualGitHubAPI    = "https://api.github.com"
)

// section is the configuration's section dashboard.
type section struct {
	URL    string      `yaml:"url"`    // under which people open it; without one there are no logins but by link
	Public []string    `yaml:"public"` // what everybody may read without logging in: names of publishable
	Slack  slackLogin  `yaml:"slack"`
	GitHub githubLogin `yaml:"github"`
}

// slackLogin is the login with Slack.
type slackLogin struct {
	ClientID     string `yaml:"client_id"`     // there is no such login when empty
	ClientSecret string `yaml:"client_secret"` // the name of the secret with it; slack-client-secret when empty
	Team         string `yaml:"team"`          // the workspace's id, "T0123": people of any other are turned away
	URL          string `yaml:"url"`           // https://slack.com when empty
	API          string `yaml:"api"`           // https://slack.com/api/ when empty
}

// githubLogin is the login with GitHub.
type githubLogin struct {
	ClientID     string `yaml:"client_id"`     // there is no such login when empty
	ClientSecret string `yaml:"client_secret"` // the name of the secret with it; github-client-secret when empty
	URL          string `yaml:"url"`           // https://github.com when empty
	API          string `yaml:"api"`           // https://api.github.com when empty
}

// publishable is what can be public. Logs are by themselves: they may say more than anybody thought of.
var publishable = []string{"jobs", "logs", "schedules", "rules", "events", "functions", "system", "statistics"}

func readSettings(file *config.File) (*section, error) {
	s := new(section)
	if _, err := file.Section("dashboard", s); err != nil {
		return nil, err
	}
	s.URL = strings.TrimRight(s.URL, "/")
	s.Slack.ClientSecret = cmp.Or(s.Slack.ClientSecret, usualSlackSecret)
	s.Slack.URL, s.Slack.API = cmp.Or(s.Slack.URL, usualSlack), cmp.Or(s.Slack.API, usualSlackAPI)
	s.GitHub.ClientSecret = cmp.Or(s.GitHub.ClientSecret, usualGitHubSecret)
	s.GitHub.URL, s.GitHub.API = cmp.Or(s.GitHub.URL, usualGitHub), cmp.Or(s.GitHub.API, usualGitHubAPI)
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("config: dashboard.%w", err)
	}
	return s, nil
}

func (s *section) check() error {
	for _, at := range []struct{ name, text string }{
		{"url", s.URL},
		{"slack.url", s.Slack.URL},
		{"slack.api", s.Slack.API},
		{"github.url", s.GitHub.URL},
		{"github.api", s.GitHub.API},
	} {
		u, err := url.Parse(at.text)
		if at.text != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery+u.Fragment != "" || u.User != nil) {
			return fmt.Errorf("%s: %q is not an address of a page; write https://host/path", at.name, at.text)
		}
	}
	for _, name := range s.Public {
		if !slices.Contains(publishable, name) {
			return fmt.Errorf("public: %q is nothing that can be public; write some of %s", name, strings.Join(publishable, ", "))
		}
	}
	logins := s.Slack.ClientID + s.GitHub.ClientID
	if logins != "" && s.URL == "" {
		return errors.New("url is missing: whoever logs in is sent back there")
	}
	if s.Slack.ClientID != "" && (!slack.IsID(s.Slack.Team, "T") && !slack.IsID(s.Slack.Team, "E")) {
		return fmt.Errorf("slack.team: %q is not the id of a workspace, such as T0123ABCD: without one, anybody at Slack could log in", s.Slack.Team)
	}
	return nil
}
