package gerrit

import (
	"slices"
	"strings"
)

// A Project is a repository and its branches.
type Project struct {
	Name        string            `json:"name"`
	Description string            `json:"description,omitempty"`
	Branches    map[string]string `json:"branches"` // short name to commit
	Head        string            `json:"head"`     // short name of the default branch
	// Readers are the groups that may see it; empty for everybody, those who are not logged in among them.
	Readers []Group `json:"readers,omitempty"`
}

// refHeads is where branches are.
const refHeads = "refs/heads/"

func shortName(ref string) string { return strings.TrimPrefix(ref, refHeads) }

// reads says whether somebody may see a project; nil is who is not logged in.
func (a *Account) reads(p *Project) bool {
	return p != nil && (len(p.Readers) == 0 || a.In(Administrators) || slices.ContainsFunc(p.Readers, a.In))
}

// Branch is the newest commit of a branch, empty when there is no such branch.
func (s *Server) Branch(project, branch string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.projects[project]; p != nil {
		return p.Branches[shortName(branch)]
	}
	return ""
}

// addProject makes a project with branches that have a first commit.
func (s *Server) addProject(p Project, branches ...string) *Project {
	p.Branches, p.Head = map[string]string{}, branches[0]
	for _, branch := range branches {
		p.Branches[branch] = newSHA()
	}
	s.projects[p.Name] = &p
	s.touch("project", p.Name)
	return &p
}
