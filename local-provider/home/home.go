// Package home lays out the folder in which one machine's platform lives, and fills it the first time.
package home

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Home is the folder; by default .handsoff in the project. Only its owner may enter it.
type Home string

// Secrets holds all secrets, one a file.
func (h Home) Secrets() string { return h.in("secrets") }

// SecretsOf holds a folder for each function and service with links to the secrets that it may see.
func (h Home) SecretsOf() string { return h.in("secrets-of") }

// Functions holds the deployments, one a file.
func (h Home) Functions() string { return h.in("functions") }

// Images holds the functions' executables.
func (h Home) Images() string { return h.in("images") }

// Logs holds the services' logs.
func (h Home) Logs() string { return h.in("logs") }

// Journals holds what functions print.
func (h Home) Journals() string { return h.in("logs", "functions") }

// Run holds what is true only while something runs.
func (h Home) Run() string { return h.in("run") }

// Replicas holds the records of the functions' processes.
func (h Home) Replicas() string { return h.in("run", "functions") }

// Services holds the records of the services' processes.
func (h Home) Services() string { return h.in("run", "services") }

// Work holds a working directory for each function.
func (h Home) Work() string { return h.in("work", "functions") }

// ServiceWork holds a working directory for each service.
func (h Home) ServiceWork() string { return h.in("work", "services") }

// Redis holds Redis' configuration and its append-only file.
func (h Home) Redis() string { return h.in("redis") }

// Jenkins holds what the sandbox's Jenkins remembers.
func (h Home) Jenkins() string { return h.in("jenkins") }

// Slack holds what the sandbox's Slack remembers.
func (h Home) Slack() string { return h.in("slack") }

// GitHub holds what the sandbox's GitHub remembers.
func (h Home) GitHub() string { return h.in("github") }

// Gerrit holds what the sandbox's Gerrit remembers.
func (h Home) Gerrit() string { return h.in("gerrit") }

// Git is the folder of the sandbox's repositories.
func (h Home) Git() string { return h.in("git") }

// OpenStack holds what the sandbox's OpenStack remembers.
func (h Home) OpenStack() string { return h.in("openstack") }

// ARA holds the record of Ansible's runs.
func (h Home) ARA() string { return h.in("ara") }

// PortsFile says which ports were chosen.
func (h Home) PortsFile() string { return h.in("run", "ports.json") }

// Secret is the file of one secret.
func (h Home) Secret(name string) string { return filepath.Join(h.Secrets(), name) }

func (h Home) in(parts ...string) string {
	return filepath.Join(append([]string{string(h)}, parts...)...)
}

// Open makes the folders that are missing and returns the home by its absolute path.
func Open(dir string) (Home, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("open the home %s: %w", dir, err)
	}
	h := Home(abs)
	for _, folder := range []string{
		abs, h.Secrets(), h.SecretsOf(), h.Functions(), h.Images(), h.Logs(), h.Journals(), h.Run(), h.Replicas(),
		h.Services(), h.Work(), h.ServiceWork(), h.Redis(), h.Jenkins(), h.Slack(), h.GitHub(), h.Gerrit(), h.Git(),
		h.OpenStack(),
	} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return "", fmt.Errorf("open the home %s: %w", abs, err)
		}
	}
	// Somebody may have made the folder by hand before.
	for _, folder := range []string{abs, h.Secrets()} {
		if err := os.Chmod(folder, 0o700); err != nil { //nolint:gosec // a folder, which its owner must enter
			return "", fmt.Errorf("open the home %s: %w", abs, err)
		}
	}
	return h, nil
}

// ErrLocked is answered by Lock when another process holds the lock.
var ErrLocked = errors.New("another process holds the lock")

// Lock takes a lock of this home until the returned file is closed or the process ends, however it ends.
func (h Home) Lock(name string) (*os.File, error) {
	file, err := os.OpenFile(h.in("run", name+".lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", name, err)
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		if errors.Is(err, unix.EWOULDBLOCK) {
			err = ErrLocked
		}
		return nil, errors.Join(fmt.Errorf("lock %s: %w", name, err), file.Close())
	}
	return file, nil
}

// exists reports whether there is a file; an error other than its absence is returned.
func exists(path string) (bool, error) {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for %s: %w", path, err)
	}
	return true, nil
}
