package gerrit

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// escape writes a name as Gerrit writes it into ids.
func escape(name string) string { return strings.ReplaceAll(url.QueryEscape(name), "+", "%20") }

func (s *Server) restChanges(rq *request) (any, error) {
	if rq.at(1) == "" {
		if rq.reads() {
			return s.queryChanges(rq)
		}
		return s.createChange(rq)
	}
	if rq.reads() {
		s.mu.Lock()
		defer s.mu.Unlock()
		c, err := s.changeOf(rq.who, rq.at(1))
		if err != nil {
			return nil, err
		}
		return s.readChange(rq, c)
	}
	person, err := rq.person(s)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	c, err := s.changeOf(rq.who, rq.at(1))
	number := 0
	if err == nil {
		number = c.Number
	}
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return s.writeChange(rq, person, number)
}

// changeOf finds what a path names: a number, project~number, project~branch~Change-Id, or a Change-Id that is the only one.
func (s *Server) changeOf(who *Account, id string) (*Change, error) {
	if n, err := strconv.Atoi(id); err == nil {
		return s.find(who, n)
	}
	parts := strings.Split(id, "~")
	var found []*Change
	for _, n := range sortedKeys(s.changes) {
		c := s.changes[n]
		fits := false
		switch len(parts) {
		case 1:
			fits = len(id) > 4 && strings.HasPrefix(c.Key, id)
		case 2:
			fits = c.Project == parts[0] && (strconv.Itoa(c.Number) == parts[1] || c.Key == parts[1])
		case 3:
			fits = c.Project == parts[0] && c.Branch == shortName(parts[1]) && c.Key == parts[2]
		}
		if fits && s.sees(who, c) {
			found = append(found, c)
		}
	}
	switch len(found) {
	case 0:
		return nil, notFound(id)
	case 1:
		return found[0], nil
	}
	return nil, refuse(http.StatusNotFound, "Multiple changes found for %s", id)
}

// queryChanges answers GET /changes/: a list, or a list for each q.
func (s *Server) queryChanges(rq *request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	start, err := number(rq.query, "S", "start")
	if err != nil {
		return nil, err
	}
	limit, err := number(rq.query, "n", "limit")
	if err != nil {
		return nil, err
	}
	queries := rq.query["q"]
	if len(queries) == 0 {
		queries = []string{"status:open"}
	}
	var out [][]*changeInfo
	for _, q := range queries {
		found, more, err := s.search(rq.who, q, start, limit)
		if err != nil {
			return nil, err
		}
		list := []*changeInfo{}
		for _, c := range found {
			list = append(list, s.changeInfo(c, rq.who, optionsOf(rq.query)))
		}
		if more && len(list) > 0 {
			list[len(list)-1].More = true
		}
		out = append(out, list)
	}
	if len(out) == 1 {
		return out[0], nil
	}
	return out, nil
}

func number(q url.Values, names ...string) (int, error) {
	for _, name := range names {
		if text := q.Get(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 0 {
				return 0, badRequest("\"%s\" is not a valid value for \"--%s\"", text, names[len(names)-1])
			}
			return n, nil
		}
	}
	return 0, nil
}

// createChange answers POST /changes/.
func (s *Server) createChange(rq *request) (any, error) {
	person, err := rq.person(s)
	if err != nil {
		return nil, err
	}
	var in struct {
		Project, Branch, Subject, Topic string
		Private                         bool `json:"is_private"`
		WIP                             bool `json:"work_in_progress"`
	}
	if err := rq.decode(&in); err != nil {
		return nil, err
	}
	subject, body, _ := strings.Cut(in.Subject, "\n")
	number, err := person.Push(Upload{
		Project: in.Project, Branch: in.Branch, Subject: subject, Body: body, Topic: in.Topic, Private: in.Private, WIP: in.WIP,
	})
	if err != nil {
		return nil, err
	}
	info, err := s.show(rq, number)
	return created{info}, err
}

// show is a change as it is now.
func (s *Server) show(rq *request, number int) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.find(rq.who, number)
	if err != nil {
		return nil, err
	}
	return s.changeInfo(c, rq.who, optionsOf(rq.query)), nil
}

// readChange answers GET /changes/{id}/….
func (s *Server) readChange(rq *request, c *Change) (any, error) {
	switch rq.at(2) {
	case "":
		return s.changeInfo(c, rq.who, optionsOf(rq.query)), nil
	case "detail":
		return s.changeInfo(c, rq.who, append(optionsOf(rq.query), "LABELS", "DETAILED_LABELS", "DETAILED_ACCOUNTS", "MESSAGES")), nil
	case "topic":
		return c.Topic, nil
	case "hashtags":
		return append([]string{}, c.Hashtags...), nil
	case "messages":
		return s.messageInfos(c, true), nil
	case "comments":
		return s.commentInfos(c, 0), nil
	case "reviewers":
		return s.reviewerInfos(c), nil
	case "revisions":
		return s.readRevision(rq, c)
	}
	return nil, notFound(rq.at(2))
}

// patchSetOf finds a patch set by "current", its number, or its commit.
func (c *Change) patchSetOf(id string) (*PatchSet, error) {
	if id == "current" || id == "0" {
		return c.Current(), nil
	}
	for i := range c.PatchSets {
		p := &c.PatchSets[i]
		if strconv.Itoa(p.Number) == id || (len(id) >= 4 && strings.HasPrefix(p.Revision, id)) {
			return p, nil
		}
	}
	return nil, notFound(id)
}

// readRevision answers GET /changes/{id}/revisions/{revision}/….
func (s *Server) readRevision(rq *request, c *Change) (any, error) {
	p, err := c.patchSetOf(rq.at(3))
	if err != nil {
		return nil, err
	}
	switch rq.at(4) {
	case "files":
		if rq.at(5) != "" {
			return nil, notFound(rq.at(6))
		}
		return p.fileInfos(), nil
	case "commit":
		return s.commitInfo(c, p, true), nil
	case "comments":
		return s.commentInfos(c, p.Number), nil
	case "mergeable":
		return map[string]any{"submit_type": "MERGE_IF_NECESSARY", "mergeable": c.Status == StatusNew}, nil
	case "review":
		return s.changeInfo(c, rq.who, []string{"CURRENT_REVISION", "CURRENT_COMMIT", "DETAILED_LABELS", "DETAILED_ACCOUNTS"}), nil
	}
	return nil, notFound(rq.at(4))
}
