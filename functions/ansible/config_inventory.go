package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/git"
)

// inventory says where the hosts of a run come from: exactly one of Static, Path, Script and Plugin.
type inventory struct {
	Summary string            `yaml:"summary,omitempty"`
	Static  string            `yaml:"static,omitempty"` // the hosts themselves, as an INI or YAML inventory
	Path    string            `yaml:"path,omitempty"`   // a file or folder: absolute, or within Repo, or within the playbook's repository
	Repo    string            `yaml:"repo,omitempty"`
	Ref     string            `yaml:"ref,omitempty"`
	Script  string            `yaml:"script,omitempty"` // a program that prints the hosts: its absolute path, or its text from #! on
	Plugin  map[string]any    `yaml:"plugin,omitempty"` // the configuration of an inventory plugin, "plugin" among it
	Vault   string            `yaml:"vault,omitempty"`  // the secret with the vault password
	Env     map[string]string `yaml:"env,omitempty"`
}

func (i *inventory) check(name string) error {
	if !nameForm.MatchString(name) {
		return errors.New(nameRule)
	}
	if err := checkEnv(i.Env); err != nil {
		return err
	}
	if n := count(i.Static != "", i.Path != "", i.Script != "", len(i.Plugin) > 0); n != 1 {
		return errors.New("exactly one of static, path, script and plugin says where the hosts come from")
	}
	if i.Path == "" && (i.Repo != "" || i.Ref != "") {
		return errors.New("repo and ref belong to path")
	}
	if i.Ref != "" && i.Repo == "" {
		return errors.New("ref belongs to repo")
	}
	if err := checkRepository(i.Repo, i.Ref); err != nil {
		return err
	}
	switch {
	case i.Path != "":
		return checkWithin(i.Path, i.Repo != "")
	case i.Script != "" && !strings.HasPrefix(i.Script, "#!") && !filepath.IsAbs(i.Script):
		return errors.New("script: the absolute path of a program is needed, or its text from #! on")
	case i.Plugin != nil:
		return i.checkPlugin()
	}
	return nil
}

var pluginForm = regexp.MustCompile(`^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*){0,4}$`)

func (i *inventory) checkPlugin() error {
	name, _ := i.Plugin["plugin"].(string)
	if !pluginForm.MatchString(name) {
		return errors.New(`plugin: its entry "plugin" names the inventory plugin, such as amazon.aws.aws_ec2`)
	}
	if _, err := yaml.Marshal(i.Plugin); err != nil {
		return fmt.Errorf("plugin: %w", err)
	}
	return nil
}

// pluginFile is what the plugin's configuration must be called: most plugins read only files that end in their own name.
func (i *inventory) pluginFile() string {
	name, _ := i.Plugin["plugin"].(string)
	return name[strings.LastIndexByte(name, '.')+1:] + ".yml"
}

// inPlaybook reports whether the hosts are kept beside the playbook.
func (i *inventory) inPlaybook() bool { return i.Path != "" && i.Repo == "" && !filepath.IsAbs(i.Path) }

// checkWithin refuses a path that leads out of its repository.
func checkWithin(path string, repository bool) error {
	if repository && filepath.IsAbs(path) {
		return fmt.Errorf("path: %q is absolute, but belongs into the repository", path)
	}
	if !filepath.IsAbs(path) && !filepath.IsLocal(path) {
		return fmt.Errorf("path: %q leads out of its repository", path)
	}
	return nil
}

// checkRepository refuses what git would be at a loss with.
func checkRepository(repo, ref string) error {
	if repo == "" {
		return nil
	}
	if _, err := git.ParseAddress(repo); err != nil {
		return fmt.Errorf("repo: %w", err)
	}
	if ref == "" || git.IsObject(ref) {
		return nil
	}
	if err := git.CheckRef(ref); err != nil {
		return fmt.Errorf("ref: %w", err)
	}
	return nil
}

func count(these ...bool) int {
	n := 0
	for _, is := range these {
		if is {
			n++
		}
	}
	return n
}
