package gerrit

import (
	"net/http"
	"strings"
)

// writeChange answers POST, PUT and DELETE /changes/{id}/….
func (s *Server) writeChange(rq *request, p *Person, number int) (any, error) {
	var in struct {
		Message  string
		Topic    string
		Add      []string
		Remove   []string
		Reviewer string
	}
	if rq.at(2) != "revisions" {
		if err := rq.decode(&in); err != nil {
			return nil, err
		}
	}
	switch what := rq.method + " " + rq.at(2); what {
	case "POST abandon":
		return s.then(rq, number, p.Abandon(number, in.Message))
	case "POST restore":
		return s.then(rq, number, p.Restore(number, in.Message))
	case "POST submit":
		return s.then(rq, number, p.Submit(number))
	case "POST rebase":
		return s.then(rq, number, p.Rebase(number))
	case "POST wip", "POST ready":
		return "", p.SetWIP(number, what == "POST wip")
	case "POST private", "PUT private":
		return created{""}, p.SetPrivate(number, true)
	case "DELETE private", "POST private.delete":
		return done{}, p.SetPrivate(number, false)
	case "PUT topic":
		return in.Topic, p.SetTopic(number, in.Topic)
	case "DELETE topic":
		return done{}, p.SetTopic(number, "")
	case "POST hashtags":
		tags, err := p.SetHashtags(number, in.Add, in.Remove)
		return append([]string{}, tags...), err
	case "POST reviewers":
		return s.addReviewer(p, number, in.Reviewer)
	case "DELETE ":
		return done{}, p.Delete(number)
	}
	switch rq.at(2) {
	case "reviewers":
		return s.writeReviewer(rq, p, number)
	case "revisions":
		return s.writeRevision(rq, p, number)
	}
	return nil, rq.wrongMethod()
}

// then shows the change after what was done to it.
func (s *Server) then(rq *request, number int, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return s.show(rq, number)
}

func (s *Server) addReviewer(p *Person, number int, name string) (any, error) {
	err := p.AddReviewer(number, name)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return map[string]any{"input": name, "reviewers": []any{s.accountInfo(s.account(name).ID, true)}}, nil
}

// writeReviewer answers DELETE reviewers/{account} and reviewers/{account}/votes/{label}, and the same as POST ….delete.
func (s *Server) writeReviewer(rq *request, p *Person, number int) (any, error) {
	name := rq.at(3)
	if name == "self" {
		name = rq.who.Username
	}
	switch {
	case rq.at(4) == "votes" && rq.at(5) != "" && (rq.method == http.MethodDelete || rq.at(6) == "delete"):
		return done{}, p.DeleteVote(number, name, rq.at(5))
	case rq.at(4) == "" && rq.method == http.MethodDelete, rq.at(4) == "delete":
		return done{}, p.RemoveReviewer(number, name)
	}
	return nil, rq.wrongMethod()
}

// A reviewResult is what REST answers to a review.
type reviewResult struct {
	Labels map[string]int `json:"labels,omitempty"`
	Ready  bool           `json:"ready,omitempty"`
}

// writeRevision answers POST revisions/{revision}/review, submit and rebase.
func (s *Server) writeRevision(rq *request, p *Person, number int) (any, error) {
	s.mu.Lock()
	var ps *PatchSet
	c, err := s.find(rq.who, number)
	if err == nil {
		ps, err = c.patchSetOf(rq.at(3))
	}
	patchSet, current := 0, false
	if err == nil {
		patchSet, current = ps.Number, ps == c.Current()
	}
	s.mu.Unlock()
	switch {
	case err != nil:
		return nil, err
	case rq.method != http.MethodPost:
		return nil, rq.wrongMethod()
	}
	switch strings.TrimSuffix(rq.at(4), "/") {
	case "review":
		var in Review
		if err := rq.decode(&in); err != nil {
			return nil, err
		}
		in.PatchSet = patchSet
		if err := p.Review(number, in); err != nil {
			return nil, err
		}
		return reviewResult{Labels: in.Labels, Ready: in.Ready}, nil
	case "submit":
		if !current {
			return nil, conflict("revision %s is not current revision", rq.at(3))
		}
		return s.then(rq, number, p.Submit(number))
	case "rebase":
		return s.then(rq, number, p.Rebase(number))
	}
	return nil, rq.wrongMethod()
}
