package endtoend

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/handsoff/handsoff/local-provider/home"
)

// TestNoSecretShows looks for every secret wherever somebody may look: in logs, in records, in what Redis keeps, in the
// argument lists and the environments of all processes.
func TestNoSecretShows(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.jenkins.order("clock?speed=10")
	ann := s.telnet("ann")
	ann.Say("jenkins build demo/results")
	s.eventually("it is accepted", func() bool { return jobIn(ann.Heard()) != "" })
	s.ended(jobIn(ann.Heard()))
	s.jenkins.order("fault?kind=token")
	ann.Say("jobs")
	ann.see("demo/results")
	ann.Say("jenkins info") // an error that speaks of the account
	ann.see("401")
	s.deliver("/function/command", []byte("jobs"), "sha256=0000")
	s.noSecretShows(t, append(victims(), theRedis))
}

// noSecretShows looks for every secret at some processes, and in all that is kept and logged.
func (s *system) noSecretShows(t *testing.T, processes []string) {
	t.Helper()
	secrets := s.secrets()
	for _, name := range processes {
		s.eventually(name+" is looked at", func() bool {
			ref, alive := s.find(name)
			return alive && !slices.ContainsFunc([]string{"cmdline", "environ"}, func(file string) bool {
				return !look(t, fmt.Sprintf("/proc/%d/%s", ref.PID, file), name+"'s "+file, secrets)
			}) && ref.Alive()
		})
	}
	for _, folder := range []string{s.home.Logs(), s.home.Run(), s.home.Functions(), s.home.Work(), s.home.Jenkins(), s.home.Slack(), filepath.Join(s.home.Redis(), "appendonlydir")} {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if gone(err) && path != folder {
				return nil
			}
			if err == nil && entry.Type().IsRegular() {
				look(t, path, path, secrets)
			}
			return err
		})
		s.must(err)
	}
}

// secrets are all that must not be seen, by where they belong.
func (s *system) secrets() map[string]string {
	s.Helper()
	found := map[string]string{"the password for telnet": s.password}
	entries, err := os.ReadDir(s.home.Secrets())
	s.must(err)
	for _, entry := range entries {
		if entry.Name() == home.SecretConfig || entry.Name() == home.SecretGatewayUser {
			continue // public
		}
		if entry.Name() == home.SecretClouds {
			continue // but for the password, which is a secret of its own, it says what anybody may know
		}
		text, err := s.home.ReadSecret(entry.Name())
		s.must(err)
		for line := range strings.Lines(text) {
			name, value, named := strings.Cut(strings.TrimSpace(line), ":")
			if !named {
				value = name
			}
			found[entry.Name()+" "+name[:min(4, len(name))]] = value
		}
	}
	return found
}

// gone reports whether a file was there no more, or the process of which it tells.
func gone(err error) bool { return errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ESRCH) }

// look reports whether a file was there to be looked at.
func look(t *testing.T, path, what string, secrets map[string]string) bool {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		if !gone(err) {
			t.Error(err)
		}
		return false
	}
	for name, secret := range secrets {
		if bytes.Contains(text, []byte(secret)) {
			t.Errorf("%s shows %s", what, name)
		}
	}
	return true
}
