package check

import (
	"fmt"
	"maps"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/pipeline"
)

// Catalogue has the commands that functions declare in their annotations, by function name, and those that the configuration
// makes: pipelines, playbooks, mirrors, and Jenkins jobs with a command of their own. It is what the bot would have with both.
func Catalogue(declared map[string]string, text []byte) (*command.Catalogue, error) {
	all := make(map[string]string, len(declared)+1)
	maps.Copy(all, declared)
	made, err := yaml.Marshal(madeBy(text))
	if err != nil {
		return nil, fmt.Errorf("list the commands that the configuration makes: %w", err)
	}
	all["~configuration"] = string(made) // after all functions, whose words win
	return command.NewCatalogue(all), nil
}

// madeBy lists what a configuration makes. One that cannot be read makes nothing.
func madeBy(text []byte) []command.Spec {
	file, err := config.Parse(text)
	if err != nil {
		return nil
	}
	var made []command.Spec
	for _, p := range pipeline.Read(file).Pipelines {
		made = append(made, p.Spec())
	}
	var names struct {
		Playbooks map[string]yaml.Node `yaml:"playbooks"`
		Mirrors   map[string]yaml.Node `yaml:"mirrors"`
		Rest      map[string]yaml.Node `yaml:",inline"`
	}
	for _, section := range []string{"ansible", "git"} {
		if _, err := file.Section(section, &names); err != nil {
			continue // which is told by itself
		}
	}
	for name := range names.Playbooks {
		made = append(made, spec("ansible run "+name, "run playbook "+name))
	}
	for name := range names.Mirrors {
		made = append(made, spec("git sync "+name, "sync "+name))
	}
	return append(made, shortcuts(file)...)
}

// shortcuts are the Jenkins jobs with commands of their own.
func shortcuts(file *config.File) []command.Spec {
	var section struct {
		Jobs map[string]struct {
			Prefix string               `yaml:"cmd_prefix"`
			Suffix string               `yaml:"cmd_suffix"`
			Rest   map[string]yaml.Node `yaml:",inline"`
		} `yaml:"jobs"`
		Rest map[string]yaml.Node `yaml:",inline"`
	}
	if _, err := file.Section("jenkins", &section); err != nil {
		return nil
	}
	var made []command.Spec
	for job, cut := range section.Jobs {
		made = append(made, spec(ShortcutWords(job, cut.Prefix, cut.Suffix)))
	}
	return made
}

// ShortcutWords are the words of the command that jenkins.jobs makes of a job.
func ShortcutWords(job, prefix, suffix string) string {
	spaced := strings.NewReplacer("-", " ", "_", " ").Replace(path.Base(job))
	return strings.ToLower(strings.Join(strings.Fields(prefix+" "+spaced+" "+suffix), " "))
}

// spec declares a command of which only the words are known here, and which may take anything.
func spec(words string, also ...string) command.Spec {
	return command.Spec{Words: words, Also: also, Summary: "Made by the configuration", Role: config.Operator, Extra: "what it takes"}
}
