package completion

import (
	"regexp"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/command"
)

// arguments completes what comes behind a command's words: name=, the values that an argument can have, ids of jobs.
func arguments(spec *command.Declared, given []string, word string, jobs []string) []string {
	if name, start, named := strings.Cut(word, "="); named {
		for _, a := range spec.Args {
			if a.Name == name {
				return prefixed(name+"=", starting(values(a, jobs), start))
			}
		}
		return nil
	}
	var found []string
	positional := 0
	for _, g := range given {
		if !strings.Contains(g, "=") {
			positional++
		}
	}
	for i, a := range spec.Args {
		if i == positional {
			found = append(found, starting(values(a, jobs), word)...)
		}
		if i >= positional && !slices.ContainsFunc(given, func(g string) bool { return strings.HasPrefix(g, a.Name+"=") }) &&
			strings.HasPrefix(a.Name, word) && a.Type != "rest" {
			found = append(found, a.Name+"=")
		}
	}
	return found
}

func prefixed(prefix string, list []string) []string {
	for i, w := range list {
		list[i] = prefix + w
	}
	return list
}

// values is what an argument can be, as far as that can be listed.
func values(a command.Arg, jobs []string) []string {
	switch {
	case len(a.Choices) > 0:
		return a.Choices
	case a.Type == "bool":
		return []string{"true", "false"}
	case isJob(a):
		return jobs
	}
	return nil
}

// isJob reports whether an argument is a job's id.
func isJob(a command.Arg) bool {
	return (a.Name == "id" || a.Name == "job") && (a.Type == "" || a.Type == "string" || a.Type == "list")
}

// secretName is a name=value pair that is better not kept.
var secretName = regexp.MustCompile(`(?i)\b[a-z_-]*(password|passwd|passphrase|secret|token|api_?key|credential)[a-z_-]*\s*[=:]`)

// Secret reports whether a line has something that must not be kept in a history: an argument that is declared secret, or
// one that is named like one.
func Secret(line string, catalogue []command.Declared) bool {
	if secretName.MatchString(line) {
		return true
	}
	spec, given := match(strings.Fields(line), catalogue)
	return spec != nil && len(given) > 0 &&
		slices.ContainsFunc(spec.Args, func(a command.Arg) bool { return a.Secret })
}
