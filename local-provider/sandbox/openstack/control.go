package openstack

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
)

// ControlPath is where faults are ordered and the clock is moved, beside what an OpenStack would answer. It wants the password as a
// bearer, or the page's log-in.
const ControlPath = "/sandbox/"

// maxOrder is how long an order may be, in bytes.
const maxOrder = 1 << 20

// controls puts the control's paths where they belong. Orders are JSON objects; durations are text such as "2s".
//
//	GET  status                                        the clock, what there is, the faults in force
//	GET  requests?text=POST /compute/v2.1/servers      the latest calls that begin so
//	GET  clouds                                        a clouds.yaml for this cloud
//	POST fault  {"kind":"status","service":"compute","status":503,"after":"5s"}  orders a fault, see Fault; answers its number
//	POST mend   {"id":3}                               ends a fault; without id, all
//	POST host   {"name":"fake1","up":false}            makes a host's nova-compute report no more, or again
//	POST clock  {"advance":"1m"}                       moves the clock; {"speed":10} makes it run, {"speed":0} stops it
func (s *Server) controls() {
	s.look("status", func(*http.Request) any { return s.status() })
	s.look("requests", func(r *http.Request) any {
		prefix := r.FormValue("text")
		return slices.DeleteFunc(s.Requests(), func(q Request) bool { return !strings.HasPrefix(q.Method+" "+q.Path, prefix) })
	})
	s.pages.Handle("GET "+ControlPath+"clouds", s.visitor(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(s.CloudsYAML(s.base(r))) // fails only when the client has gone
	})))
	command(s, "fault", s.orderFault)
	command(s, "mend", func(in struct{ ID int }) (any, error) {
		if in.ID == 0 {
			s.Mend()
		} else {
			s.Mend(in.ID)
		}
		return nil, nil
	})
	command(s, "host", func(in struct {
		Name string
		Up   bool
	},
	) (any, error) {
		if !s.SetHost(in.Name, in.Up) {
			return nil, fmt.Errorf("%w: there is no host %q", errOrder, in.Name)
		}
		return nil, nil
	})
	command(s, "clock", s.orderClock)
}

var errOrder = errors.New("bad order")

// A status is what GET status answers.
type status struct {
	Now      time.Time `json:"now"`
	Requests int       `json:"requests"`
	Befallen int       `json:"befallen"`
	Projects int       `json:"projects"`
	Servers  int       `json:"servers"`
	Networks int       `json:"networks"`
	Volumes  int       `json:"volumes"`
	Stacks   int       `json:"stacks"`
	Faults   []Fault   `json:"faults"`
}

func (s *Server) status() status {
	var out status
	s.do(func() {
		out = status{
			Now: s.now(), Requests: s.ledger.count, Befallen: s.befallen, Projects: s.projects.len() - 1, Servers: s.servers.len(),
			Networks: s.networks.len(), Volumes: s.volumes.len(), Stacks: s.stacks.len(), Faults: s.faults.List(),
		}
	})
	return out
}

func (s *Server) orderFault(in struct {
	Kind, Service, Method, Path, Message, After, Delay string
	Status, Times, Skip                                int
},
) (any, error) {
	f := Fault{
		Kind: FaultKind(in.Kind), Service: in.Service, Method: in.Method, Path: in.Path, Message: in.Message, Status: in.Status,
		Span: fault.Span{Times: in.Times, Skip: in.Skip},
	}
	var err error
	if f.After, err = duration("after", in.After); err != nil {
		return nil, err
	}
	if f.Delay, err = duration("delay", in.Delay); err != nil {
		return nil, err
	}
	switch {
	case !slices.Contains(FaultKinds(), f.Kind):
		return nil, fmt.Errorf("%w: kind must be one of %v", errOrder, FaultKinds())
	case f.Kind == FaultStatus && (f.Status < 400 || f.Status > 599):
		return nil, fmt.Errorf("%w: status must be one of 400 to 599", errOrder)
	case f.Times < 0 || f.Skip < 0:
		return nil, fmt.Errorf("%w: times and skip must be zero or more", errOrder)
	case f.Service != "" && !slices.ContainsFunc(s.services, func(v *service) bool { return v.key == f.Service || v.kind == f.Service }):
		return nil, fmt.Errorf("%w: there is no service %q", errOrder, f.Service)
	}
	return object{"id": s.Break(f)}, nil
}

func duration(name, text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%w: %s must be a time such as 30s", errOrder, name)
	}
	return d, nil
}

func (s *Server) orderClock(in struct {
	Advance string
	Speed   *float64
},
) (any, error) {
	d, err := duration("advance", in.Advance)
	if err != nil {
		return nil, err
	}
	if in.Speed != nil && (*in.Speed < 0 || *in.Speed > 1e6) {
		return nil, fmt.Errorf("%w: speed must be a number from 0 to 1000000", errOrder)
	}
	s.Advance(d)
	if in.Speed != nil {
		s.SetSpeed(*in.Speed)
	}
	return object{"now": s.Now()}, nil
}

func (s *Server) look(path string, do func(*http.Request) any) {
	s.pages.Handle("GET "+ControlPath+path, s.visitor(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tell(w, http.StatusOK, do(r))
	})))
}

// command serves an order: what comes out of it, or {"ok":true}; {"error"} with 409 when it cannot be done.
func command[In any](s *Server, path string, do func(In) (any, error)) {
	s.pages.Handle("POST "+ControlPath+path, s.visitor(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in In
		decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxOrder))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&in); err != nil && !errors.Is(err, io.EOF) {
			tell(w, http.StatusBadRequest, object{"ok": false, "error": err.Error()})
			return
		}
		out, err := do(in)
		switch {
		case err != nil:
			tell(w, http.StatusConflict, object{"ok": false, "error": err.Error()})
		case out == nil:
			tell(w, http.StatusOK, object{"ok": true})
		default:
			tell(w, http.StatusOK, out)
		}
	})))
}

// tell answers the page and the control. An error means that the client has gone.
func tell(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}
