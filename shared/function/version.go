package function

import "runtime/debug"

// Version is what the build says of this program: its release, "v1.2.0", and the commit it was built from, "0123456789ab".
// Each is empty when the build does not say.
func Version() (release, commit string) {
	const most = 12 // characters of a commit's name
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return "", ""
	}
	if release = build.Main.Version; release == "(devel)" {
		release = ""
	}
	for _, s := range build.Settings {
		if s.Key == "vcs.revision" {
			commit = s.Value[:min(most, len(s.Value))]
		}
	}
	return release, commit
}
