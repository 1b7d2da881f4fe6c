package git

import (
	"fmt"
	"html/template"
	"net/http"

	"github.com/handsoff/handsoff/local-provider/sandbox/control"
)

// controls puts the control's paths where they belong. Orders are JSON objects.
//
//	GET  status                                                the repositories, and the faults in force
//	GET  requests                                              what git asked for
//	POST commit {"repository":"upstream/kettle","files":{…}}   commits; see Commit. Answers the commit's name
//	POST create {"repository":"acme/new"}                      makes an empty repository
//	POST fault  {"kind":"send","after":1000,"times":1}         orders a fault, see Fault. Answers its number
//	POST mend   {"id":3}                                       ends a fault; without id, all
func (s *Server) controls() {
	desk := control.Desk{Mux: s.mux}
	desk.Look("status", func(*http.Request) any {
		s.mu.Lock()
		faults := s.faults.List()
		s.mu.Unlock()
		return object{"repositories": s.Repositories(), "faults": faults}
	})
	desk.Look("requests", func(*http.Request) any { return append([]string{}, s.Asked()...) })
	control.Order(desk, "commit", func(_ *http.Request, c Commit) (any, error) {
		name, err := s.Commit(c)
		return object{"ok": true, "commit": name}, err
	})
	control.Order(desk, "create", func(_ *http.Request, in struct{ Repository string }) (any, error) {
		_, err := s.Create(in.Repository)
		return nil, err
	})
	control.Order(desk, "fault", func(_ *http.Request, f Fault) (any, error) {
		if err := control.CheckFault(f.Kind, FaultKinds(), f.Span); err != nil {
			return nil, err
		}
		if f.Kind == FaultStatus && (f.Status < 400 || f.Status > 599) {
			return nil, fmt.Errorf("%w: status must be one of 400 to 599", control.ErrOrder)
		}
		return object{"id": s.Break(f)}, nil
	})
	desk.Mend("mend", s.Mend)
}

// object is a JSON object.
type object = map[string]any

// listed is a repository on the page.
type listed struct {
	Name string
	Refs []string
}

// maxListed is how many refs of a repository the page shows.
const maxListed = 50

var listPage = template.Must(template.New("list").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>git (sandbox)</title><meta name="viewport" content="width=device-width">
</head><body><h1>git (sandbox)</h1>
{{range .}}<h2>{{.Name}}</h2>
{{if .Refs}}<ul>{{range .Refs}}<li><code>{{.}}</code></li>{{end}}</ul>{{else}}<p>Nothing was pushed yet.</p>{{end}}
{{else}}<p>There are no repositories.</p>{{end}}</body></html>
`))

// list shows the repositories.
func (s *Server) list(w http.ResponseWriter, _ *http.Request) {
	var all []listed
	for _, name := range s.Repositories() {
		all = append(all, listed{Name: name, Refs: s.refs(name)})
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = listPage.Execute(w, all) // fails only when the client has gone
}
