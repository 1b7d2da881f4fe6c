package main

import (
	"bytes"
	"embed"
	"fmt"
	"path/filepath"
	"strings"
	"text/template"
)

//go:embed config
var templates embed.FS

// portDriver is the network: it binds every port at once.
//
//go:embed portdriver/driver.py
var portDriver []byte

// configured is what a template sees.
type configured struct {
	*machine

	Service string
}

// Database is the URL of one of the databases.
func (c configured) Database(schema string) string { return c.database(schema) }

// At is where a part listens.
func (c configured) At(part string) string { return c.address(part) }

// Host is where everything listens.
func (configured) Host() string { return host }

// In is a path in the machine's folder.
func (c configured) In(elements ...string) string { return c.path(elements...) }

// configOf is the path of a service's configuration.
func (m *machine) configOf(service string) string { return m.path("etc", service+".conf") }

// configure writes every service's configuration.
func (m *machine) configure(all bool) error {
	parsed, err := template.ParseFS(templates, "config/*")
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	for _, t := range parsed.Templates() {
		service, isService := strings.CutSuffix(t.Name(), ".conf")
		if !isService && t.Name() != "clouds.yaml" {
			continue
		}
		var text bytes.Buffer
		if err := t.Execute(&text, configured{m, service}); err != nil {
			return fmt.Errorf("configuration: %w", err)
		}
		name := t.Name()
		if isService {
			name = filepath.Join("etc", name)
		}
		if err := m.write(name, text.Bytes()); err != nil {
			return err
		}
	}
	if !all {
		return nil
	}
	return m.writeDriver()
}

// writeDriver puts the port driver where Neutron finds it: as an installed package of Python's.
func (m *machine) writeDriver() error {
	for name, text := range map[string]string{
		"plugins/handsoff_ports.py":                           string(portDriver),
		"plugins/handsoff_ports-1.dist-info/METADATA":         "Metadata-Version: 2.1\nName: handsoff_ports\nVersion: 1\n",
		"plugins/handsoff_ports-1.dist-info/entry_points.txt": "[neutron.ml2.mechanism_drivers]\nhandsoff = handsoff_ports:Driver\n",
	} {
		if err := m.write(name, []byte(text)); err != nil {
			return err
		}
	}
	return nil
}
