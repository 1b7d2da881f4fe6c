package github

import (
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/handsoff/handsoff/local-provider/sandbox/control"
)

// A deed is what somebody is made to do. Which fields count depends on the act.
type deed struct {
	Repo    string // "acme/app"
	Number  int    // of an issue or pull request
	Comment int64
	Run     int64 // a check run

	Title, Body, Text  string
	Head, Base, Branch string
	Message            string
	Path               string
	Line               int
	Event              string // of a review
	Button             string // a check run's action, by its identifier
	Content            string // of a reaction
	Labels             []string
	Files              map[string]string
	Draft, Force       bool
	On                 bool
}

// acts are what people can be made to do: POST /sandbox/people/{login}/{act}. Each answers what it made.
var acts = map[string]func(p *Person, d deed) (any, error){
	"comment": func(p *Person, d deed) (any, error) { return made(p.Comment(d.Repo, d.Number, d.Body)) },
	"edit":    func(p *Person, d deed) (any, error) { return nil, p.EditComment(d.Comment, d.Body) },
	"delete":  func(p *Person, d deed) (any, error) { return nil, p.DeleteComment(d.Comment) },
	"react":   func(p *Person, d deed) (any, error) { return nil, p.React(d.Comment, d.Content) },
	"review":  func(p *Person, d deed) (any, error) { return nil, p.Review(d.Repo, d.Number, d.Event, d.Body) },
	"note": func(p *Person, d deed) (any, error) {
		return made(p.ReviewComment(d.Repo, d.Number, d.Path, d.Line, d.Body))
	},
	"issue": func(p *Person, d deed) (any, error) { return made(p.OpenIssue(d.Repo, d.Title, d.Body)) },
	"pull": func(p *Person, d deed) (any, error) {
		return made(p.OpenPull(d.Repo, NewPull{Title: d.Title, Body: d.Body, Head: d.Head, Base: d.Base, Draft: d.Draft, Files: d.Files}))
	},
	"push": func(p *Person, d deed) (any, error) {
		return made(p.Push(d.Repo, Push{Branch: d.Branch, Message: d.Message, Files: d.Files, Force: d.Force}))
	},
	"close":  func(p *Person, d deed) (any, error) { return nil, p.Close(d.Repo, d.Number) },
	"reopen": func(p *Person, d deed) (any, error) { return nil, p.Reopen(d.Repo, d.Number) },
	"merge":  func(p *Person, d deed) (any, error) { return made(p.Merge(d.Repo, d.Number)) },
	"retitle": func(p *Person, d deed) (any, error) {
		return nil, p.Retitle(d.Repo, d.Number, given(d.Title), given(d.Body))
	},
	"label":         func(p *Person, d deed) (any, error) { return nil, p.Label(d.Repo, d.Number, d.Labels...) },
	"lock":          func(p *Person, d deed) (any, error) { return nil, p.Lock(d.Repo, d.Number, d.On) },
	"ready":         func(p *Person, d deed) (any, error) { return nil, p.Ready(d.Repo, d.Number, d.On) },
	"click":         func(p *Person, d deed) (any, error) { return nil, p.Click(d.Run, d.Button) },
	"rerun":         func(p *Person, d deed) (any, error) { return nil, p.Rerun(d.Run) },
	"rerun-all":     func(p *Person, d deed) (any, error) { return nil, p.RerunAll(d.Repo, d.Number) },
	"star":          func(p *Person, d deed) (any, error) { return nil, p.Star(d.Repo) },
	"fork":          func(p *Person, d deed) (any, error) { return made(p.Fork(d.Repo)) },
	"delete-branch": func(p *Person, d deed) (any, error) { return nil, p.DeleteBranch(d.Repo, d.Branch) },
	"tag":           func(p *Person, d deed) (any, error) { return nil, p.Tag(d.Repo, d.Text) },
}

// made is the id, number or SHA of what was made.
func made[T any](id T, err error) (any, error) { return object{"id": id}, err }

// given is a text, nil when it is empty.
func given(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func (s *Server) peopleControls(desk control.Desk) {
	control.Order(desk, "people/{login}/{act}", func(r *http.Request, in deed) (any, error) {
		act, known := acts[r.PathValue("act")]
		if !known {
			return nil, fmt.Errorf("%w as %q; people can %v", errNothing, r.PathValue("act"), slices.Sorted(maps.Keys(acts)))
		}
		return act(s.Person(r.PathValue("login")), in)
	})
}
