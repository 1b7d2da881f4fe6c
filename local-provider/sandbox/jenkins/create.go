package jenkins

import (
	"net/http"
	"slices"
	"strings"
)

// createItem makes a job or folder: from a config.xml, as a copy, or empty from the form of a person.
func (s *Server) createItem(rq *request, parent *item) answer {
	name, kind, mode := rq.form.get("name"), rq.Header.Get("Content-Type"), rq.form.get("mode")
	if kind == "" && mode != "copy" {
		return s.refused("No Content-Type header set")
	}
	if !rq.form.has("name") {
		return s.refused("Query parameter 'name' is required")
	}
	if complaint := badName(name); complaint != "" {
		return s.refused(complaint)
	}
	name = strings.TrimSpace(name)
	if parent.child(name) != nil {
		return s.refused("A job already exists with the name ‘" + name + "’")
	}
	switch {
	case mode == "copy":
		return s.copyItem(rq, parent, name)
	case isXML(kind):
		if it := s.newItem(parent, name, rq.form.raw); it == nil {
			return s.oops(http.StatusInternalServerError)
		}
		return ok()
	case mode == "":
		return s.refused("No mode given")
	}
	empty, known := emptyConfigs[mode]
	if !known {
		return s.refused("No item type ‘" + mode + "’ is known")
	}
	it := s.newItem(parent, name, []byte(empty))
	return rq.redirect(http.StatusFound, it.path()+"configure")
}

// emptyConfigs are the configurations of new items by the type that a person chooses.
var emptyConfigs = map[string]string{
	"hudson.model.FreeStyleProject": "<project>\n  <keepDependencies>false</keepDependencies>\n  <properties/>\n" +
		"  <scm class=\"hudson.scm.NullSCM\"/>\n  <canRoam>true</canRoam>\n  <disabled>false</disabled>\n" +
		"  <triggers/>\n  <concurrentBuild>false</concurrentBuild>\n  <builders/>\n  <publishers/>\n" +
		"  <buildWrappers/>\n</project>\n",
	"org.jenkinsci.plugins.workflow.job.WorkflowJob": "<flow-definition>\n  <keepDependencies>false</keepDependencies>\n" +
		"  <properties/>\n  <triggers/>\n  <disabled>false</disabled>\n</flow-definition>\n",
	folderRoot: "<" + folderRoot + ">\n  <actions/>\n  <properties/>\n  <healthMetrics/>\n  <icon " +
		"class=\"com.cloudbees.hudson.plugins.folder.icons.StockFolderIcon\"/>\n</" + folderRoot + ">\n",
}

func isXML(kind string) bool {
	return strings.HasPrefix(kind, "application/xml") || strings.HasPrefix(kind, "text/xml")
}

// badName says what is wrong with the name of an item or view; empty when nothing is.
func badName(name string) string {
	switch trimmed := strings.TrimSpace(name); {
	case name == "":
		return "No name is specified"
	case trimmed == "." || trimmed == "..":
		return "‘" + trimmed + "’ is not an allowed name"
	case strings.HasSuffix(trimmed, "."):
		return "A name cannot end with ‘.’"
	case len(name) > 200:
		return "The name is too long"
	}
	for _, r := range name {
		if r < ' ' || (r >= 0x7f && r <= 0x9f) {
			return "No control code is allowed: " + name
		}
		if strings.ContainsRune(`?*/\%!@#$^&|<>[]:;`, r) {
			return "‘" + string(r) + "’ is an unsafe character"
		}
	}
	return ""
}

// newItem adds an item with a configuration to a folder; nil when the configuration cannot be read or its type is of a
// plugin that is not here.
func (s *Server) newItem(parent *item, name string, raw []byte) *item {
	root, config, err := parseConfig(raw)
	if err != nil || !knownKind(root.XMLName.Local) {
		return nil
	}
	it := &item{name: name, parent: parent}
	it.configure(root, config)
	if it.isFolder() {
		it.views = []*view{{name: "All", owner: it, class: allViewClass, root: &element{}}}
	}
	parent.add(it)
	s.touchItem(it)
	return it
}

// copyItem makes an item like another, which is named from where the new one stands, or from the root.
func (s *Server) copyItem(rq *request, parent *item, name string) answer {
	from := rq.form.get("from")
	if from == "" {
		return s.refused("Specify which job to copy")
	}
	source := parent.find(from)
	if source == nil {
		source = s.root.find(from)
	}
	if source == nil {
		return s.refused("No such job: " + from)
	}
	it := s.newItem(parent, name, source.config)
	for _, child := range source.items {
		s.newItem(it, child.name, child.config)
	}
	return rq.redirect(http.StatusFound, it.path()+"configure")
}

// renameItem gives an item another name in its folder.
func (s *Server) renameItem(rq *request, it *item) answer {
	name := strings.TrimSpace(rq.form.get("newName"))
	if complaint := badName(name); complaint != "" {
		return s.refused(complaint)
	}
	if it.parent.child(name) != nil {
		return s.refused("The name “" + name + "” is already in use.")
	}
	if slices.ContainsFunc(s.running, func(b *build) bool { return b.job == it }) {
		return s.refused("Unable to rename a job while it is building.")
	}
	it.parent.remove(it.name)
	s.store.dropItem(it)
	it.name = name
	it.parent.add(it)
	it.walk(s.touchAll)
	return rq.redirect(http.StatusFound, it.path())
}

// removeItem deletes an item and all below: what is queued is cancelled, what runs is interrupted.
func (s *Server) removeItem(it *item) {
	it.walk(func(job *item) {
		s.cancelAll(job)
		for _, b := range slices.Clone(s.running) {
			if b.job == job {
				s.finish(b, aborted, "")
			}
		}
	})
	s.store.dropItem(it)
	it.parent.remove(it.name)
}

// cancelAll takes a job out of the queue.
func (s *Server) cancelAll(job *item) {
	for _, q := range slices.Clone(s.queue) {
		if q.job == job {
			s.cancel(q)
		}
	}
}
