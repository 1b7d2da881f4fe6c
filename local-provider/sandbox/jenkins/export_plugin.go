package jenkins

import "github.com/handsoff/handsoff/local-provider/sandbox/jenkins/stapler"

// installed are the plugins whose parts the sandbox shows.
var installed = []struct{ short, long, version string }{
	{"cloudbees-folder", "Folders Plugin", "6.1012.v79a_86a_1ea_c1f"},
	{"credentials", "Credentials Plugin", "1415.v831096eb_5534"},
	{"extended-choice-parameter", "Extended Choice Parameter Plug-In", "382.v5697b_32134e8"},
	{"pipeline-input-step", "Pipeline: Input Step", "517.vf8e782ee645c"},
	{"pipeline-rest-api", "Pipeline: REST API Plugin", "2.38"},
	{"structs", "Structs Plugin", "338.v848422169819"},
	{"workflow-api", "Pipeline: API", "1373.v7b_813f10efa_b_"},
	{"workflow-cps", "Pipeline: Groovy", "4046.v90b_1b_9edec67"},
	{"workflow-job", "Pipeline: Job", "1520.v56d65e3b_4566"},
}

// plugins is the plugin manager.
func (x exporter) plugins() stapler.Bean {
	return stapler.Bean{Class: "hudson.LocalPluginManager", Properties: []stapler.Property{
		stapler.Lazy("plugins", func() any {
			out := stapler.List{}
			for _, p := range installed {
				out = append(out, pluginBean(p.short, p.long, p.version))
			}
			return out
		}),
	}}
}

func pluginBean(short, long, version string) stapler.Bean {
	v := stapler.Visible
	return stapler.Bean{Properties: []stapler.Property{
		v("active", true), v("backupVersion", nil), v("bundled", false), v("deleted", false),
		v("dependencies", stapler.List{}), v("detached", false), v("downgradable", false), v("enabled", true),
		v("hasUpdate", false), v("longName", long), v("minimumJavaVersion", "17"), v("pinned", false),
		v("requiredCoreVersion", "2.479.3"), v("shortName", short), v("supportsDynamicLoad", "MAYBE"),
		v("url", "https://plugins.jenkins.io/"+short), v("version", version),
	}}
}
