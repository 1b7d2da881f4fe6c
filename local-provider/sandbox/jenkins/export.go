package jenkins

import (
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/jenkins/stapler"
)

// An exporter shows the state as beans. Properties stand in the order of the Java classes: those of the superclass first,
// in each class by name.
type exporter struct {
	s    *Server
	root string // the root URL, with a slash at the end
}

// exporter makes the beans for one request: without a configured root URL, URLs are as the client sees them.
func (s *Server) exporter(rq *request) exporter {
	root := rq.base()
	if s.options.URL != "" {
		root = s.options.URL
		if root[len(root)-1] != '/' {
			root += "/"
		}
	}
	return exporter{s: s, root: root}
}

func (x exporter) url(path string) string { return x.root + path }

// orNull is null for an empty text.
func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func milliseconds(d time.Duration) int64 { return d.Milliseconds() }

// unnamed leaves the class out, for places where the declared type says it.
func unnamed(b stapler.Bean) stapler.Bean {
	b.Class = ""
	return b
}

// jenkins is Jenkins itself.
func (x exporter) jenkins() stapler.Bean {
	v := stapler.Visible
	return stapler.Bean{Class: "hudson.model.Hudson", Properties: []stapler.Property{
		v("assignedLabels", x.labels(&x.s.builtIn)),
		v("mode", "NORMAL"),
		v("nodeDescription", "the Jenkins controller's built-in node"),
		stapler.At(999, "nodeName", ""),
		v("numExecutors", x.s.options.Executors),
		v("description", nil),
		stapler.Lazy("jobs", func() any { return x.items(x.s.root.items) }),
		v("overallLoad", stapler.Empty{}),
		stapler.Lazy("primaryView", func() any { return x.view(x.s.root.views[0]) }),
		v("quietDownReason", orNull(x.s.quietReason)),
		v("quietingDown", x.s.quieting),
		v("slaveAgentPort", -1),
		v("unlabeledLoad", stapler.Bean{Class: "jenkins.model.UnlabeledLoadStatistics"}),
		v("url", x.root),
		v("useCrumbs", true),
		v("useSecurity", true),
		stapler.Lazy("views", func() any { return x.views(x.s.root) }),
	}}
}

func (x exporter) views(owner *item) stapler.List {
	out := make(stapler.List, len(owner.views))
	for i, v := range owner.views {
		out[i] = x.view(v)
	}
	return out
}

func (x exporter) view(v *view) stapler.Bean {
	return stapler.Bean{Class: v.class, Properties: []stapler.Property{
		stapler.Visible("description", orNull(v.root.text("description"))),
		stapler.Lazy("jobs", func() any { return x.items(v.items()) }),
		stapler.At(2, "name", v.name),
		{Name: "property", Visibility: 1, Inline: true, Value: func() any { return stapler.List{} }},
		stapler.At(2, "url", x.url(v.path())),
	}}
}

func (x exporter) whoAmI(user string) stapler.Bean {
	v, name, authorities := stapler.Visible, user, stapler.List{"authenticated"}
	if user == "" {
		name, authorities = "anonymous", stapler.List{"anonymous"}
	}
	return stapler.Bean{Class: "hudson.security.WhoAmI", Properties: []stapler.Property{
		v("anonymous", user == ""), v("authenticated", true), v("authorities", authorities), v("name", name),
	}}
}

func (x exporter) user(id string) stapler.Bean {
	v := stapler.Visible
	return stapler.Bean{Class: "hudson.model.User", Properties: []stapler.Property{
		stapler.At(999, "absoluteUrl", x.url("user/"+pathEscape(id))),
		v("description", nil),
		stapler.At(999, "fullName", id),
		v("id", id),
		{Name: "property", Visibility: 1, Inline: true, Value: func() any {
			return stapler.List{stapler.Bean{Class: "jenkins.security.ApiTokenProperty"}}
		}},
	}}
}

func (x exporter) crumbIssuer(crumb string) stapler.Bean {
	return stapler.Bean{Class: "hudson.security.csrf.DefaultCrumbIssuer", Properties: []stapler.Property{
		stapler.Visible("crumb", crumb), stapler.Visible("crumbRequestField", crumbField),
	}}
}
