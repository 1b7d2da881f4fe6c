package jenkins

import "github.com/handsoff/handsoff/local-provider/sandbox/jenkins/stapler"

func (x exporter) items(items []*item) stapler.List {
	out := make(stapler.List, len(items))
	for i, it := range items {
		out[i] = x.item(it)
	}
	return out
}

// item is a job or a folder.
func (x exporter) item(it *item) stapler.Bean {
	v := stapler.Visible
	b := stapler.Bean{Class: it.class(), Properties: []stapler.Property{
		stapler.Lazy("actions", func() any { return x.itemActions(it) }),
		v("description", orNull(it.spec.description)),
		v("displayName", it.shownName()),
		v("displayNameOrNull", orNull(it.spec.displayName)),
		v("fullDisplayName", it.fullDisplayName()),
		v("fullName", it.fullName()),
		stapler.At(999, "name", it.name),
		stapler.At(999, "url", x.url(it.path())),
	}}
	switch {
	case it.isFolder():
		b.Properties = append(b.Properties, x.folderProperties(it)...)
	case it.isPipeline():
		b.Properties = append(append(b.Properties, x.jobProperties(it)...), x.pipelineProperties(it)...)
	default:
		b.Properties = append(append(b.Properties, x.jobProperties(it)...), x.projectProperties(it)...)
	}
	return b
}

func (x exporter) itemActions(it *item) stapler.List {
	out := stapler.List{}
	if it.parameterized() {
		out = append(out, x.parametersProperty(it))
	}
	return append(out, stapler.Empty{}, stapler.Bean{
		Class: "com.cloudbees.plugins.credentials.ViewCredentialsAction",
	})
}

func (x exporter) folderProperties(it *item) []stapler.Property {
	return []stapler.Property{
		stapler.Visible("healthReport", stapler.List{}),
		stapler.Lazy("jobs", func() any { return x.items(it.items) }),
		stapler.Lazy("primaryView", func() any { return x.view(it.views[0]) }),
		stapler.Lazy("views", func() any { return x.views(it) }),
	}
}

func (x exporter) jobProperties(it *item) []stapler.Property {
	v := stapler.Visible
	link := func(name string) stapler.Property {
		return stapler.Lazy(name, func() any {
			b, _ := permalink(it, name)
			return x.buildOrNull(b)
		})
	}
	properties := []stapler.Property{
		{Name: "allBuilds", Visibility: -2, Value: func() any { return x.builds(it.records()) }},
		v("buildable", !it.spec.disabled),
		stapler.Lazy("builds", func() any { return x.builds(it.records()[:min(len(it.records()), 100)]) }),
		{Name: "color", Visibility: 2, Value: func() any { return it.color() }},
		stapler.Lazy("firstBuild", func() any { return x.buildOrNull(it.first()) }),
		stapler.Lazy("healthReport", func() any { return healthReports(it) }),
		v("keepDependencies", false),
		link("lastBuild"), link("lastCompletedBuild"), link("lastFailedBuild"), link("lastStableBuild"),
		link("lastSuccessfulBuild"), link("lastUnstableBuild"), link("lastUnsuccessfulBuild"),
		v("nextBuildNumber", it.next),
		{Name: "property", Visibility: 1, Inline: true, Value: func() any { return x.properties(it) }},
	}
	if it.isPipeline() {
		return properties
	}
	return append(properties, x.queueProperties(it)...)
}

func (x exporter) queueProperties(it *item) []stapler.Property {
	q := x.s.queuedFor(it)
	return []stapler.Property{
		stapler.Visible("inQueue", q != nil),
		stapler.Lazy("queueItem", func() any {
			if q == nil {
				return nil
			}
			return x.queueItem(q)
		}),
	}
}

func (x exporter) projectProperties(it *item) []stapler.Property {
	v := stapler.Visible
	return []stapler.Property{
		v("concurrentBuild", it.spec.concurrent),
		v("disabled", it.spec.disabled),
		v("downstreamProjects", stapler.List{}),
		v("labelExpression", orNull(it.spec.label)),
		v("scm", stapler.Bean{Class: "hudson.scm.NullSCM"}),
		v("upstreamProjects", stapler.List{}),
	}
}

func (x exporter) pipelineProperties(it *item) []stapler.Property {
	v := stapler.Visible
	out := []stapler.Property{v("concurrentBuild", it.spec.concurrent), v("disabled", it.spec.disabled)}
	return append(append(out, x.queueProperties(it)...), v("resumeBlocked", false))
}

func (x exporter) properties(it *item) stapler.List {
	if !it.parameterized() {
		return stapler.List{}
	}
	return stapler.List{x.parametersProperty(it)}
}

func (x exporter) parametersProperty(it *item) stapler.Bean {
	return stapler.Bean{Class: "hudson.model.ParametersDefinitionProperty", Properties: []stapler.Property{
		{Name: "parameterDefinitions", Visibility: 2, Value: func() any {
			out := make(stapler.List, len(it.spec.parameters))
			for i, d := range it.spec.parameters {
				out[i] = x.definition(d)
			}
			return out
		}},
	}}
}

func (x exporter) definition(d definition) stapler.Bean {
	at := func(name string, value any) stapler.Property { return stapler.At(3, name, value) }
	b := stapler.Bean{Class: d.javaClass(), Properties: []stapler.Property{
		{Name: "defaultParameterValue", Visibility: 3, Value: func() any {
			v, ok := x.s.fallbackValue(d)
			if !ok {
				return nil
			}
			return parameterBean(v)
		}},
		at("description", orNull(d.description)),
		at("name", d.name),
		at("type", d.typeName()),
	}}
	switch d.class {
	case choiceParam:
		choices := make(stapler.List, len(d.choices))
		for i, c := range d.choices {
			choices[i] = c
		}
		b.Properties = append(b.Properties, at("choices", choices))
	case runParam:
		b.Properties = append(b.Properties, at("filter", d.runFilter()), at("projectName", d.project))
	}
	return b
}

// parameterBean is a value; only some types show what it is.
func parameterBean(v parameterValue) stapler.Bean {
	b := stapler.Bean{Class: v.Class, Properties: []stapler.Property{stapler.At(3, "name", v.Name)}}
	switch {
	case v.Class == "hudson.model.BooleanParameterValue":
		b.Properties = append(b.Properties, stapler.At(4, "value", v.Value == "true"))
	case v.Class == "hudson.model.RunParameterValue":
		job, number := splitRunID(v.Value)
		b.Properties = append(b.Properties, stapler.At(3, "jobName", job), stapler.At(3, "number", number))
	case v.shown():
		b.Properties = append(b.Properties, stapler.At(4, "value", v.Value))
	}
	return b
}

func healthReports(it *item) stapler.List {
	score, text, ok := it.health()
	if !ok {
		return stapler.List{}
	}
	class, file := healthIcon(score)
	at := func(name string, value any) stapler.Property { return stapler.At(2, name, value) }
	return stapler.List{stapler.Bean{Properties: []stapler.Property{
		at("description", text), at("iconClassName", class), at("iconUrl", file), at("score", score),
	}}}
}
