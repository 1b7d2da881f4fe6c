package git

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/handsoff/handsoff/shared/config"
)

// Repositories reaches repositories elsewhere, and keeps caches of them. Its methods may be called by several goroutines
// and processes at once.
type Repositories struct {
	section Section
	dir     string
	secret  func(name string) ([]byte, error)
}

// Configure reads the configuration's section "git" as far as every function needs it; without one, public repositories
// can be reached by HTTPS. Caches are kept in workDir, or, where that is empty, in the section's work_dir or a folder of the
// machine's for temporary files. What a killed function left there is removed.
func Configure(cfg *config.File, secret func(name string) ([]byte, error), workDir string) (*Repositories, error) {
	var found loose
	if _, err := cfg.Section("git", &found); err != nil {
		return nil, err
	}
	return New(found.Section, secret, workDir)
}

// New is Configure for a section that was read already.
func New(section Section, secret func(name string) ([]byte, error), workDir string) (*Repositories, error) {
	if err := section.Check(); err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	switch {
	case workDir != "":
	case section.WorkDir != "":
		workDir = section.WorkDir
	default:
		workDir = filepath.Join(os.TempDir(), "handsoff-git")
	}
	if !goodFolder(workDir) {
		return nil, fmt.Errorf("git: %s has to be an absolute path of letters, digits and . _ - + @", workDir)
	}
	for _, dir := range []string{workDir, filepath.Join(workDir, cachesFolder), filepath.Join(workDir, runsFolder)} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("git: make the work folder: %w", err)
		}
	}
	if err := private(workDir); err != nil {
		return nil, err
	}
	r := &Repositories{section: section, dir: workDir, secret: secret}
	r.sweep()
	return r, nil
}

// private refuses a folder that somebody else has prepared, or may write to: what is kept there is trusted.
func private(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("git: look at the work folder: %w", err)
	}
	if !info.IsDir() || !ours(info) {
		return fmt.Errorf("git: the work folder %s is not a folder of ours", dir)
	}
	if info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(dir, 0o700); err != nil { //nolint:gosec // a folder needs the x
			return fmt.Errorf("git: keep the work folder private: %w", err)
		}
	}
	return nil
}

// ErrProtocol says that an address' protocol is not allowed here.
var ErrProtocol = errors.New("its protocol is not among git.protocols")

// Address reads an address and refuses one whose protocol is not allowed. The error is a sentence without its end.
func (r *Repositories) Address(text string) (Address, error) {
	a, err := ParseAddress(text)
	if err != nil {
		return Address{}, err
	}
	if !r.section.allows(a) {
		return Address{}, fmt.Errorf("%w (%s)", ErrProtocol, a.scheme)
	}
	return a, nil
}
