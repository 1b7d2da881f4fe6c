// Package secret keeps secrets as files, one a secret, and serves the API for them. A value can be written and never
// read back.
package secret

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"

	"github.com/handsoff/handsoff/local-provider/durable"
)

var (
	// ErrExists is answered by Create for a name that is taken.
	ErrExists = errors.New("the secret exists already")
	// ErrNotFound is answered for a name that is not stored.
	ErrNotFound = errors.New("no such secret")
	// ErrInvalid is wrapped by every refusal of a name or value.
	ErrInvalid = errors.New("not a valid secret")
	// ErrReserved is answered for the platform's own credentials.
	ErrReserved = errors.New("this secret is the platform's own and is not changed through its API")
)

// MaxValue is the largest value in bytes, which is Kubernetes' limit.
const MaxValue = 1 << 20

// names are DNS subdomains, as Kubernetes has them; nothing that matches can leave the folder.
var names = regexp.MustCompile(`^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$`)

// reserved are read once when the provider starts: changing them below it would lock everybody out.
var reserved = map[string]bool{"basic-auth-user": true, "basic-auth-password": true}

// Store is a folder of secrets.
type Store struct {
	dir string
	mu  sync.Mutex
}

// NewStore returns the store of a folder that exists.
func NewStore(dir string) *Store { return &Store{dir: dir} }

// List returns the names, in order.
func (s *Store) List() ([]string, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, fmt.Errorf("list the secrets: %w", err)
	}
	all := make([]string, 0, len(entries))
	for _, entry := range entries {
		if entry.Type().IsRegular() && names.MatchString(entry.Name()) {
			all = append(all, entry.Name())
		}
	}
	return all, nil
}

// Exists reports whether there is a secret of a name.
func (s *Store) Exists(name string) bool {
	if !names.MatchString(name) {
		return false
	}
	info, err := os.Stat(filepath.Join(s.dir, name))
	return err == nil && info.Mode().IsRegular()
}

// Create stores a new secret; ErrExists when there is one.
func (s *Store) Create(name string, value []byte) error {
	return s.write(name, value, false)
}

// Update replaces a secret's value; ErrNotFound when there is none. Functions that run see the new value.
func (s *Store) Update(name string, value []byte) error {
	return s.write(name, value, true)
}

func (s *Store) write(name string, value []byte, update bool) error {
	if err := check(name, value); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch there := s.Exists(name); {
	case there && !update:
		return fmt.Errorf("%w: %q; update it with `faas-cli secret update`", ErrExists, name)
	case !there && update:
		return fmt.Errorf("%w: %q", ErrNotFound, name)
	}
	if err := durable.WriteFile(filepath.Join(s.dir, name), value, 0o600); err != nil {
		return fmt.Errorf("store the secret %s: %w", name, err)
	}
	return nil
}

// Delete forgets a secret; ErrNotFound when there is none.
func (s *Store) Delete(name string) error {
	if err := check(name, nil); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	err := os.Remove(filepath.Join(s.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %q", ErrNotFound, name)
	}
	if err != nil {
		return fmt.Errorf("delete the secret %s: %w", name, err)
	}
	return nil
}

func check(name string, value []byte) error {
	if !names.MatchString(name) {
		return fmt.Errorf("%w: the name %q must be small letters, digits, dots and hyphens", ErrInvalid, name)
	}
	if reserved[name] {
		return fmt.Errorf("%w: %q", ErrReserved, name)
	}
	if len(value) > MaxValue {
		return fmt.Errorf("%w: %d bytes are more than the %d allowed", ErrInvalid, len(value), MaxValue)
	}
	return nil
}
