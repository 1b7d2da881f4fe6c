package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/functions/ansible/callback"
)

// Folders within that of a run.
const (
	playbookFolder  = "playbook"
	inventoryFolder = "inventory"
	callbackFolder  = "callback"
	temporaryFolder = "tmp"
)

// folder is the place of one start of ansible-playbook: all that it is given, secrets among it, and its home. Nobody else
// can read it, and it is removed when the run is over.
type folder struct {
	dir    string
	hidden []string // values that stand in it and are shown nowhere
}

// runsFolder is where the folders of runs are.
func (s *settings) runsFolder() string { return filepath.Join(s.WorkDir, "runs") }

// makeFolder makes an empty one. Its name has the job's id in it, by which it is found when its function died.
func (s *settings) makeFolder(id string, try int) (*folder, error) {
	f := &folder{dir: filepath.Join(s.runsFolder(), fmt.Sprintf("%s.%d", id, try))}
	if err := os.RemoveAll(f.dir); err != nil { // of an attempt that died before anything began
		return nil, fmt.Errorf("clear the folder of the run: %w", err)
	}
	if err := os.MkdirAll(s.runsFolder(), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the runs: %w", err)
	}
	for _, dir := range []string{"", callbackFolder, temporaryFolder, inventoryFolder} {
		if err := os.Mkdir(filepath.Join(f.dir, dir), 0o700); err != nil {
			return nil, fmt.Errorf("make the folder of the run: %w", err)
		}
	}
	return f, callback.Install(f.path(callbackFolder))
}

// clearFolders removes what is left of a job's runs.
func (s *settings) clearFolders(id string) error {
	found, err := filepath.Glob(filepath.Join(s.runsFolder(), id+".*"))
	if err != nil {
		return fmt.Errorf("look for folders of runs: %w", err)
	}
	var errs []error
	for _, dir := range found {
		errs = append(errs, os.RemoveAll(dir))
	}
	return errors.Join(errs...)
}

func (f *folder) path(parts ...string) string {
	return filepath.Join(append([]string{f.dir}, parts...)...)
}

// write makes a file that only this user can read.
func (f *folder) write(name string, text []byte) (string, error) {
	path := f.path(name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return "", fmt.Errorf("write %s of the run: %w", filepath.Base(name), err)
	}
	return path, nil
}

// secret copies a secret into a file, and remembers that it is one.
func (f *folder) secret(file string, text []byte) (string, error) {
	f.hidden = append(f.hidden, string(text))
	return f.write(file, append(slices.Clip(text), '\n'))
}

// variables writes the extra variables. JSON is YAML, and its texts are texts: true stays "true" where it was quoted. Those of
// the configuration are in one file, and may be templates as in a playbook; what somebody gave, and secrets, are in another.
func (f *folder) variables(vars map[string]any, literal map[string]bool) (paths []string, err error) {
	ours, given := map[string]any{}, map[string]any{}
	for name, value := range vars {
		if literal[name] {
			given[name] = value
		} else {
			ours[name] = value
		}
	}
	text, err := json.Marshal(ours)
	if err != nil {
		return nil, fmt.Errorf("write the variables: %w", err)
	}
	for _, file := range []struct {
		name string
		text []byte
	}{{"vars.json", text}, {"given.yml", literalVars(given)}} {
		path, err := f.write(file.name, file.text)
		if err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// hosts lays out an inventory that needs no repository, and gives its path.
func (f *folder) hosts(from *inventory) (string, error) {
	switch {
	case from.Static != "":
		return f.write(filepath.Join(inventoryFolder, "hosts"), []byte(strings.TrimRight(from.Static, "\n")+"\n"))
	case len(from.Plugin) > 0:
		text, err := yaml.Marshal(from.Plugin)
		if err != nil {
			return "", fmt.Errorf("write the inventory plugin's configuration: %w", err)
		}
		return f.write(filepath.Join(inventoryFolder, from.pluginFile()), text)
	case strings.HasPrefix(from.Script, "#!"):
		path := f.path(inventoryFolder, "hosts")
		if err := os.WriteFile(path, []byte(from.Script), 0o700); err != nil {
			return "", fmt.Errorf("write the inventory script: %w", err)
		}
		return path, nil
	case from.Script != "":
		return from.Script, nil
	}
	return from.Path, nil
}
