package jenkins

import (
	"slices"
	"strings"
)

// The kinds of item, by the root element of their config.xml.
const (
	freestyleRoot = "project"
	pipelineRoot  = "flow-definition"
	folderRoot    = "com.cloudbees.hudson.plugins.folder.Folder"
)

// An item is a job or a folder; the root folder is Jenkins itself.
type item struct {
	name   string
	parent *item
	kind   string // the root element of its config.xml; empty for Jenkins itself
	config []byte
	spec   spec // what the configuration says

	items []*item // of a folder, by name
	views []*view // of a folder; the first is its primary view

	builds  []*build // of a job, oldest first
	next    int      // of a job: the number of its next build
	started int      // of a job: builds ever started
	held    bool     // of a job: its builds do not get on
}

// A spec is what the sandbox understands of a config.xml.
type spec struct {
	description string
	displayName string
	disabled    bool
	concurrent  bool
	label       string
	quiet       string // quietPeriod, as text; empty for Jenkins' own
	authToken   string
	parameters  []definition
	script      string
}

// knownKinds are the item types whose plugins this Jenkins has.
func knownKind(root string) bool {
	return root == freestyleRoot || root == pipelineRoot || root == folderRoot
}

// configure takes a configuration over.
func (it *item) configure(root *element, config []byte) {
	it.kind, it.config = root.XMLName.Local, config
	it.spec = spec{
		description: root.text("description"),
		displayName: root.text("displayName"),
		disabled:    root.text("disabled") == "true",
		concurrent:  root.text("concurrentBuild") == "true",
		quiet:       root.text("quietPeriod"),
		authToken:   root.text("authToken"),
		parameters:  parameterDefinitions(root),
		script:      shellScript(root),
	}
	if root.text("canRoam") != "true" {
		it.spec.label = root.text("assignedNode")
	}
	if it.kind == pipelineRoot {
		once := "org.jenkinsci.plugins.workflow.job.properties.DisableConcurrentBuildsJobProperty"
		it.spec.concurrent = root.path("properties", once) == nil
		it.spec.script = root.text("definition", "script")
		it.spec.label = ""
	}
	if it.next == 0 {
		it.next = 1
	}
}

// shellScript joins the shell steps of a freestyle job.
func shellScript(root *element) string {
	builders := root.path("builders")
	if builders == nil {
		return ""
	}
	var parts []string
	for i := range builders.Nodes {
		if builders.Nodes[i].XMLName.Local == "hudson.tasks.Shell" {
			parts = append(parts, builders.Nodes[i].text("command"))
		}
	}
	return strings.Join(parts, "\n")
}

func (it *item) isRoot() bool     { return it.parent == nil }
func (it *item) isFolder() bool   { return it.isRoot() || it.kind == folderRoot }
func (it *item) isPipeline() bool { return it.kind == pipelineRoot }

// parameterized says whether the job has a parameters property.
func (it *item) parameterized() bool { return len(it.spec.parameters) > 0 }

func (it *item) class() string {
	switch it.kind {
	case "":
		return "hudson.model.Hudson"
	case pipelineRoot:
		return "org.jenkinsci.plugins.workflow.job.WorkflowJob"
	case folderRoot:
		return folderRoot
	default:
		return "hudson.model.FreeStyleProject"
	}
}

// path is the item's path from the root: "job/demo/job/slow/", empty for the root.
func (it *item) path() string {
	if it.isRoot() {
		return ""
	}
	return it.parent.path() + "job/" + pathEscape(it.name) + "/"
}

// fullName is the name with its folders: "demo/slow".
func (it *item) fullName() string { return it.joined("/", func(i *item) string { return i.name }) }

// fullDisplayName is the name for people: "demo » slow".
func (it *item) fullDisplayName() string { return it.joined(" » ", (*item).shownName) }

func (it *item) joined(separator string, name func(*item) string) string {
	if it.isRoot() {
		return ""
	}
	if it.parent.isRoot() {
		return name(it)
	}
	return it.parent.joined(separator, name) + separator + name(it)
}

func (it *item) shownName() string {
	if it.spec.displayName != "" {
		return it.spec.displayName
	}
	return it.name
}

// child finds an item of a folder.
func (it *item) child(name string) *item {
	i, found := it.position(name)
	if !found {
		return nil
	}
	return it.items[i]
}

func (it *item) position(name string) (int, bool) {
	return slices.BinarySearchFunc(it.items, name, func(i *item, n string) int { return strings.Compare(i.name, n) })
}

// add puts an item into a folder.
func (it *item) add(child *item) {
	i, found := it.position(child.name)
	if found {
		it.items[i] = child
		return
	}
	it.items = slices.Insert(it.items, i, child)
}

// remove takes an item out of a folder.
func (it *item) remove(name string) {
	if i, found := it.position(name); found {
		it.items = slices.Delete(it.items, i, i+1)
	}
}

// find resolves a full name such as "demo/slow"; nil when there is none.
func (it *item) find(fullName string) *item {
	at := it
	for name := range strings.SplitSeq(strings.Trim(fullName, "/"), "/") {
		if at = at.child(name); at == nil {
			return nil
		}
	}
	return at
}

// walk visits the item and all below.
func (it *item) walk(visit func(*item)) {
	visit(it)
	for _, child := range it.items {
		child.walk(visit)
	}
}
