// Package stack reads stack.yml, the file that says which functions there are, as faas-cli reads it.
package stack

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/openfaas/faas-provider/types"
	"go.yaml.in/yaml/v3"
)

// maxFile bounds a stack file and an environment file, in bytes.
const maxFile = 1 << 20

// Function is one entry under "functions". Keys that this provider has no use for are ignored, as faas-cli does.
type Function struct {
	Name            string            `yaml:"-"`
	Language        string            `yaml:"lang"`
	Handler         string            `yaml:"handler"`
	Image           string            `yaml:"image"`
	Process         string            `yaml:"fprocess"`
	Environment     map[string]string `yaml:"environment"`
	EnvironmentFile []string          `yaml:"environment_file"`
	Secrets         []string          `yaml:"secrets"`
	SkipBuild       bool              `yaml:"skip_build"`
	Constraints     []string          `yaml:"constraints"`
	Labels          map[string]string `yaml:"labels"`
	Annotations     map[string]string `yaml:"annotations"`
	Limits          *Resources        `yaml:"limits"`
	Requests        *Resources        `yaml:"requests"`
	ReadOnly        bool              `yaml:"readonly_root_filesystem"`
	Namespace       string            `yaml:"namespace"`
	BuildArgs       map[string]string `yaml:"build_args"`
}

// Resources are limits or requests of memory and processor time, in Kubernetes' notation.
type Resources struct {
	Memory string `yaml:"memory"`
	CPU    string `yaml:"cpu"`
}

type file struct {
	Version  string `yaml:"version"`
	Provider struct {
		Name string `yaml:"name"`
	} `yaml:"provider"`
	Functions map[string]Function `yaml:"functions"`
}

// Load reads a stack file and returns its functions by name. lookup gives the variables for ${…}. Environment files are
// relative to the stack file's folder.
func Load(path string, lookup func(string) (string, bool)) ([]Function, error) {
	text, err := read(path)
	if err != nil {
		return nil, err
	}
	functions, err := Parse(text, lookup)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	for i := range functions {
		if err := functions[i].addEnvironmentFiles(filepath.Dir(path)); err != nil {
			return nil, fmt.Errorf("read %s: function %s: %w", path, functions[i].Name, err)
		}
	}
	return functions, nil
}

// Parse reads the text of a stack file, without its environment files.
func Parse(text string, lookup func(string) (string, bool)) ([]Function, error) {
	text, err := Substitute(text, lookup)
	if err != nil {
		return nil, err
	}
	if len(text) > maxFile {
		return nil, fmt.Errorf("more than %d bytes after substitution", maxFile)
	}
	var f file
	if err := yaml.Unmarshal([]byte(text), &f); err != nil {
		return nil, fmt.Errorf("not valid YAML: %w", err)
	}
	if f.Provider.Name != "openfaas" {
		return nil, fmt.Errorf("provider.name must be openfaas, not %q", f.Provider.Name)
	}
	if f.Version != "" && f.Version != "1.0" {
		return nil, fmt.Errorf("version must be 1.0, not %q", f.Version)
	}
	functions := make([]Function, 0, len(f.Functions))
	for name, function := range f.Functions {
		function.Name = name
		functions = append(functions, function)
	}
	slices.SortFunc(functions, func(a, b Function) int { return cmp.Compare(a.Name, b.Name) })
	return functions, nil
}

// Deployment is what the provider's API is sent.
func (f Function) Deployment() types.FunctionDeployment {
	d := types.FunctionDeployment{
		Service: f.Name, Image: f.Image, Namespace: f.Namespace, EnvProcess: f.Process, EnvVars: f.Environment,
		Constraints: f.Constraints, Secrets: f.Secrets, ReadOnlyRootFilesystem: f.ReadOnly,
		Limits: f.Limits.deployed(), Requests: f.Requests.deployed(),
	}
	if len(f.Labels) > 0 {
		d.Labels = &f.Labels
	}
	if len(f.Annotations) > 0 {
		d.Annotations = &f.Annotations
	}
	return d
}

func (r *Resources) deployed() *types.FunctionResources {
	if r == nil {
		return nil
	}
	return &types.FunctionResources{Memory: r.Memory, CPU: r.CPU}
}

// addEnvironmentFiles lets later files win over earlier ones and over the entry itself, as faas-cli does.
func (f *Function) addEnvironmentFiles(dir string) error {
	for _, name := range f.EnvironmentFile {
		if !filepath.IsLocal(name) {
			return fmt.Errorf("environment_file %q must be inside the project", name)
		}
		text, err := read(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		var extra struct {
			Environment map[string]string `yaml:"environment"`
		}
		if err := yaml.Unmarshal([]byte(text), &extra); err != nil {
			return fmt.Errorf("environment_file %s is not valid YAML: %w", name, err)
		}
		if f.Environment == nil {
			f.Environment = make(map[string]string)
		}
		maps.Copy(f.Environment, extra.Environment)
	}
	return nil
}

func read(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	if info.Size() > maxFile {
		return "", fmt.Errorf("read %s: %w", path, errors.New("more than 1 MiB"))
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	return string(text), nil
}
