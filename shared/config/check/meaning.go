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

// meaning gives the mistakes that only those find who work with the configuration. Where something is wrong in a section's keys
// already, its readers would say the same again, and are not asked.
func meaning(text []byte, root *yaml.Node, before config.Mistakes, known Known) config.Mistakes {
	file, err := config.Parse(text)
	if err != nil {
		if Wrong(before) {
			return nil
		}
		return located(root, err)
	}
	var found config.Mistakes
	for _, reader := range readers {
		if !file.Has(reader.section) || touched(before, reader.section) {
			continue
		}
		if err := reader.read(file); err != nil {
			found = append(found, located(root, err)...)
		}
	}
	for _, m := range acts(file, known) {
		again := func(b *config.Mistake) bool { return b.Line == m.Line && !b.Warning }
		if !slices.ContainsFunc(before, again) {
			found = append(found, m)
		}
	}
	return found
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
