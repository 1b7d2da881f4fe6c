package git

import (
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"
)

// seeds are the files of the repositories that are there from the start.
//
//go:embed all:seed
var seeds embed.FS

// The sandbox's repositories.
const (
	Playbooks = "ops/playbooks"   // what Ansible runs
	Upstream  = "upstream/kettle" // somebody else's
	Mirror    = "acme/kettle"     // ours, of it
)

// seed makes what is not there, and brings the playbooks up to date with this program's.
func (s *Server) seed() error {
	if _, err := s.Create(Mirror); err != nil {
		return err
	}
	for _, one := range []struct{ repository, folder string }{{Playbooks, "seed/playbooks"}, {Upstream, "seed/kettle"}} {
		files, err := folder(one.folder)
		if err != nil {
			return err
		}
		switch {
		case len(files) == 0:
		case one.repository == Upstream:
			err = s.kettle(files)
		default:
			err = s.refresh(one.repository, files)
		}
		if err != nil {
			return fmt.Errorf("make %s: %w", one.repository, err)
		}
	}
	return nil
}

// folder reads the files below a folder; a folder that is not there has none.
func folder(dir string) (map[string]string, error) {
	files := map[string]string{}
	err := fs.WalkDir(seeds, dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			if entry == nil {
				return fs.SkipAll
			}
			return err
		}
		text, err := seeds.ReadFile(path)
		files[strings.TrimPrefix(path, dir+"/")] = string(text)
		return err // of files within this program
	})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", dir, err)
	}
	return files, nil
}

// refresh commits what differs from a branch's files.
func (s *Server) refresh(repository string, files map[string]string) error {
	dir, err := s.Create(repository)
	if err != nil {
		return err
	}
	before, _ := s.run(dir, nil, "rev-parse", "--verify", "--quiet", "refs/heads/main^{tree}") // none at first
	after, err := s.Commit(Commit{Repository: repository, Branch: "seeding", From: "main", Message: "Playbooks of the sandbox", Files: files})
	if err != nil {
		return err
	}
	tree, err := s.run(dir, nil, "rev-parse", after+"^{tree}")
	if err == nil && tree != before {
		_, err = s.run(dir, nil, "update-ref", "refs/heads/main", after)
	}
	if _, gone := s.run(dir, nil, "update-ref", "-d", "refs/heads/seeding"); err == nil {
		err = gone
	}
	return err
}

// kettle is a small history: two releases, and a branch for the repairs of the first.
func (s *Server) kettle(files map[string]string) error {
	dir, err := s.Create(Upstream)
	if err != nil {
		return err
	}
	if tip := s.tip(dir, "main", ""); tip != "" {
		return nil
	}
	began := time.Date(2024, time.March, 4, 9, 0, 0, 0, time.UTC)
	for i, c := range []Commit{
		{Message: "Boil water", Files: files},
		{Message: "Version 1.0", Files: map[string]string{"VERSION": "1.0\n"}, Tag: "v1.0"},
		{Branch: "stable/1.0", From: "v1.0", Message: "Version 1.0.1", Files: map[string]string{"VERSION": "1.0.1\n"}, Tag: "v1.0.1"},
		{Message: "Whistle when the water boils", Files: map[string]string{"whistle.sh": "#!/bin/sh\necho wheee\n"}},
		{Message: "Version 2.0", Files: map[string]string{"VERSION": "2.0\n"}, Tag: "v2.0"},
	} {
		c.Repository, c.Author, c.At = Upstream, "Robin", began.AddDate(0, 0, 7*i)
		if _, err := s.Commit(c); err != nil {
			return fmt.Errorf("commit %s: %w", strconv.Itoa(i), err)
		}
	}
	return nil
}

// refs are a repository's, as the page shows them.
func (s *Server) refs(repository string) []string {
	dir, err := s.Path(repository)
	if err != nil {
		return nil
	}
	text, err := s.run(dir, nil, "for-each-ref", "--count="+strconv.Itoa(maxListed),
		"--format=%(refname) %(objectname:short) %(contents:subject)")
	if err != nil || text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
