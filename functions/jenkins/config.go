package main

import (
	"fmt"
	"time"

	"github.com/handsoff/handsoff/functions/jenkins/remote"
)

// settings is the configuration's section "jenkins".
type settings struct {
	URL       string              `yaml:"url"`
	PublicURL string              `yaml:"public_url,omitempty"` // as people reach it; empty when it is the same
	User      string              `yaml:"user"`
	Token     string              `yaml:"token,omitempty"`   // the secret with the account's API token
	CA        string              `yaml:"ca,omitempty"`      // the secret with further certificates to trust
	Timeout   time.Duration       `yaml:"timeout,omitempty"` // of one request
	Stop      stopWaits           `yaml:"stop,omitempty"`
	Settle    time.Duration       `yaml:"settle,omitempty"`  // how long a lost request may take to show in Jenkins
	Results   string              `yaml:"results,omitempty"` // what a console line with results begins with
	Allow     []rule              `yaml:"allow,omitempty"`
	Jobs      map[string]shortcut `yaml:"jobs,omitempty"`
}

// stopWaits say how long each way of stopping a build may take before the next, harder one.
type stopWaits struct {
	Term time.Duration `yaml:"term_after,omitempty"`
	Kill time.Duration `yaml:"kill_after,omitempty"`
}

// defaultResults is the line that the scripts of the bot before this one print.
const defaultResults = "Howdy pardner, I heard you wanted some results: "

func (s *settings) fill() {
	set(&s.Token, "jenkins-token")
	set(&s.Timeout, 15*time.Second)
	set(&s.Stop.Term, 30*time.Second)
	set(&s.Stop.Kill, 30*time.Second)
	set(&s.Settle, 10*time.Second)
	set(&s.Results, defaultResults)
}

func set[T comparable](value *T, fallback T) {
	var zero T
	if *value == zero {
		*value = fallback
	}
}

// check refuses what cannot work, and gives every name and pattern its final form.
func (s *settings) check() error {
	s.fill()
	if s.URL == "" || s.User == "" {
		return fmt.Errorf("jenkins.url and jenkins.user are needed")
	}
	if s.Timeout < time.Millisecond || s.Timeout > 5*time.Minute {
		return fmt.Errorf("jenkins.timeout: %s is not between a millisecond and five minutes", s.Timeout)
	}
	for i := range s.Allow {
		if err := s.Allow[i].check(); err != nil {
			return fmt.Errorf("jenkins.allow, entry %d: %w", i+1, err)
		}
	}
	return s.checkJobs()
}

func (s *settings) checkJobs() error {
	clean := make(map[string]shortcut, len(s.Jobs))
	owner := map[string]string{}
	for name, cut := range s.Jobs {
		job, err := remote.Clean(name)
		if err != nil {
			return fmt.Errorf("jenkins.jobs.%s: %w", name, err)
		}
		if err := cut.check(job); err != nil {
			return fmt.Errorf("jenkins.jobs.%s: %w", name, err)
		}
		if other, taken := owner[cut.words]; taken {
			return fmt.Errorf("jenkins.jobs.%s and %s would both be the command %q; give one a cmd_prefix", name, other, cut.words)
		}
		owner[cut.words] = name
		clean[job] = cut
	}
	s.Jobs = clean
	return nil
}
