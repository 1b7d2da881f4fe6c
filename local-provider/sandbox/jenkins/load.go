package jenkins

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// load reads the state of the process before this one and takes over what it left: queued builds are still queued,
// pipelines go on, and freestyle builds, which die with their Jenkins, are on record as aborted.
func (s *Server) load() error {
	if s.store.dir == "" {
		return nil
	}
	var saved savedState
	found, err := readJSON(filepath.Join(s.store.dir, "state.json"), &saved)
	if err != nil || !found {
		return err
	}
	if saved.Now.After(s.clock.Now()) {
		s.clock.Set(saved.Now)
	}
	s.now = s.clock.Now()
	s.nextQueueID, s.salt, s.nodes = saved.NextQueueID, saved.Salt, saved.Nodes
	s.builtIn = saved.BuiltIn
	s.builtIn.Executors = s.options.Executors
	if err := s.loadItem(s.root); err != nil {
		return err
	}
	if err := s.loadStarts(); err != nil {
		return err
	}
	s.root.walk(func(it *item) {
		for _, b := range it.builds {
			if b.running() {
				s.revive(b, saved.Now)
			}
		}
	})
	return s.loadQueue()
}

// readJSON reads a file; false when it is not there.
func readJSON(file string, into any) (bool, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("load the sandbox's state: %w", err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return false, fmt.Errorf("load the sandbox's state from %s: %w", filepath.Base(file), err)
	}
	return true, nil
}

// loadItem reads what stands beside an item's configuration, and the items below it.
func (s *Server) loadItem(it *item) error {
	dir := s.store.itemDir(it)
	var saved savedItem
	if _, err := readJSON(filepath.Join(dir, "job.json"), &saved); err != nil {
		return err
	}
	it.next, it.started, it.held = max(saved.Next, 1), saved.Started, saved.Held
	if it.isFolder() {
		it.loadViews(saved.Views)
	}
	if err := s.loadBuilds(it, filepath.Join(dir, "builds")); err != nil {
		return err
	}
	names, err := list(filepath.Join(dir, "jobs"))
	if err != nil {
		return err
	}
	for _, escaped := range names {
		if err := s.loadChild(it, escaped); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) loadChild(parent *item, escaped string) error {
	name, err := url.PathUnescape(escaped)
	if err != nil {
		return fmt.Errorf("load job %s: %w", escaped, err)
	}
	child := &item{name: name, parent: parent}
	config, err := os.ReadFile(filepath.Join(s.store.itemDir(child), "config.xml"))
	if err != nil {
		return fmt.Errorf("load job %s: %w", name, err)
	}
	root, clean, err := parseConfig(config)
	if err != nil {
		return fmt.Errorf("load job %s: %w", name, err)
	}
	child.configure(root, clean)
	parent.add(child)
	return s.loadItem(child)
}

func (it *item) loadViews(saved []savedView) {
	it.views = nil
	for _, sv := range saved {
		v := &view{name: sv.Name, owner: it, class: sv.Class, root: &element{}}
		v.reload([]byte(sv.Config))
		it.views = append(it.views, v)
	}
	if len(it.views) == 0 {
		it.views = []*view{{name: "all", owner: it, class: allViewClass, root: &element{}}}
	}
}

func (s *Server) loadBuilds(it *item, dir string) error {
	files, err := list(dir)
	if err != nil {
		return err
	}
	for _, file := range files {
		b := &build{job: it, executor: -1}
		if _, err := readJSON(filepath.Join(dir, file), b); err != nil {
			return err
		}
		it.builds = append(it.builds, b)
		it.next = max(it.next, b.Number+1)
	}
	slices.SortFunc(it.builds, func(a, b *build) int { return a.Number - b.Number })
	return nil
}

// list is the names in a folder, without what a killed process left half written.
func list(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("load the sandbox's state: %w", err)
	}
	var out []string
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".new") {
			out = append(out, e.Name())
		}
	}
	return out, nil
}

// revive takes over a build that ran when the process before this one died.
func (s *Server) revive(b *build, died time.Time) {
	s.touchBuild(b)
	if !b.job.isPipeline() {
		b.Ended, b.Result = later(died, b.Started), aborted
		b.release(b.Ended)
		return
	}
	b.plan = newPlan(b)
	b.hold(later(died, b.Started))
	for _, st := range b.Stops {
		if harsh(st.Kind) >= harsh(b.plan.obeys) {
			b.dies = later(st.At.Add(s.options.StopTakes), s.now)
		}
	}
	s.running = append(s.running, b)
	s.resume(b)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// loadQueue finds the jobs of the queued builds; what is of a job that is gone is dropped, as Jenkins does.
func (s *Server) loadQueue() error {
	var queue []*queueItem
	if _, err := readJSON(filepath.Join(s.store.dir, "queue.json"), &queue); err != nil {
		return err
	}
	for _, q := range queue {
		if q.job = s.root.find(q.Job); q.job != nil && !q.job.isFolder() {
			s.queue = append(s.queue, q)
			s.nextQueueID = max(s.nextQueueID, q.ID)
		}
	}
	return nil
}

// loadStarts reads the list of builds ever started; a last line that is cut off is ignored.
func (s *Server) loadStarts() error {
	f, err := os.Open(filepath.Join(s.store.dir, "starts.jsonl"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("load the list of starts: %w", err)
	}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, maxBody)
	for lines.Scan() {
		var start Start
		if json.Unmarshal(lines.Bytes(), &start) == nil {
			s.ledger.remember(start)
		}
	}
	if err := errors.Join(lines.Err(), f.Close()); err != nil {
		return fmt.Errorf("load the list of starts: %w", err)
	}
	return nil
}
