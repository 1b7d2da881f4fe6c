package slack

import (
	"time"

	"github.com/handsoff/handsoff/shared/config"
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

// Read reads the section, checked and filled with what stands for nothing. It is nil when there is none.
func Read(f *config.File) (*Section, error) {
	var s Section
	found, err := f.Section("slack", &s)
	if err != nil || !found {
		return nil, err
	}
	return &s, nil
}
