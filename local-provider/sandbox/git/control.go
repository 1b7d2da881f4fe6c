package git

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"slices"
)

// maxOrder is how long an order may be, in bytes.
const maxOrder = 1 << 20

// controls puts the control's paths where they belong. Orders are JSON objects.
//
//	GET  status                                                the repositories, and the faults in force
//	GET  requests                                              what git asked for
//	POST commit {"repository":"upstream/kettle","files":{…}}   commits; see Commit. Answers the commit's name
//	POST create {"repository":"acme/new"}                      makes an empty repository
//	POST fault  {"kind":"send","after":1000,"times":1}         orders a fault, see Fault. Answers its number
//	POST mend   {"id":3}                                       ends a fault; without id, all
func (s *Server) controls() {
	s.mux.HandleFunc("GET /sandbox/status", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		faults := s.faults.List()
		s.mu.Unlock()
		reply(w, http.StatusOK, object{"repositories": s.Repositories(), "faults": faults})
	})
	s.mux.HandleFunc("GET /sandbox/requests", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusOK, append([]string{}, s.Asked()...))
	})
	order(s, "commit", func(c Commit) (any, error) {
		name, err := s.Commit(c)
		return object{"ok": true, "commit": name}, err
	})
	order(s, "create", func(in struct{ Repository string }) (any, error) {
		_, err := s.Create(in.Repository)
		return object{"ok": true}, err
	})
	order(s, "fault", func(f Fault) (any, error) {
		if !slices.Contains(FaultKinds(), f.Kind) || f.Kind == FaultStatus && (f.Status < 400 || f.Status > 599) {
			return nil, fmt.Errorf("%w: kind must be one of %v, and status one of 400 to 599", errOrder, FaultKinds())
		}
		return object{"id": s.Break(f)}, nil
	})
	order(s, "mend", func(in struct{ ID int }) (any, error) {
		if in.ID == 0 {
			s.Mend()
		} else {
			s.Mend(in.ID)
		}
		return object{"ok": true}, nil
	})
}

// object is a JSON object.
type object = map[string]any

var errOrder = errors.New("bad order")

// order serves an order: what comes of it, or {"error"}.
func order[In any](s *Server, path string, do func(In) (any, error)) {
	s.mux.HandleFunc("POST /sandbox/"+path, func(w http.ResponseWriter, r *http.Request) {
		var in In
		decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxOrder))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&in); err != nil && !errors.Is(err, io.EOF) {
			reply(w, http.StatusBadRequest, object{"ok": false, "error": err.Error()})
			return
		}
		out, err := do(in)
		if err != nil {
			reply(w, http.StatusConflict, object{"ok": false, "error": err.Error()})
			return
		}
		reply(w, http.StatusOK, out)
	})
}

func reply(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(text) // fails only when the client has gone
}

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
