package home

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Grant gives a service a folder with links to the secrets that it needs, and to no others, and returns the folder.
func (h Home) Grant(service string, secrets ...string) (string, error) {
	dir := filepath.Join(h.SecretsOf(), service)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("give %s its secrets: %w", service, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", fmt.Errorf("give %s its secrets: %w", service, err)
	}
	wanted := make(map[string]bool)
	for _, name := range secrets {
		wanted[name] = true
		if err := os.Symlink(h.Secret(name), filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrExist) {
			return "", fmt.Errorf("give %s its secrets: %w", service, err)
		}
	}
	for _, entry := range entries {
		if wanted[entry.Name()] {
			continue
		}
		if err := os.Remove(filepath.Join(dir, entry.Name())); err != nil {
			return "", fmt.Errorf("give %s its secrets: %w", service, err)
		}
	}
	return dir, nil
}
