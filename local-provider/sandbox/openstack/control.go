package openstack

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/control"
	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
)

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
	desk := s.desk()
	desk.Look("status", func(*http.Request) any { return s.status() })
	desk.Look("requests", func(r *http.Request) any {
		prefix := r.FormValue("text")
		return slices.DeleteFunc(s.Requests(), func(q Request) bool { return !strings.HasPrefix(q.Method+" "+q.Path, prefix) })
	})
	desk.See("clouds", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(s.CloudsYAML(s.base(r))) // fails only when the client has gone
	})
	control.Order(desk, "fault", s.orderFault)
	desk.Mend("mend", s.Mend)
	control.Order(desk, "host", func(_ *http.Request, in struct {
		Name string
		Up   bool
	},
	) (any, error) {
		if !s.SetHost(in.Name, in.Up) {
			return nil, fmt.Errorf("%w: there is no host %q", control.ErrOrder, in.Name)
		}
		return nil, nil
	})
	desk.Clock(s)
}

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

func (s *Server) orderFault(_ *http.Request, in struct {
	Kind, Service, Method, Path, Message, After, Delay string
	Status, Times, Skip                                int
},
) (any, error) {
	f := Fault{
		Kind: FaultKind(in.Kind), Service: in.Service, Method: in.Method, Path: in.Path, Message: in.Message, Status: in.Status,
		Span: fault.Span{Times: in.Times, Skip: in.Skip},
	}
	var err error
	if f.After, err = control.Duration("after", in.After); err != nil {
		return nil, err
	}
	if f.Delay, err = control.Duration("delay", in.Delay); err != nil {
		return nil, err
	}
	if err := control.CheckFault(f.Kind, FaultKinds(), f.Span); err != nil {
		return nil, err
	}
	switch {
	case f.Kind == FaultStatus && (f.Status < 400 || f.Status > 599):
		return nil, fmt.Errorf("%w: status must be one of 400 to 599", control.ErrOrder)
	case f.Service != "" && !slices.ContainsFunc(s.services, func(v *service) bool { return v.key == f.Service || v.kind == f.Service }):
		return nil, fmt.Errorf("%w: there is no service %q", control.ErrOrder, f.Service)
	}
	return object{"id": s.Break(f)}, nil
}
