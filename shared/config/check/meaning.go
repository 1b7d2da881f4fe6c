package check

import (
	"errors"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/dashboard"
	"github.com/handsoff/handsoff/shared/gerrit"
	"github.com/handsoff/handsoff/shared/git"
	"github.com/handsoff/handsoff/shared/github"
	"github.com/handsoff/handsoff/shared/irc"
	"github.com/handsoff/handsoff/shared/slack"
)

// readers read a section as those do who work with it, and refuse what cannot work.
var readers = []struct {
	section string
	read    func(f *config.File) error
}{
	{"irc", func(f *config.File) error { _, err := irc.Read(f); return err }},
	{"slack", func(f *config.File) error { _, err := slack.Read(f); return err }},
	{"github", func(f *config.File) error { _, err := github.Read(f); return err }},
	{"gerrit", func(f *config.File) error { _, err := gerrit.Read(f); return err }},
	{"git", readGit},
	{"dashboard", func(f *config.File) error { _, err := dashboard.Read(f); return err }},
}

func readGit(f *config.File) error {
	var section struct {
		git.Section `yaml:",inline"`

		Rest map[string]yaml.Node `yaml:",inline"` // the function git's own
	}
	if _, err := f.Section("git", &section); err != nil {
		return err
	}
	return section.Section.Check()
}

// common are the keys that all parts share. A configuration in which one of them is wrong is read without it, so that what is wrong
// elsewhere is told with it.
var common = []string{"bot", "jobs", "people", "roles"}

// meaning gives the mistakes that only those find who work with the configuration. Where something is wrong in a section's keys
// already, its readers would say the same again, and are not asked.
func meaning(root *yaml.Node, before config.Mistakes, known Known) config.Mistakes {
	news := func(list config.Mistakes) config.Mistakes {
		return slices.DeleteFunc(list, func(m *config.Mistake) bool {
			return slices.ContainsFunc(before, func(b *config.Mistake) bool { return b.Line == m.Line && !b.Warning })
		})
	}
	wrong := slices.DeleteFunc(slices.Clone(common), func(name string) bool { return !touched(before, name) })
	if slices.Contains(wrong, "people") {
		wrong = append(wrong, "roles") // which would know nobody
	}
	file, found := without(root, wrong)
	if found = news(found); file == nil {
		if file, _ = without(root, common); file == nil {
			return found
		}
	}
	for _, reader := range readers {
		if !file.Has(reader.section) || touched(before, reader.section) {
			continue
		}
		if err := reader.read(file); err != nil {
			found = append(found, located(root, err)...)
		}
	}
	return append(found, news(acts(file, known))...)
}

// without reads the configuration as if some of its keys were not there; nil where that cannot be done, with the mistakes.
func without(root *yaml.Node, keys []string) (*config.File, config.Mistakes) {
	rest := *root
	if root.Kind == yaml.MappingNode {
		rest.Content = nil
		for i := 0; i+1 < len(root.Content); i += 2 {
			if !slices.Contains(keys, root.Content[i].Value) {
				rest.Content = append(rest.Content, root.Content[i], root.Content[i+1])
			}
		}
	}
	file, err := config.Tree(yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{&rest}})
	if err != nil {
		return nil, located(root, err)
	}
	return file, nil
}

// touched reports whether something is wrong in a section.
func touched(found config.Mistakes, section string) bool {
	return slices.ContainsFunc(found, func(m *config.Mistake) bool {
		return !m.Warning && (m.Key == section || strings.HasPrefix(m.Key, section+".") || strings.HasPrefix(m.Key, section+"["))
	})
}

// located gives the mistakes of a reader with their places.
func located(root *yaml.Node, err error) config.Mistakes {
	if invalid, ok := errors.AsType[*config.InvalidError](err); ok {
		return invalid.Mistakes
	}
	return config.Mistakes{config.Locate(root, err.Error())}
}
