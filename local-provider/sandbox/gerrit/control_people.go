package gerrit

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/handsoff/handsoff/local-provider/sandbox/control"
)

// An act is what somebody is made to do to a change.
type act struct {
	Number   int      `json:"number"`
	Text     string   `json:"text"`
	On       bool     `json:"on"`
	Who      string   `json:"who"`
	Label    string   `json:"label"`
	Add      []string `json:"add"`
	Remove   []string `json:"remove"`
	Upload   Upload   `json:"upload"`
	Review   Review   `json:"review"`
	PatchSet int      `json:"patchSet"`
}

// people puts the paths of people where they belong, under /sandbox/people/<user name>/:
//
//	POST push      {"upload":{"project","branch","subject","body","topic","hashtags","files",…}}  → {"number"}
//	POST amend     {"number","upload"}               a new patch set; upload.kind: REWORK, TRIVIAL_REBASE, NO_CODE_CHANGE
//	POST review    {"number","review":{"message","labels","tag","comments"},"patchSet"}
//	POST submit | rebase | remove    {"number"}
//	POST abandon | restore | topic   {"number","text"}
//	POST wip | private               {"number","on"}
//	POST hashtags  {"number","add","remove"}
//	POST reviewer | unreview         {"number","who"}
//	POST unvote    {"number","who","label"}
//	GET  changes?q=status:open       what they find
//	GET  change?number=4             a change with everything
//
// and beside them GET /sandbox/people (who there is, what projects there are), GET /sandbox/await?after=17 (waits for an event).
func (s *Server) people() {
	desk := s.desk()
	desk.Look("people", func(*http.Request) any { return s.who() })
	desk.Look("await", func(r *http.Request) any {
		after, _ := strconv.Atoi(r.FormValue("after")) // none is all
		return object{"events": s.await(r.Context(), after)}
	})
	desk.Look("people/{who}/changes", s.lookForChanges)
	desk.Look("people/{who}/change", s.lookAtChange)
	for name, do := range map[string]func(*Person, act) error{
		"amend": func(p *Person, in act) error { return p.Amend(in.Number, in.Upload) },
		"review": func(p *Person, in act) error {
			in.Review.PatchSet = in.PatchSet
			return p.Review(in.Number, in.Review)
		},
		"submit":   func(p *Person, in act) error { return p.Submit(in.Number) },
		"rebase":   func(p *Person, in act) error { return p.Rebase(in.Number) },
		"remove":   func(p *Person, in act) error { return p.Delete(in.Number) },
		"abandon":  func(p *Person, in act) error { return p.Abandon(in.Number, in.Text) },
		"restore":  func(p *Person, in act) error { return p.Restore(in.Number, in.Text) },
		"topic":    func(p *Person, in act) error { return p.SetTopic(in.Number, in.Text) },
		"wip":      func(p *Person, in act) error { return p.SetWIP(in.Number, in.On) },
		"private":  func(p *Person, in act) error { return p.SetPrivate(in.Number, in.On) },
		"reviewer": func(p *Person, in act) error { return p.AddReviewer(in.Number, in.Who) },
		"unreview": func(p *Person, in act) error { return p.RemoveReviewer(in.Number, in.Who) },
		"unvote":   func(p *Person, in act) error { return p.DeleteVote(in.Number, in.Who, in.Label) },
		"hashtags": func(p *Person, in act) error {
			_, err := p.SetHashtags(in.Number, in.Add, in.Remove)
			return err
		},
	} {
		control.Order(desk, "people/{who}/"+name, func(r *http.Request, in act) (any, error) {
			p, err := s.Person(r.PathValue("who"))
			if err != nil {
				return nil, err
			}
			return nil, do(p, in)
		})
	}
	control.Order(desk, "people/{who}/push", func(r *http.Request, in act) (any, error) {
		p, err := s.Person(r.PathValue("who"))
		if err != nil {
			return nil, err
		}
		number, err := p.Push(in.Upload)
		return object{"number": number}, err
	})
}

// who are the people, what they may vote, and the projects with their branches.
func (s *Server) who() any {
	s.mu.Lock()
	defer s.mu.Unlock()
	type person struct {
		Account

		Votes map[string][]int `json:"votes"`
	}
	people, projects := []person{}, map[string][]string{}
	for _, id := range sortedKeys(s.accounts) {
		one := person{*s.accounts[id], map[string][]int{}}
		for _, l := range labels {
			if lowest, highest := l.allowed(s.accounts[id]); lowest != highest {
				one.Votes[l.name] = []int{lowest, highest}
			}
		}
		people = append(people, one)
	}
	for name, p := range s.projects {
		projects[name] = slices.Concat([]string{p.Head}, slices.DeleteFunc(sortedKeys(p.Branches), func(b string) bool { return b == p.Head }))
	}
	return object{"people": people, "projects": projects, "version": s.options.Version}
}

func (s *Server) lookForChanges(r *http.Request) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	who := s.account(r.PathValue("who"))
	found, more, err := s.search(who, r.FormValue("q"), 0, pageLimit)
	if err != nil {
		return object{"error": err.Error()}
	}
	list := []*changeInfo{}
	for _, c := range found {
		list = append(list, s.changeInfo(c, who, options{"LABELS", "DETAILED_ACCOUNTS"}))
	}
	return object{"changes": list, "more": more}
}

// pageLimit is how many changes the page lists.
const pageLimit = 50

func (s *Server) lookAtChange(r *http.Request) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	who := s.account(r.PathValue("who"))
	c, err := s.changeOf(who, r.FormValue("number"))
	if err != nil {
		return object{"error": err.Error()}
	}
	info := s.changeInfo(c, who, options{"DETAILED_LABELS", "DETAILED_ACCOUNTS", "MESSAGES", "ALL_REVISIONS", "ALL_COMMITS", "ALL_FILES"})
	return object{"change": info, "comments": s.commentInfos(c, 0), "lacks": c.lacks()}
}
