package jenkins

import "github.com/handsoff/handsoff/local-provider/sandbox/jenkins/stapler"

func (x exporter) builds(builds []*build) stapler.List {
	out := make(stapler.List, len(builds))
	for i, b := range builds {
		out[i] = x.build(b)
	}
	return out
}

func (x exporter) buildOrNull(b *build) any {
	if b == nil {
		return nil
	}
	return x.build(b)
}

// build is a build.
func (x exporter) build(b *build) stapler.Bean {
	v := stapler.Visible
	bean := stapler.Bean{Class: b.class(), Properties: []stapler.Property{
		stapler.Lazy("actions", func() any { return x.buildActions(b) }),
		v("artifacts", stapler.List{}),
		v("building", b.running()),
		v("description", orNull(b.Text)),
		v("displayName", b.displayName()),
		v("duration", milliseconds(b.Duration)),
		stapler.Lazy("estimatedDuration", func() any { return milliseconds(b.job.estimate()) }),
		stapler.Lazy("executor", func() any { return x.executorOf(b) }),
		{Name: "fingerprint", Visibility: -1, Inline: true, Value: func() any { return stapler.List{} }},
		v("fullDisplayName", b.job.fullDisplayName()+" "+b.displayName()),
		v("id", itoa(b.Number)),
	}}
	rest := []stapler.Property{
		v("keepLog", false),
		stapler.At(2, "number", b.Number),
		v("queueId", b.QueueID),
		v("result", orNull(b.Result)),
		v("timestamp", millis(b.Started)),
		stapler.At(2, "url", x.url(b.path())),
	}
	if b.job.isPipeline() {
		bean.Properties = append(append(bean.Properties, rest...),
			v("changeSets", stapler.List{}), v("culprits", stapler.List{}), v("inProgress", b.running()),
			stapler.Lazy("nextBuild", func() any { return x.buildOrNull(b.following()) }),
			stapler.Lazy("previousBuild", func() any { return x.buildOrNull(b.previous()) }))
		return bean
	}
	bean.Properties = append(append(append(bean.Properties, v("inProgress", b.running())), rest...),
		v("builtOn", ""), v("changeSet", noChanges()), v("culprits", stapler.List{}))
	return bean
}

func noChanges() stapler.Bean {
	return stapler.Bean{Class: "hudson.scm.EmptyChangeLogSet", Properties: []stapler.Property{
		stapler.At(999, "items", stapler.List{}), stapler.At(999, "kind", nil),
	}}
}

func (x exporter) buildActions(b *build) stapler.List {
	out := stapler.List{}
	if b.HasParams {
		out = append(out, parametersAction(b.Parameters))
	}
	out = append(out, causeAction(b.Causes))
	if len(b.Stops) > 0 && !b.running() && b.Result == aborted {
		out = append(out, interruptedAction(b))
	}
	if b.asking() {
		out = append(out, x.inputAction(b))
	}
	return append(out, stapler.Empty{}, stapler.Empty{})
}

// parametersAction lists values.
func parametersAction(values []parameterValue) stapler.Bean {
	return stapler.Bean{Class: "hudson.model.ParametersAction", Properties: []stapler.Property{
		{Name: "parameters", Visibility: 2, Value: func() any {
			out := stapler.List{}
			for _, v := range values {
				out = append(out, parameterBean(v))
			}
			return out
		}},
	}}
}

func causeAction(causes []cause) stapler.Bean {
	return stapler.Bean{Class: "hudson.model.CauseAction", Properties: []stapler.Property{
		{Name: "causes", Visibility: 2, Value: func() any {
			out := make(stapler.List, len(causes))
			for i, c := range causes {
				out[i] = causeBean(c)
			}
			return out
		}},
	}}
}

func causeBean(c cause) stapler.Bean {
	at := func(name string, value any) stapler.Property { return stapler.At(3, name, value) }
	if c.User != "" {
		return stapler.Bean{Class: "hudson.model.Cause$UserIdCause", Properties: []stapler.Property{
			at("shortDescription", c.description()), at("userId", c.User), at("userName", c.User),
		}}
	}
	var note any
	if c.HasNote {
		note = c.Note
	}
	return stapler.Bean{Class: "hudson.model.Cause$RemoteCause", Properties: []stapler.Property{
		at("shortDescription", c.description()), at("addr", c.Addr), at("note", note),
	}}
}

// interruptedAction says who aborted the build.
func interruptedAction(b *build) stapler.Bean {
	return stapler.Bean{Class: "jenkins.model.InterruptedBuildAction", Properties: []stapler.Property{
		stapler.Lazy("causes", func() any {
			out := stapler.List{}
			for _, by := range b.stoppers() {
				out = append(out, stapler.Bean{
					Class:      "jenkins.model.CauseOfInterruption$UserInterruption",
					Properties: []stapler.Property{stapler.Visible("shortDescription", "Aborted by "+by)},
				})
			}
			return out
		}),
	}}
}

func (x exporter) inputAction(b *build) stapler.Bean {
	return stapler.Bean{
		Class: "org.jenkinsci.plugins.workflow.support.steps.input.InputAction",
		Properties: []stapler.Property{
			stapler.Visible("displayName", "Paused for Input"),
			stapler.Visible("executions", stapler.List{unnamed(x.s.inputBean(b))}),
			stapler.Visible("waitingForInput", true),
		},
	}
}

// executorOf is the executor on which a build runs.
func (x exporter) executorOf(b *build) any {
	if !b.running() {
		return nil
	}
	if b.executor < 0 {
		return x.executor("hudson.model.OneOffExecutor", -1, b)
	}
	return x.executor("", b.executor, b)
}

// executor is an executor; the build is nil when it is idle.
func (x exporter) executor(class string, number int, b *build) stapler.Bean {
	progress := -1
	if b != nil {
		progress = b.progress(x.s.now)
	}
	return stapler.Bean{Class: class, Properties: []stapler.Property{
		stapler.Lazy("currentExecutable", func() any { return x.buildOrNull(b) }),
		stapler.Visible("idle", b == nil),
		stapler.Visible("likelyStuck", b != nil && x.likelyStuck(b)),
		stapler.Visible("number", number),
		stapler.Visible("progress", progress),
	}}
}

// likelyStuck says that a build takes ten times as long as expected, or more than a day.
func (x exporter) likelyStuck(b *build) bool {
	elapsed, estimate := x.s.now.Sub(b.Started), b.job.estimate()
	if estimate >= 0 {
		return elapsed > 10*estimate
	}
	return elapsed.Hours() > 24
}
