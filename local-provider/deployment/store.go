// Package deployment keeps what is deployed: one JSON file a function, written so that a crash leaves the old or the
// new one. Files, not Redis, so that the catalogue of functions does not depend on the queue's store.
package deployment

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/openfaas/faas-provider/types"

	"github.com/handsoff/handsoff/local-provider/durable"
)

var (
	// ErrExists is answered by Create for a name that is taken.
	ErrExists = errors.New("the function exists already")
	// ErrNotFound is answered for a name that is not deployed.
	ErrNotFound = errors.New("no such function")
)

// Record is one deployed function.
type Record struct {
	types.FunctionDeployment
	// Revision is new with every deployment and update; processes of an older one are replaced.
	Revision string `json:"revision"`
	// Replicas is how many processes are wanted while the function is in use; 0 means until the next request.
	Replicas uint64 `json:"replicas"`
	// Digest is that of the executable which the image was when it was deployed.
	Digest string `json:"digest"`
	// Created is the time of the first deployment.
	Created time.Time `json:"created"`
}

// Store holds the records of one directory. Its methods may be called from several goroutines.
type Store struct {
	dir     string
	mu      sync.RWMutex
	records map[string]Record
}

// Open reads every record of a directory.
func Open(dir string) (*Store, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read the deployments: %w", err)
	}
	s := &Store{dir: dir, records: make(map[string]Record)}
	for _, entry := range entries {
		name, ok := strings.CutSuffix(entry.Name(), ".json")
		if !ok || strings.HasPrefix(name, ".") {
			continue
		}
		var record Record
		if err := durable.ReadJSON(filepath.Join(dir, entry.Name()), &record); err != nil {
			return nil, fmt.Errorf("read the deployment of %s: %w", name, err)
		}
		if record.Service != name {
			return nil, fmt.Errorf("read the deployment of %s: the file names the function %q", name, record.Service)
		}
		s.records[name] = record
	}
	return s, nil
}

// List returns all records by name.
func (s *Store) List() []Record {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := make([]Record, 0, len(s.records))
	for _, record := range s.records {
		all = append(all, record)
	}
	slices.SortFunc(all, func(a, b Record) int { return cmp.Compare(a.Service, b.Service) })
	return all
}

// Get returns one record, or ErrNotFound.
func (s *Store) Get(name string) (Record, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	record, ok := s.records[name]
	if !ok {
		return Record{}, fmt.Errorf("%w: %q", ErrNotFound, name)
	}
	return record, nil
}

// Create stores a new deployment; ErrExists when the name is taken.
func (s *Store) Create(d types.FunctionDeployment, digest string) (Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.records[d.Service]; ok {
		return Record{}, fmt.Errorf("%w: %q", ErrExists, d.Service)
	}
	return s.put(Record{
		FunctionDeployment: d, Digest: digest, Revision: rand.Text(), Replicas: 1, Created: time.Now().UTC(),
	})
}

// Update replaces a deployment; ErrNotFound when there is none. The number of replicas is kept.
func (s *Store) Update(d types.FunctionDeployment, digest string) (Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, ok := s.records[d.Service]
	if !ok {
		return Record{}, fmt.Errorf("%w: %q", ErrNotFound, d.Service)
	}
	return s.put(Record{
		FunctionDeployment: d, Digest: digest, Revision: rand.Text(), Replicas: old.Replicas, Created: old.Created,
	})
}

// Scale stores the wanted number of replicas.
func (s *Store) Scale(name string, replicas uint64) (Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	record, ok := s.records[name]
	if !ok {
		return Record{}, fmt.Errorf("%w: %q", ErrNotFound, name)
	}
	record.Replicas = replicas
	return s.put(record)
}

// Delete forgets a deployment; ErrNotFound when there is none.
func (s *Store) Delete(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.records[name]; !ok {
		return fmt.Errorf("%w: %q", ErrNotFound, name)
	}
	if err := os.Remove(s.path(name)); err != nil {
		return fmt.Errorf("delete the deployment of %s: %w", name, err)
	}
	delete(s.records, name)
	return durable.Sync(s.dir)
}

func (s *Store) put(record Record) (Record, error) {
	if err := durable.WriteJSON(s.path(record.Service), record); err != nil {
		return Record{}, err
	}
	s.records[record.Service] = record
	return record, nil
}

func (s *Store) path(name string) string { return filepath.Join(s.dir, name+".json") }
