package openstack

import (
	"embed"
	"html/template"
	"net/http"
	"strings"

	"github.com/handsoff/handsoff/local-provider/sandbox/control"
	"github.com/handsoff/handsoff/local-provider/sandbox/gate"
)

// assets is the page, and the door before it.
//
//go:embed page
var assets embed.FS

var indexPage = template.Must(template.ParseFS(assets, "page/index.html"))

func (s *Server) gate() gate.Gate {
	return gate.Gate{Token: s.options.Password, Cookie: "sandbox_openstack"}
}

// openPages puts the page and the control where they belong.
func (s *Server) openPages() {
	s.controls()
	s.pages.Handle("GET /page/{name}", gate.Dressed(gate.Assets(assets)))
	s.pages.Handle("POST /enter", gate.Dressed(s.gate().Enter()))
	s.pages.Handle("GET /{$}", gate.Dressed(s.gate().Visitor(http.HandlerFunc(s.index), gate.Page(assets, "door.html"))))
}

// desk is the control's, for who has the password.
func (s *Server) desk() control.Desk {
	return control.Desk{Mux: s.pages, Guard: control.Guard(s.gate(), "the password")}
}

// maxShown is how many servers the page shows.
const maxShown = 200

// A sight is what the page shows.
type sight struct {
	Now, Region string
	Calls, More int
	Faults      []Fault
	Projects    []shownProject
	Servers     []shownServer
	Networks    []shownNetwork
	Stacks      []shownStack
	Hosts       []shownHost
}

type shownProject struct {
	ID, Name, Description string
	Servers, Cores, RAM   int
}

type shownServer struct {
	Name, Status, Task, Project, Flavor, Host, Addresses, Fault string
}

type shownNetwork struct {
	Name, Project, Description string
	Shared, External           bool
}

type shownStack struct{ Name, Status, Project, Reason string }

type shownHost struct {
	Name, Status, State, Reason string
	Servers                     int
}

// index shows the cloud.
func (s *Server) index(w http.ResponseWriter, _ *http.Request) {
	var out sight
	s.do(func() { out = s.sight() })
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = indexPage.Execute(w, out) // fails only when the client has gone
}

func (s *Server) sight() sight {
	out := sight{Now: seconds(s.now()), Region: s.options.Region, Calls: s.ledger.count, Faults: s.faults.List()}
	for _, p := range s.projects.all() {
		if p.Domain != "" {
			u := s.use(p.ID)
			out.Projects = append(out.Projects, shownProject{p.ID, p.Name, p.Description, u.Instances, u.Cores, u.RAM})
		}
	}
	for _, v := range s.servers.all() {
		if len(out.Servers) == maxShown {
			break
		}
		out.Servers = append(out.Servers, s.shown(v))
	}
	out.More = s.servers.len() - len(out.Servers)
	for _, n := range s.networks.all() {
		out.Networks = append(out.Networks, shownNetwork{n.Name, s.projectName(n.Project), n.Description, n.Shared, n.External})
	}
	for _, k := range s.stacks.all() {
		out.Stacks = append(out.Stacks, shownStack{k.Name, k.Action + "_" + k.Status, s.projectName(k.Project), k.Reason})
	}
	for _, h := range s.hosts.all() {
		out.Hosts = append(out.Hosts, shownHost{h.Name, h.status(), h.state(), h.Reason, h.used.Instances})
	}
	return out
}

func (s *Server) shown(v *server) shownServer {
	out := shownServer{
		Name: v.Name, Status: v.status(), Task: v.Task, Project: s.projectName(v.Project), Flavor: v.Flavor.Name, Host: v.Host,
	}
	if v.Fault != nil {
		out.Fault = v.Fault.Message
	}
	var all []string
	for _, p := range s.neutron.plugs(v.ID) {
		for _, f := range p.Fixed {
			all = append(all, f.Address)
		}
		all = append(all, p.Floating...)
	}
	out.Addresses = strings.Join(all, ", ")
	return out
}

// projectName is a project's name, or its id when it is no more.
func (s *Server) projectName(id string) string {
	if p := s.projects.get(id); p != nil {
		return p.Name
	}
	return id
}
