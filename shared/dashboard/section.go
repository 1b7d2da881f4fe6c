// Package dashboard reads the configuration of the dashboard, for those who serve it and those who check it.
package dashboard

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

// The secrets with the clients' own, where the configuration names no others.
const (
	SlackSecret  = "slack-client-secret"
	GitHubSecret = "github-client-secret"
)

const (
	usualSlack     = "https://slack.com"
	usualSlackAPI  = "https://slack.com/api/"
	usualGitHub    = "https://github.com"
	usualGitHubAPI = "https://api.github.com"
	// workspaces is the first letter of their ids: people are of one, also where an Enterprise Grid has several.
	workspaces   = "T"
	slackSection = "slack"
)

// Section is the configuration's section dashboard.
type Section struct {
	URL    string       `yaml:"url"`    // under which people open it; without one there are no logins but by link
	Public []string     `yaml:"public"` // what everybody may read without logging in: names of publishable
	Slack  *SlackLogin  `yaml:"slack"`  // nil for no such login
	GitHub *GitHubLogin `yaml:"github"` // likewise
}

// SlackLogin is the login with Slack.
type SlackLogin struct {
	ClientID     string `yaml:"client_id"`
	ClientSecret string `yaml:"client_secret"` // the name of the secret with it; slack-client-secret when empty
	Team         string `yaml:"team"`          // the workspace's id, "T0123": people of any other are turned away
	URL          string `yaml:"url"`           // https://slack.com when empty
	API          string `yaml:"api"`           // https://slack.com/api/ when empty
}

// GitHubLogin is the login with GitHub.
type GitHubLogin struct {
	ClientID     string `yaml:"client_id"`
	ClientSecret string `yaml:"client_secret"` // the name of the secret with it; github-client-secret when empty
	URL          string `yaml:"url"`           // https://github.com when empty
	API          string `yaml:"api"`           // https://api.github.com when empty
}

// publishable is what can be public. Logs are by themselves: they may say more than anybody thought of.
var publishable = []string{"jobs", "logs", "schedules", "rules", "events", "functions", "system", "statistics"}

// Read reads it, and refuses what cannot work. Without a section there are no logins but by link, and nobody knows where they lead.
func Read(file *config.File) (*Section, error) {
	s := new(Section)
	if _, err := file.Section("dashboard", s); err != nil {
		return nil, err
	}
	s.URL = strings.TrimRight(s.URL, "/")
	if at := s.Slack; at != nil {
		at.ClientSecret = cmp.Or(at.ClientSecret, SlackSecret)
		at.URL, at.API = cmp.Or(at.URL, usualSlack), cmp.Or(at.API, usualSlackAPI)
	}
	if at := s.GitHub; at != nil {
		at.ClientSecret = cmp.Or(at.ClientSecret, GitHubSecret)
		at.URL, at.API = cmp.Or(at.URL, usualGitHub), cmp.Or(at.API, usualGitHubAPI)
	}
	if err := s.check(file); err != nil {
		return nil, fmt.Errorf("config: dashboard.%w", err)
	}
	return s, nil
}

func (s *Section) check(file *config.File) error {
	if err := checkAddress("url", s.URL); err != nil {
		return err
	}
	for _, name := range s.Public {
		if !slices.Contains(publishable, name) {
			return fmt.Errorf("public: %q is nothing that can be public; write some of %s", name, strings.Join(publishable, ", "))
		}
	}
	if (s.Slack != nil || s.GitHub != nil) && s.URL == "" {
		return errors.New("url is missing: whoever logs in is sent back there")
	}
	if at := s.GitHub; at != nil {
		if at.ClientID == "" {
			return errors.New("github.client_id is missing: it says for whom people log in there")
		}
		if err := errors.Join(checkAddress("github.url", at.URL), checkAddress("github.api", at.API)); err != nil {
			return err
		}
	}
	if at := s.Slack; at != nil {
		return at.check(file)
	}
	return nil
}

func (at *SlackLogin) check(file *config.File) error {
	switch {
	case at.ClientID == "":
		return errors.New("slack.client_id is missing: it says for whom people log in there")
	case !slack.IsID(at.Team, workspaces):
		return fmt.Errorf("slack.team: %q is not the id of a workspace, such as T0123ABCD: without one, anybody at Slack could log in", at.Team)
	case !file.Has(slackSection):
		return errors.New("slack: there is no section slack: whether somebody is a member or a guest is asked for with the bot's app")
	}
	return errors.Join(checkAddress("slack.url", at.URL), checkAddress("slack.api", at.API))
}

func checkAddress(name, text string) error {
	u, err := url.Parse(text)
	if text != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery+u.Fragment != "" || u.User != nil) {
		return fmt.Errorf("%s: %q is not an address of a page; write https://host/path", name, text)
	}
	return nil
}
