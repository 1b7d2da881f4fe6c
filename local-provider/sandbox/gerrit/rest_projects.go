package gerrit

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// A projectInfo is a project as REST shows it.
type projectInfo struct {
	ID          string         `json:"id"`
	Name        string         `json:"name,omitempty"`
	Parent      string         `json:"parent,omitempty"`
	Description string         `json:"description,omitempty"`
	State       string         `json:"state"`
	Labels      map[string]any `json:"labels,omitempty"`
}

func (s *Server) restProjects(rq *request) (any, error) {
	if !rq.reads() {
		return s.writeProject(rq)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	name := strings.TrimSuffix(rq.at(1), ".git")
	if name == "" {
		return s.listProjects(rq)
	}
	p := s.projects[name]
	if !rq.who.reads(p) {
		return nil, notFound(name)
	}
	switch rq.at(2) {
	case "":
		return projectInfo{ID: escape(p.Name), Name: p.Name, Parent: "All-Projects", Description: p.Description, State: "ACTIVE"}, nil
	case "description":
		return p.Description, nil
	case "HEAD":
		return refHeads + p.Head, nil
	case "branches":
		return p.branches(rq)
	}
	return nil, notFound(rq.at(2))
}

// listProjects answers GET /projects/: by name, with p (prefix), m (part), r (regular expression), n, S and d.
func (s *Server) listProjects(rq *request) (any, error) {
	q := rq.query
	pattern, err := regexp.Compile("^(?:" + q.Get("r") + ")$")
	if err != nil {
		return nil, badRequest("invalid regular expression")
	}
	skip, _ := strconv.Atoi(q.Get("S"))
	limit, _ := strconv.Atoi(q.Get("n"))
	_, described := q["d"]
	out := map[string]projectInfo{}
	for _, name := range sortedKeys(s.projects) {
		if !rq.who.reads(s.projects[name]) || !strings.HasPrefix(name, q.Get("p")) || !contains(name, q.Get("m")) ||
			(q.Get("r") != "" && !pattern.MatchString(name)) {
			continue
		}
		if skip--; skip >= 0 {
			continue
		}
		info := projectInfo{ID: escape(name), State: "ACTIVE"}
		if described {
			info.Description = s.projects[name].Description
		}
		out[name] = info
		if len(out) == limit {
			break
		}
	}
	return out, nil
}

// A branchInfo is a branch as REST shows it.
type branchInfo struct {
	Ref      string `json:"ref"`
	Revision string `json:"revision"`
}

func (p *Project) branches(rq *request) (any, error) {
	if rq.at(3) == "" {
		out := []branchInfo{{"HEAD", p.Head}}
		for _, b := range sortedKeys(p.Branches) {
			out = append(out, branchInfo{refHeads + b, p.Branches[b]})
		}
		return out, nil
	}
	name := shortName(rq.at(3))
	if name == "HEAD" {
		return branchInfo{"HEAD", p.Head}, nil
	}
	if p.Branches[name] == "" {
		return nil, notFound(rq.at(3))
	}
	return branchInfo{refHeads + name, p.Branches[name]}, nil
}

// writeProject answers PUT /projects/{name}.
func (s *Server) writeProject(rq *request) (any, error) {
	person, err := rq.person(s)
	if err != nil {
		return nil, err
	}
	if rq.method != http.MethodPut || rq.at(1) == "" || rq.at(2) != "" {
		return nil, rq.wrongMethod()
	}
	var in struct{ Branches []string }
	if err := rq.decode(&in); err != nil {
		return nil, err
	}
	for i, b := range in.Branches {
		in.Branches[i] = shortName(b)
	}
	if err := person.CreateProject(rq.at(1), in.Branches...); err != nil {
		return nil, err
	}
	return created{projectInfo{ID: escape(rq.at(1)), Name: rq.at(1), Parent: "All-Projects", State: "ACTIVE"}}, nil
}
