package jenkins

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// A store keeps the state in a folder laid out as Jenkins' own: jobs/<name>/config.xml, jobs/<folder>/jobs/<name>/…, and
// beside each configuration the sandbox's own job.json and builds/<number>.json. What changed is written before the
// request that changed it is answered, each file by a rename, so that a killed process leaves whole files.
type store struct {
	dir    string // empty keeps nothing
	err    error  // the first failure to write
	state  bool
	queue  bool
	items  map[*item]bool
	builds map[*build]bool
}

func openStore(dir string) (*store, error) {
	st := &store{dir: dir, items: map[*item]bool{}, builds: map[*build]bool{}}
	if dir == "" {
		return st, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return st, fmt.Errorf("open the sandbox's folder: %w", err)
	}
	return st, nil
}

func (s *Server) touchState() { s.store.state = true }
func (s *Server) touchQueue() { s.store.queue = true }

func (s *Server) touchItem(it *item) { s.store.items[it] = true }

func (s *Server) touchBuild(b *build) {
	if !b.Vanished {
		s.store.builds[b] = true
	}
}

// touchAll marks an item and its builds.
func (s *Server) touchAll(it *item) {
	s.touchItem(it)
	for _, b := range it.builds {
		s.touchBuild(b)
	}
}

// itemDir is the folder of an item.
func (st *store) itemDir(it *item) string {
	if it.isRoot() {
		return st.dir
	}
	return filepath.Join(st.itemDir(it.parent), "jobs", url.PathEscape(it.name))
}

func (st *store) buildFile(b *build) string {
	return filepath.Join(st.itemDir(b.job), "builds", itoa(b.Number)+".json")
}

// dropItem forgets an item and all below it.
func (st *store) dropItem(it *item) {
	it.walk(func(below *item) {
		delete(st.items, below)
		for _, b := range below.builds {
			delete(st.builds, b)
		}
	})
	if st.dir != "" {
		st.failed(os.RemoveAll(st.itemDir(it)))
	}
}

// dropBuild forgets a build.
func (st *store) dropBuild(b *build) {
	delete(st.builds, b)
	if st.dir == "" {
		return
	}
	if err := os.Remove(st.buildFile(b)); !errors.Is(err, fs.ErrNotExist) {
		st.failed(err)
	}
}

func (st *store) failed(err error) {
	if err != nil && st.err == nil {
		st.err = fmt.Errorf("save the sandbox's state: %w", err)
	}
}

// A savedState is what state.json holds.
type savedState struct {
	Now         time.Time `json:"now"`
	NextQueueID int64     `json:"nextQueueId"`
	Salt        string    `json:"salt"`
	BuiltIn     node      `json:"builtIn"`
	Nodes       []*node   `json:"nodes,omitempty"`
}

// A savedItem is what job.json holds.
type savedItem struct {
	Next    int         `json:"nextBuildNumber"`
	Started int         `json:"started"`
	Held    bool        `json:"held,omitempty"`
	Views   []savedView `json:"views,omitempty"`
}

type savedView struct {
	Name   string `json:"name"`
	Class  string `json:"class"`
	Config string `json:"config,omitempty"`
}

// flush writes what has changed.
func (s *Server) flush() {
	st := s.store
	changed := st.state || st.queue || len(st.items)+len(st.builds) > 0
	if st.dir == "" || !changed {
		st.clean()
		s.ledger.unsaved = nil
		return
	}
	st.saveStarts(s.ledger.unsaved)
	s.ledger.unsaved = nil
	for it := range st.items {
		st.saveItem(it)
	}
	for b := range st.builds {
		st.saveJSON(st.buildFile(b), b)
	}
	if st.queue {
		st.saveJSON(filepath.Join(st.dir, "queue.json"), s.queue)
	}
	st.saveJSON(filepath.Join(st.dir, "state.json"), savedState{
		Now: s.now, NextQueueID: s.nextQueueID, Salt: s.salt, BuiltIn: s.builtIn, Nodes: s.nodes,
	})
	st.clean()
}

func (st *store) clean() {
	st.state, st.queue = false, false
	clear(st.items)
	clear(st.builds)
}

func (st *store) saveItem(it *item) {
	saved := savedItem{Next: it.next, Started: it.started, Held: it.held}
	for _, v := range it.views {
		saved.Views = append(saved.Views, savedView{Name: v.name, Class: v.class, Config: string(v.config)})
	}
	if !it.isRoot() {
		st.save(filepath.Join(st.itemDir(it), "config.xml"), it.config)
	}
	st.saveJSON(filepath.Join(st.itemDir(it), "job.json"), saved)
}

// saveStarts appends to the list of builds ever started.
func (st *store) saveStarts(starts []Start) {
	if len(starts) == 0 {
		return
	}
	var lines bytes.Buffer
	for _, s := range starts {
		line, err := json.Marshal(s)
		st.failed(err)
		lines.Write(append(line, '\n'))
	}
	f, err := os.OpenFile(filepath.Join(st.dir, "starts.jsonl"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		st.failed(err)
		return
	}
	_, err = f.Write(lines.Bytes())
	st.failed(errors.Join(err, f.Close()))
}

func (st *store) saveJSON(file string, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		st.failed(err)
		return
	}
	st.save(file, text)
}

// save replaces a file.
func (st *store) save(file string, text []byte) {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		st.failed(err)
		return
	}
	fresh := file + ".new"
	if err := os.WriteFile(fresh, text, 0o600); err != nil {
		st.failed(err)
		return
	}
	st.failed(os.Rename(fresh, file))
}
