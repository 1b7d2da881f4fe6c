package function

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/handsoff/handsoff/local-provider/deployment"
	"github.com/handsoff/handsoff/local-provider/image"
	"github.com/handsoff/handsoff/local-provider/journal"
)

// ErrNotDeployed is answered when there is no function of a name.
var ErrNotDeployed = errors.New("no such function")

// Set is all deployed functions.
type Set struct {
	launcher *launcher
	images   image.Folder

	mu    sync.RWMutex
	pools map[string]*pool
}

// State is what is true of a function at this moment.
type State struct {
	// Ready is how many processes serve, Memory their resident size in bytes together.
	Ready  int
	Memory int64
	// Calls counts the calls since the provider started.
	Calls uint64
	// Failing is why the last start failed, while the function is being left alone because of it.
	Failing error
}

// NewSet returns an empty set.
func NewSet(folders Folders, images image.Folder, j *journal.Journal) *Set {
	return &Set{
		launcher: &launcher{folders: folders, journal: j}, images: images, pools: make(map[string]*pool),
	}
}

// Check says whether a deployment can be run here.
func (s *Set) Check(record deployment.Record) error {
	_, err := SpecOf(record, s.images)
	return err
}

// Apply makes a deployment, or its update, the one that requests get. Processes are started by requests.
func (s *Set) Apply(record deployment.Record) error {
	spec, err := SpecOf(record, s.images)
	if err != nil {
		return err
	}
	if _, err := s.launcher.folders.Grant(spec.Name, spec.Secrets...); err != nil {
		return err
	}
	wanted := int(min(record.Replicas, MaxReplicas))
	s.mu.Lock()
	p, ok := s.pools[spec.Name]
	if !ok {
		s.pools[spec.Name] = newPool(s.launcher, spec, wanted)
	}
	s.mu.Unlock()
	if ok {
		p.update(spec, wanted)
	}
	return nil
}

// Scale sets the number of processes and starts or stops what differs. 0 stops all until the next request.
func (s *Set) Scale(name string, wanted int) error {
	p, err := s.pool(name)
	if err != nil {
		return err
	}
	p.resize(wanted)
	return nil
}

// Remove forgets a function; its processes finish what they have in hand.
func (s *Set) Remove(name string) {
	s.mu.Lock()
	p := s.pools[name]
	delete(s.pools, name)
	s.mu.Unlock()
	if p == nil {
		return
	}
	p.remove()
	s.launcher.journal.Forget(name)
	// What is left is only links; a failure to remove them is repaired by the next deployment of the name.
	_ = os.RemoveAll(filepath.Join(s.launcher.folders.SecretsOf, name))
}

// Acquire returns the use of a process for one request, started if need be. ErrNotDeployed when there is no such
// function; a *BackingOffError when it keeps failing.
func (s *Set) Acquire(ctx context.Context, name string) (*Lease, error) {
	p, err := s.pool(name)
	if err != nil {
		return nil, err
	}
	return p.acquire(ctx)
}

// State returns what is true of a function now.
func (s *Set) State(name string) State {
	p, err := s.pool(name)
	if err != nil {
		return State{}
	}
	return p.state()
}

func (p *pool) state() State {
	p.mu.Lock()
	defer p.mu.Unlock()
	state := State{Ready: len(p.ready), Calls: p.calls}
	if len(p.ready) == 0 && p.crashes > 1 {
		state.Failing = p.cause
	}
	for _, r := range p.ready {
		if size, err := r.Memory(); err == nil {
			state.Memory += size
		}
	}
	return state
}

// Close stops every process, for which it has until ctx is done.
func (s *Set) Close(ctx context.Context) {
	s.mu.Lock()
	pools := s.pools
	s.pools = make(map[string]*pool)
	s.mu.Unlock()
	var all sync.WaitGroup
	for _, p := range pools {
		all.Go(func() { p.close(ctx) })
	}
	all.Wait()
}

func (s *Set) pool(name string) (*pool, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	p, ok := s.pools[name]
	if !ok {
		return nil, fmt.Errorf("%w: %q", ErrNotDeployed, name)
	}
	return p, nil
}
