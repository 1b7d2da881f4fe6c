package slack

import (
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/webapi"
)

// What stands for nothing in the configuration.
const (
	defaultURL     = "https://slack.com/api/"
	defaultCommand = "/handsoff"
	defaultEnd     = time.Minute
	longestEnd     = 24 * time.Hour
	longestCommand = 32 // characters, as Slack allows
)

// Section is the configuration's section "slack".
type Section struct {
	URL      string        `yaml:"url,omitempty"`       // the Web API; https://slack.com/api/ when empty
	Command  string        `yaml:"command,omitempty"`   // the slash command, for texts; /handsoff when empty
	Teams    []string      `yaml:"teams,omitempty"`     // further home teams (Enterprise Grid), "T0123"
	EndAfter time.Duration `yaml:"end_after,omitempty"` // a job that took longer says its end in the channel too; 1 m when 0
	Unfurl   []Unfurl      `yaml:"unfurl,omitempty"`
}

// Unfurl is a site whose links are shown with what is behind them. Exactly one of GitHub and Gerrit is set.
type Unfurl struct {
	GitHub string `yaml:"github,omitempty"` // the site, https://github.com
	API    string `yaml:"api,omitempty"`    // GitHub's API; made of GitHub when empty
	Gerrit string `yaml:"gerrit,omitempty"` // the site, https://review.opendev.org
}

// Read reads the section, checked and with what stands for nothing filled in. Addresses of sites have no slash at their
// end, that of the Web API has one. It is nil when there is no section.
func Read(f *config.File) (*Section, error) {
	var s Section
	found, err := f.Section("slack", &s)
	if err != nil || !found {
		return nil, err
	}
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("config: slack.%w", err)
	}
	return &s, nil
}

func (s *Section) check() error {
	if s.URL == "" {
		s.URL = defaultURL
	}
	api, err := webapi.Site(s.URL, siteForm)
	if err != nil {
		return fmt.Errorf("url: %w", err)
	}
	s.URL = api + "/"
	if s.Command == "" {
		s.Command = defaultCommand
	}
	if name := strings.TrimPrefix(s.Command, "/"); name == s.Command || name == "" || len(s.Command) > longestCommand ||
		strings.ContainsAny(name, " \t\n/") || name != strings.ToLower(name) {
		return fmt.Errorf("command: %q is not a slash command; write one like %s", s.Command, defaultCommand)
	}
	for _, team := range s.Teams {
		if !IsID(team, Teams) {
			return fmt.Errorf("teams: %q is not the id of a team, such as T0123ABC", team)
		}
	}
	if s.EndAfter < 0 || s.EndAfter > longestEnd {
		return fmt.Errorf("end_after: %s is not between nothing and a day", s.EndAfter)
	}
	if s.EndAfter == 0 {
		s.EndAfter = defaultEnd
	}
	for i := range s.Unfurl {
		if err := s.Unfurl[i].check(); err != nil {
			return fmt.Errorf("unfurl, entry %d: %w", i+1, err)
		}
	}
	return nil
}

func (u *Unfurl) check() error {
	if (u.GitHub == "") == (u.Gerrit == "") {
		return fmt.Errorf("give one of github and gerrit")
	}
	if u.API != "" && u.GitHub == "" {
		return fmt.Errorf("api belongs to github")
	}
	for _, field := range []struct {
		name  string
		value *string
	}{{"github", &u.GitHub}, {"gerrit", &u.Gerrit}, {"api", &u.API}} {
		if *field.value == "" {
			continue
		}
		clean, err := webapi.Site(*field.value, siteForm)
		if err != nil {
			return fmt.Errorf("%s: %w", field.name, err)
		}
		*field.value = clean
	}
	switch {
	case u.GitHub == "https://github.com" && u.API == "":
		u.API = "https://api.github.com"
	case u.GitHub != "" && u.API == "":
		u.API = u.GitHub + "/api/v3" // GitHub Enterprise Server
	}
	return nil
}

// siteForm is what an address of a service looks like.
const siteForm = "https://slack.example.org/path"
