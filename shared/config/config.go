// Package config reads handsoff's configuration: one YAML file, given to every function as the secret handsoff-config.
//
// The keys that all parts share are fields of File. Every other key at the top is a capability's own section, which that
// capability decodes strictly with File.Section; so a plugin brings its section along and nothing here changes.
package config

import (
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// maxSize bounds a configuration, in bytes.
const maxSize = 1 << 20

// File is a configuration.
type File struct {
	Bot      Bot                  `yaml:"bot"`
	Roles    map[string][]string  `yaml:"roles"`  // role → principals, groups, people; "telnet:*" is everybody of a door
	People   map[string][]string  `yaml:"people"` // one person behind several doors: name → principals, see people.go
	Jobs     Jobs                 `yaml:"jobs"`
	Sections map[string]yaml.Node `yaml:",inline"`

	root    yaml.Node         // for Masked, which shows what was written
	persons map[string]string // principal → the person it belongs to
}

// Bot is the chat persona.
type Bot struct {
	Name   string   `yaml:"name"`   // "handsoff" when empty
	Alerts []string `yaml:"alerts"` // addresses that are told what admins should know: a forced job, a birth; "slack:C0ADMIN"
}

// Jobs says how long finished jobs are kept.
type Jobs struct {
	KeepFor    time.Duration `yaml:"keep_for"`     // 30 days when 0
	KeepAtMost int           `yaml:"keep_at_most"` // 10,000 when 0
	KeepLogsMB int           `yaml:"keep_logs_mb"` // of all jobs together, in MiB; 256 when 0
}

// Load reads a file. Errors name the file and the line.
func Load(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	defer func() { _ = f.Close() }() // only read
	text, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("config: read %s: %w", path, err)
	}
	file, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("config: %s: %w", path, err)
	}
	return file, nil
}

// Parse reads a configuration. An empty one is valid: nobody has a role, and nothing is configured.
func Parse(text []byte) (*File, error) {
	if len(text) > maxSize {
		return nil, fmt.Errorf("larger than %d bytes", maxSize)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, notYAML(err)
	}
	return Tree(document)
}

// Tree is Parse for a document that was read already.
func Tree(document yaml.Node) (*File, error) {
	file := File{root: document}
	if len(file.root.Content) > 0 {
		if err := decode(file.root.Content[0], &file, ""); err != nil {
			return nil, err
		}
	}
	if file.Bot.Name == "" {
		file.Bot.Name = "handsoff"
	}
	if file.Jobs.KeepFor <= 0 {
		file.Jobs.KeepFor = 30 * 24 * time.Hour
	}
	if file.Jobs.KeepAtMost <= 0 {
		file.Jobs.KeepAtMost = 10_000
	}
	if file.Jobs.KeepLogsMB <= 0 {
		file.Jobs.KeepLogsMB = 256
	}
	for _, address := range file.Bot.Alerts {
		if kind, where, ok := strings.Cut(address, ":"); !ok || kind == "" || where == "" || where == "*" {
			return nil, fmt.Errorf("bot.alerts: %q is not an address; write door:where, such as slack:C123 or telnet:ann", address)
		}
	}
	if err := file.indexPeople(); err != nil {
		return nil, err
	}
	return &file, file.checkRoles()
}

// Section decodes a capability's own section. It reports whether there is one; a key that into does not know is an error.
func (f *File) Section(name string, into any) (bool, error) {
	node, ok := f.Sections[name]
	if !ok {
		return false, nil
	}
	if err := decode(&node, into, name); err != nil {
		return true, fmt.Errorf("config: %w", err)
	}
	return true, nil
}

// DashboardURL is dashboard.url: where the dashboard is opened, without a slash at its end; empty where there is none.
func (f *File) DashboardURL() (string, error) {
	var dashboard struct {
		URL  string         `yaml:"url"`
		Rest map[string]any `yaml:",inline"` // for whoever serves it
	}
	_, err := f.Section("dashboard", &dashboard)
	return strings.TrimSuffix(dashboard.URL, "/"), err
}

// Has reports whether a section is there.
func (f *File) Has(name string) bool {
	_, ok := f.Sections[name]
	return ok
}

// decode reads a tree into what it is to fill. What does not fit is an [InvalidError] with all mistakes, each with its key and its place.
func decode(node *yaml.Node, into any, path string) error {
	if found := inspect(node, reflect.TypeOf(into), path); len(found) > 0 {
		return &InvalidError{found}
	}
	if err := node.Decode(into); err != nil {
		line, text := Place(node.Line, err)
		return &InvalidError{Mistakes{{Line: line, Key: path, Text: strings.TrimPrefix(text, "yaml: ")}}}
	}
	return nil
}

// notYAML is a mistake in the syntax, which is found where the text cannot be understood any more.
func notYAML(err error) error {
	line, text := Place(0, err)
	return &InvalidError{Mistakes{{Line: line, Text: "this is not YAML: " + strings.TrimPrefix(text, "yaml: ")}}}
}
