package jenkins

import (
	"html"
	"net/http"
	"strings"
)

var folderActions = map[string]action[*item]{
	"createItem":        {true, (*Server).createItem},
	"createView":        {true, (*Server).createView},
	"config.xml":        {false, (*Server).configXML},
	"doDelete":          {true, (*Server).deleteItem},
	"doRename":          {true, (*Server).renameItem},
	"confirmRename":     {true, (*Server).renameItem},
	"submitDescription": {true, (*Server).describeItem},
	"configure":         {false, (*Server).configurePage},
}

var jobActions = map[string]action[*item]{
	"build":               {false, (*Server).postBuild},
	"buildWithParameters": {false, (*Server).postBuildWithParameters},
	"config.xml":          {false, (*Server).configXML},
	"doDelete":            {true, (*Server).deleteItem},
	"doRename":            {true, (*Server).renameItem},
	"confirmRename":       {true, (*Server).renameItem},
	"submitDescription":   {true, (*Server).describeItem},
	"enable":              {true, (*Server).enableJob},
	"disable":             {true, (*Server).disableJob},
	"cancelQueue":         {true, (*Server).cancelJobQueue},
	"doWipeOutWorkspace":  {true, func(_ *Server, rq *request, _ *item) answer { return rq.dot() }},
	"configure":           {false, (*Server).configurePage},
}

func (s *Server) routeFolder(rq *request, it *item, rest []string) answer {
	switch {
	case len(rest) == 0:
		return s.itemPage(rq, it)
	case isAPI(rest):
		return s.api(rq, rest, s.exporter(rq).item(it))
	default:
		return act(s, rq, folderActions, rest[0], it)
	}
}

func (s *Server) routeJob(rq *request, it *item, rest []string) answer {
	switch {
	case len(rest) == 0:
		return s.itemPage(rq, it)
	case isAPI(rest):
		return s.api(rq, rest, s.exporter(rq).item(it))
	}
	if b, ok := s.resolveBuild(it, rest[0]); ok {
		if b == nil {
			return s.notFound()
		}
		return s.routeBuild(rq, b, rest[1:])
	}
	return act(s, rq, jobActions, rest[0], it)
}

// itemPage is an item's HTML page; a DELETE of it deletes the item.
func (s *Server) itemPage(rq *request, it *item) answer {
	if rq.Method == http.MethodDelete {
		s.removeItem(it)
		return answer{status: http.StatusNoContent}
	}
	var body strings.Builder
	body.WriteString("<h1>" + html.EscapeString(it.fullDisplayName()) + "</h1>" + itemList(it))
	for _, b := range it.records() {
		body.WriteString("<a href=\"" + itoa(b.Number) + "/\">#" + itoa(b.Number) + "</a> ")
	}
	return s.page(rq, it.fullDisplayName(), body.String())
}

func itemList(it *item) string {
	var b strings.Builder
	for _, child := range it.items {
		b.WriteString("<a href=\"job/" + pathEscape(child.name) + "/\">" + html.EscapeString(child.name) + "</a> ")
	}
	return b.String()
}

// configurePage is the form by which a person would configure an item.
func (s *Server) configurePage(_ *request, it *item) answer {
	return s.htmlPage(http.StatusOK, it.name+" Config - Jenkins", "<h1>Configuration</h1>")
}

// configXML reads or replaces an item's configuration.
func (s *Server) configXML(rq *request, it *item) answer {
	if !rq.posted() {
		return xmlFile(it.config)
	}
	root, config, err := parseConfig(rq.form.raw)
	if err != nil || root.XMLName.Local != it.kind {
		return s.oops(http.StatusInternalServerError)
	}
	it.configure(root, config)
	s.touchItem(it)
	return ok()
}

// set changes one setting of an item.
func (s *Server) set(it *item, name, text string) {
	root, _, err := parseConfig(it.config)
	if err != nil {
		return
	}
	if root, config, err := parseConfig(setText(it.config, root, name, text)); err == nil {
		it.configure(root, config)
		s.touchItem(it)
	}
}

func (s *Server) describeItem(rq *request, it *item) answer {
	s.set(it, "description", rq.form.get("description"))
	return rq.dot()
}

func (s *Server) enableJob(rq *request, it *item) answer {
	s.set(it, "disabled", "false")
	return rq.dot()
}

// disableJob also takes the job out of the queue, as Jenkins does.
func (s *Server) disableJob(rq *request, it *item) answer {
	s.set(it, "disabled", "true")
	s.cancelAll(it)
	return rq.dot()
}

func (s *Server) deleteItem(rq *request, it *item) answer {
	parent := it.parent
	s.removeItem(it)
	return rq.redirect(http.StatusFound, parent.path())
}

func (s *Server) cancelJobQueue(rq *request, it *item) answer {
	if q := s.queuedFor(it); q != nil {
		s.cancel(q)
	}
	return rq.back()
}
