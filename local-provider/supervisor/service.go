// Package supervisor keeps a few services running on one machine.
//
// Its state is on disk and in the kernel, not in its memory: a service outlives the supervisor, and a supervisor that
// starts finds what runs by the records of the last one. One that still runs and was started in just the same way is
// adopted; any other is replaced. Killing any process at any moment therefore costs at most a restart.
package supervisor

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	"github.com/handsoff/handsoff/local-provider/durable"
	"github.com/handsoff/handsoff/shared/process"
)

// Service is one program to keep running. Its environment holds no secrets: it is written to disk.
type Service struct {
	Name string   `json:"name"`
	Path string   `json:"path"`
	Args []string `json:"args"`
	Env  []string `json:"env"`
	// Address is where it listens, host:port; it is ready when it accepts a connection there.
	Address string `json:"address"`
	// Grace is what it has between SIGTERM and SIGKILL.
	Grace time.Duration `json:"grace"`
	// Apart says that nothing waits for it to be ready, and that it is no failure when it is not: it is kept running, and
	// whoever wants it asks for himself.
	Apart bool `json:"apart,omitempty"`
}

// Folders are where the supervisor keeps its records, the services' logs and their working directories.
type Folders struct{ Run, Logs, Work string }

// Trace is what is on disk about a service.
type Trace struct {
	process.Ref

	Name string `json:"name"`
	// Fingerprint is that of the Service, and of its executable, as they were at the start.
	Fingerprint string    `json:"fingerprint"`
	Started     time.Time `json:"started"`
	// Restarts counts the starts that nobody asked for, Last says how the service ended before the latest one.
	Restarts int    `json:"restarts"`
	Last     string `json:"last,omitempty"`
	Address  string `json:"address"`
	// Grace is the service's, for whoever stops it without its description.
	Grace time.Duration `json:"grace"`
}

func (f Folders) trace(name string) string { return filepath.Join(f.Run, name+".json") }
func (f Folders) log(name string) string   { return filepath.Join(f.Logs, name+".log") }

// fingerprint changes when the service must be started anew to be as described: another argument, another executable.
func (s Service) fingerprint() (string, error) {
	program, err := durable.Digest(s.Path)
	if err != nil {
		return "", fmt.Errorf("service %s: %w", s.Name, err)
	}
	text, err := json.Marshal([]any{s, program})
	if err != nil {
		return "", fmt.Errorf("service %s: %w", s.Name, err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}
