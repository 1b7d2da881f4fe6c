package jenkins

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// builtIn is the label of the node that is part of Jenkins.
const builtIn = "built-in"

// A node is a machine that builds could run on. Only the built-in one ever does: an agent that somebody creates is never
// connected, as one is for which nobody starts the agent program.
type node struct {
	Name        string    `json:"name"`
	Description string    `json:"description,omitempty"`
	Labels      string    `json:"labels,omitempty"`
	RemoteFS    string    `json:"remoteFS,omitempty"`
	Executors   int       `json:"executors"`
	Offline     bool      `json:"offline,omitempty"` // set by a person
	Reason      string    `json:"reason,omitempty"`
	At          time.Time `json:"at,omitzero"`
}

func (n *node) isBuiltIn() bool { return n.Name == builtIn }

// labels are the labels of the node, its own name among them.
func (n *node) labels() []string { return append([]string{n.Name}, strings.Fields(n.Labels)...) }

func (s *Server) nodeOffline() bool { return s.builtIn.Offline }

// nodesWith says whether any node has a label.
func (s *Server) nodesWith(label string) bool {
	return slices.Contains(s.builtIn.labels(), label) ||
		slices.ContainsFunc(s.nodes, func(n *node) bool { return slices.Contains(n.labels(), label) })
}

// computer finds a node as /computer/<name> does: the built-in one by its two names in parentheses.
func (s *Server) computer(name string) *node {
	if name == "(built-in)" || name == "(master)" {
		return &s.builtIn
	}
	for _, n := range s.nodes {
		if n.Name == name {
			return n
		}
	}
	return nil
}

var computerActions = map[string]action[*node]{
	"toggleOffline":      {true, (*Server).toggleOffline},
	"changeOfflineCause": {true, (*Server).changeOffline},
	"doDelete":           {true, (*Server).deleteNode},
	"config.xml":         {false, (*Server).nodeConfig},
}

func (s *Server) routeComputer(rq *request, rest []string) answer {
	switch {
	case len(rest) == 0 || isAPI(rest):
		return s.routeSimple(rq, rest, "Nodes", s.exporter(rq).computers())
	case rest[0] == "doCreateItem":
		if !rq.posted() {
			return s.postRequired(rq)
		}
		return s.createNode(rq)
	}
	n := s.computer(rest[0])
	switch rest = rest[1:]; {
	case n == nil:
		return s.notFound()
	case len(rest) == 0 || isAPI(rest):
		return s.routeSimple(rq, rest, n.Name, s.exporter(rq).computer(n))
	default:
		return act(s, rq, computerActions, rest[0], n)
	}
}

// createNode adds an agent from the form of a person, which is JSON.
func (s *Server) createNode(rq *request) answer {
	var sent struct {
		NodeDescription string `json:"nodeDescription"`
		NumExecutors    any    `json:"numExecutors"`
		RemoteFS        string `json:"remoteFS"`
		LabelString     string `json:"labelString"`
	}
	name := rq.form.get("name")
	if complaint := badName(name); complaint != "" {
		return s.refused(complaint)
	}
	if s.computer(name) != nil {
		return s.refused("Agent called ‘" + name + "’ already exists")
	}
	if err := json.Unmarshal([]byte(rq.form.get("json")), &sent); err != nil {
		return s.oops(http.StatusInternalServerError)
	}
	executors, _ := sent.NumExecutors.(float64)
	s.nodes = append(s.nodes, &node{
		Name: name, Description: sent.NodeDescription, Labels: sent.LabelString, RemoteFS: sent.RemoteFS,
		Executors: max(int(executors), 1),
	})
	s.touchState()
	return rq.redirect(http.StatusFound, "computer/")
}

func (s *Server) toggleOffline(rq *request, n *node) answer {
	if !n.Offline {
		return s.changeOffline(rq, n)
	}
	n.Offline, n.Reason = false, ""
	s.touchState()
	return rq.dot()
}

func (s *Server) changeOffline(rq *request, n *node) answer {
	n.Offline, n.Reason, n.At = true, strings.TrimSpace(rq.form.get("offlineMessage")), s.now
	s.touchState()
	return rq.dot()
}

func (s *Server) deleteNode(rq *request, n *node) answer {
	if n.isBuiltIn() {
		return jettyError(rq.Request, http.StatusBadRequest, "Cannot delete the built-in node")
	}
	s.nodes = slices.DeleteFunc(s.nodes, func(other *node) bool { return other == n })
	s.touchState()
	return rq.redirect(http.StatusFound, "computer/")
}

func (s *Server) nodeConfig(rq *request, n *node) answer {
	if rq.posted() {
		return s.accessDenied(rq, "Overall/Administer")
	}
	return xmlFile([]byte("<?xml version=\"1.1\" encoding=\"UTF-8\"?>\n<slave>\n  <name>" + escaped(n.Name) +
		"</name>\n  <description>" + escaped(n.Description) + "</description>\n  <remoteFS>" + escaped(n.RemoteFS) +
		"</remoteFS>\n  <numExecutors>" + itoa(n.Executors) + "</numExecutors>\n  <mode>NORMAL</mode>\n  <label>" +
		escaped(n.Labels) + "</label>\n</slave>"))
}
