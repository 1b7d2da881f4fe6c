package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/ansible/ara"
)

// settings is the configuration's section "ansible".
type settings struct {
	ARA         araSettings          `yaml:"ara,omitempty"`
	WorkDir     string               `yaml:"work_dir,omitempty"` // for runs and caches; <tmp>/handsoff-ansible when empty
	Program     string               `yaml:"program,omitempty"`  // "ansible-playbook", looked up in PATH
	Stop        stopWaits            `yaml:"stop,omitempty"`
	HostKeys    *bool                `yaml:"host_keys,omitempty"`   // whether host keys are checked; true when it is not given
	KnownHosts  string               `yaml:"known_hosts,omitempty"` // the secret with the host keys that count
	PrivateKey  string               `yaml:"private_key,omitempty"` // the secret with the SSH key
	Env         map[string]string    `yaml:"env,omitempty"`
	Inventories map[string]inventory `yaml:"inventories,omitempty"`
	Playbooks   map[string]playbook  `yaml:"playbooks,omitempty"`
}

// araSettings say where runs are recorded.
type araSettings struct {
	URL       string        `yaml:"url,omitempty"`
	PublicURL string        `yaml:"public_url,omitempty"`
	User      string        `yaml:"user,omitempty"`
	Password  string        `yaml:"password,omitempty"` // the secret's name
	Timeout   time.Duration `yaml:"timeout,omitempty"`  // of one request, five seconds when empty
	Record    *bool         `yaml:"record,omitempty"`   // whether runs are recorded at all; true when it is not given
}

// stopWaits say how long each signal may take before the next, harder one.
type stopWaits struct {
	Term time.Duration `yaml:"term_after,omitempty"` // from SIGINT to SIGTERM
	Kill time.Duration `yaml:"kill_after,omitempty"` // from SIGTERM to SIGKILL
}

func set[T comparable](value *T, fallback T) {
	var zero T
	if *value == zero {
		*value = fallback
	}
}

func (s *settings) fill() {
	set(&s.WorkDir, filepath.Join(os.TempDir(), "handsoff-ansible"))
	set(&s.Program, "ansible-playbook")
	set(&s.Stop.Term, 10*time.Second)
	set(&s.Stop.Kill, 10*time.Second)
	set(&s.ARA.Timeout, 5*time.Second)
	if s.HostKeys == nil {
		yes := true
		s.HostKeys = &yes
	}
}

// nameForm is what a playbook and an inventory may be called: the name becomes a word of a command.
var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,31}$`)

const nameRule = "a name is a lower-case letter or a digit, then up to 31 of these and _ . -"

// check refuses what cannot work.
func (s *settings) check() error {
	s.fill()
	if err := s.checkGeneral(); err != nil {
		return fmt.Errorf("ansible.%w", err)
	}
	for _, name := range sorted(s.Inventories) {
		entry := s.Inventories[name]
		if err := entry.check(name); err != nil {
			return fmt.Errorf("ansible.inventories.%s: %w", name, err)
		}
		s.Inventories[name] = entry
	}
	for _, name := range sorted(s.Playbooks) {
		entry := s.Playbooks[name]
		if err := entry.check(name, s); err != nil {
			return fmt.Errorf("ansible.playbooks.%s: %w", name, err)
		}
		s.Playbooks[name] = entry
	}
	return s.checkWords()
}

func (s *settings) checkGeneral() error {
	if !filepath.IsAbs(s.WorkDir) {
		return fmt.Errorf("work_dir: %q is not an absolute path", s.WorkDir)
	}
	if strings.ContainsAny(s.Program, " \t\n") {
		return fmt.Errorf("program: %q is not the name or the path of a program; what it is called with is decided here", s.Program)
	}
	for name, wait := range map[string]time.Duration{"stop.term_after": s.Stop.Term, "stop.kill_after": s.Stop.Kill} {
		if wait < 0 || wait > 30*time.Minute {
			return fmt.Errorf("%s: %s is not between nothing and half an hour", name, wait)
		}
	}
	if s.KnownHosts != "" && !*s.HostKeys {
		return errors.New("known_hosts: host keys are not checked (host_keys: false), so they would not count")
	}
	if err := checkEnv(s.Env); err != nil {
		return err
	}
	return s.ARA.check()
}

func (a *araSettings) check() error {
	if a.URL == "" {
		if *a != (araSettings{Timeout: a.Timeout, Record: a.Record}) {
			return errors.New("ara.url is missing; without it runs are recorded on this machine, and the rest does not apply")
		}
		return nil
	}
	if !a.records() {
		return errors.New("ara: record: false and a url do not go together")
	}
	if (a.User == "") != (a.Password == "") {
		return errors.New("ara: user and password (the name of a secret) go together")
	}
	_, err := ara.New(ara.Options{URL: a.URL, PublicURL: a.PublicURL})
	return err
}

// records reports whether runs are recorded.
func (a *araSettings) records() bool { return a.Record == nil || *a.Record }

var variableForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,99}$`)

// kept are the variables of a run that are decided here, or that would make another program of it.
var kept = []string{
	"HOME", "PATH", "HANDSOFF_EVENTS", "ANSIBLE_CALLBACK_PLUGINS", "ANSIBLE_CALLBACKS_ENABLED", "ANSIBLE_CALLBACK_WHITELIST", "ANSIBLE_LOCAL_TEMP",
	"LD_PRELOAD", "LD_LIBRARY_PATH",
}

func checkEnv(env map[string]string) error {
	for _, name := range sorted(env) {
		switch {
		case !variableForm.MatchString(name):
			return fmt.Errorf("env: %q is not the name of an environment variable", name)
		case slices.Contains(kept, name):
			return fmt.Errorf("env: %s is decided by handsoff", name)
		case strings.Contains(name, "PASSWORD") || strings.Contains(name, "SECRET") || strings.Contains(name, "TOKEN"):
			return fmt.Errorf("env: %s looks like a secret, and every user of the machine can read an environment; use secrets of a playbook", name)
		case strings.ContainsRune(env[name], 0):
			return fmt.Errorf("env: %s has a NUL in it", name)
		}
	}
	return nil
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
