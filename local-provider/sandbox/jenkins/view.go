package jenkins

import (
	"regexp"
	"slices"
	"strings"
)

// The classes of view that this Jenkins knows.
const (
	allViewClass  = "hudson.model.AllView"
	listViewClass = "hudson.model.ListView"
	myViewClass   = "hudson.model.MyView"
)

// A view is a named selection of a folder's items.
type view struct {
	name   string
	owner  *item
	class  string
	config []byte
	root   *element
}

// newView makes a view from its config.xml, whose root element is its class.
func newView(owner *item, name string, raw []byte) (*view, error) {
	root, config, err := parseConfig(raw)
	if err != nil {
		return nil, err
	}
	v := &view{name: name, owner: owner, class: root.XMLName.Local, config: config, root: root}
	v.change("name", name)
	return v, nil
}

// emptyView is the config.xml of a view of a class without settings.
func emptyView(class string) []byte {
	return []byte("<" + class + ">\n  <filterExecutors>false</filterExecutors>\n  <filterQueue>false</filterQueue>\n" +
		"  <jobNames>\n    <comparator class=\"java.lang.String$CaseInsensitiveComparator\"/>\n  </jobNames>\n" +
		"  <recurse>false</recurse>\n</" + class + ">\n")
}

// change sets one setting of the view.
func (v *view) change(name, text string) { v.reload(setText(v.config, v.root, name, text)) }

func (v *view) reload(config []byte) {
	if root, clean, err := parseConfig(config); err == nil {
		v.root, v.config = root, clean
	}
}

// primary is the view that stands at its folder's own address.
func (v *view) primary() bool { return v.owner.views[0] == v }

func (v *view) path() string {
	if v.primary() {
		return v.owner.path()
	}
	return v.owner.path() + "view/" + pathEscape(v.name) + "/"
}

// items are the items that the view shows.
func (v *view) items() []*item {
	if v.class != listViewClass {
		return v.owner.items
	}
	named := v.jobNames()
	var include *regexp.Regexp
	if text := v.root.text("includeRegex"); text != "" {
		include, _ = regexp.Compile("^(?:" + text + ")$") // one that Go does not know selects nothing
	}
	var out []*item
	for _, it := range v.owner.items {
		if slices.Contains(named, it.name) || (include != nil && include.MatchString(it.name)) {
			out = append(out, it)
		}
	}
	return out
}

// jobNames are the items that the view names one by one.
func (v *view) jobNames() []string {
	var out []string
	list := v.root.path("jobNames")
	for i := 0; list != nil && i < len(list.Nodes); i++ {
		if list.Nodes[i].XMLName.Local == "string" {
			out = append(out, list.Nodes[i].Text)
		}
	}
	return out
}

// setJobNames replaces the names.
func (v *view) setJobNames(names []string) {
	var text strings.Builder
	text.WriteString("\n    <comparator class=\"java.lang.String$CaseInsensitiveComparator\"/>\n")
	for _, name := range names {
		text.WriteString("    <string>" + escaped(name) + "</string>\n")
	}
	v.reload(setInner(v.config, v.root, "jobNames", text.String()+"  "))
}

// view finds a view of a folder.
func (it *item) view(name string) *view {
	for _, v := range it.views {
		if v.name == name {
			return v
		}
	}
	return nil
}
