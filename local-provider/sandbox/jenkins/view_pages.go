package jenkins

import (
	"net/http"
	"slices"
)

var viewActions = map[string]action[*view]{
	"config.xml":        {false, (*Server).viewConfig},
	"doDelete":          {true, (*Server).deleteView},
	"addJobToView":      {true, (*Server).addToView},
	"removeJobFromView": {true, (*Server).removeFromView},
	"configure": {false, func(s *Server, _ *request, v *view) answer {
		return s.htmlPage(http.StatusOK, "Edit View - Jenkins", "<h1>"+v.name+"</h1>")
	}},
}

func (s *Server) routeView(rq *request, owner *item, rest []string) answer {
	v := owner.view(rest[0])
	if v == nil {
		return s.notFound()
	}
	switch rest = rest[1:]; {
	case len(rest) == 0:
		return s.page(rq, v.name, "<h1>"+v.name+"</h1>")
	case isAPI(rest):
		return s.api(rq, rest, s.exporter(rq).view(v))
	case len(rest) >= 2 && rest[0] == "job":
		rq.path = append(splitPath(owner), rest...)
		return s.route(rq)
	default:
		return act(s, rq, viewActions, rest[0], v)
	}
}

// splitPath is the path of an item in parts.
func splitPath(it *item) []string {
	if it.isRoot() {
		return nil
	}
	return append(splitPath(it.parent), "job", it.name)
}

// createView makes a view from a config.xml or, empty, from the form of a person.
func (s *Server) createView(rq *request, owner *item) answer {
	name, kind, mode := rq.form.get("name"), rq.Header.Get("Content-Type"), rq.form.get("mode")
	if kind == "" {
		return s.refused("No Content-Type header set")
	}
	if complaint := badName(name); complaint != "" {
		return s.refused(complaint)
	}
	if owner.view(name) != nil {
		return s.refused("A view with name ‘" + name + "’ already exists.")
	}
	config, done := rq.form.raw, ok()
	switch {
	case mode == "" && !isXML(kind):
		return s.refused("No view type is specified")
	case mode != "":
		if !slices.Contains([]string{listViewClass, myViewClass, allViewClass}, mode) {
			return s.refused("No view type ‘" + mode + "’ is known")
		}
		if !rq.form.has("json") {
			return jettyError(rq.Request, http.StatusBadRequest, "This page expects a form submission")
		}
		config = emptyView(mode)
		done = rq.redirect(http.StatusFound, owner.path()+"view/"+pathEscape(name)+"/configure")
	}
	v, err := newView(owner, name, config)
	if err != nil {
		return s.oops(http.StatusInternalServerError)
	}
	owner.views = append(owner.views, v)
	s.touchItem(owner)
	return done
}

func (s *Server) viewConfig(rq *request, v *view) answer {
	if !rq.posted() {
		return xmlFile(v.config)
	}
	if root, _, err := parseConfig(rq.form.raw); err != nil || root.XMLName.Local != v.class {
		return s.oops(http.StatusInternalServerError)
	}
	v.reload(rq.form.raw)
	v.change("name", v.name)
	s.touchItem(v.owner)
	return ok()
}

// deleteView removes a view; the primary one stays.
func (s *Server) deleteView(rq *request, v *view) answer {
	if v.primary() {
		return s.oops(http.StatusInternalServerError)
	}
	v.owner.views = slices.DeleteFunc(v.owner.views, func(other *view) bool { return other == v })
	s.touchItem(v.owner)
	return rq.redirect(http.StatusFound, v.owner.path())
}

func (s *Server) addToView(rq *request, v *view) answer {
	return s.changeView(rq, v, func(names []string, name string) []string {
		if slices.Contains(names, name) {
			return names
		}
		return append(names, name)
	})
}

func (s *Server) removeFromView(rq *request, v *view) answer {
	return s.changeView(rq, v, func(names []string, name string) []string {
		return slices.DeleteFunc(names, func(other string) bool { return other == name })
	})
}

func (s *Server) changeView(rq *request, v *view, change func(names []string, name string) []string) answer {
	name := rq.form.get("name")
	switch {
	case v.class != listViewClass:
		return s.notFound()
	case name == "":
		return s.refused("Query parameter 'name' is required")
	case v.owner.child(name) == nil:
		return s.refused("Query parameter 'name' does not correspond to a known item")
	}
	v.setJobNames(change(v.jobNames(), name))
	s.touchItem(v.owner)
	return ok()
}
