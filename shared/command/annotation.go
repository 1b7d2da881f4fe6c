package command

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"

	"github.com/handsoff/handsoff/shared/chat"
)

// Limits of an annotation. Kubernetes allows a function 256 KiB for all of its annotations.
const (
	maxAnnotation = 256 << 10 // bytes
	maxCommands   = 500       // of one function
)

// Fault is something wrong in a function's declaration. The rest of the catalogue works nevertheless.
type Fault struct {
	Function string
	Text     string // "jenkins build: argument seconds: …"
}

// String is the fault with its function's name.
func (f Fault) String() string { return f.Function + ": " + f.Text }

// decodeAnnotation reads a function's declaration strictly. What can be used of it is returned together with what is wrong.
func decodeAnnotation(function, text string) ([]*Declared, []Fault) {
	if len(text) > maxAnnotation {
		return nil, []Fault{{function, fmt.Sprintf("the annotation has %d bytes; it may have %d", len(text), maxAnnotation)}}
	}
	specs, err := decodeSpecs(text)
	if err != nil {
		return nil, []Fault{{function, err.Error()}}
	}
	var faults []Fault
	commands := make([]*Declared, 0, len(specs))
	for i := range specs {
		if err := specs[i].check(); err != nil {
			faults = append(faults, Fault{function, fmt.Sprintf("%s: %v", specs[i].name(i), err)})
			continue
		}
		commands = append(commands, &Declared{Spec: specs[i], Function: function})
	}
	return commands, faults
}

// decodeSpecs reads a list of commands; a text of several YAML documents is one list after the other.
func decodeSpecs(text string) ([]Spec, error) {
	decoder := yaml.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.KnownFields(true)
	var all []Spec
	for {
		var specs []Spec
		err := decoder.Decode(&specs)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("the annotation is not a list of commands: %s", chat.OneLine(err.Error()))
		}
		if all = append(all, specs...); len(all) > maxCommands {
			return nil, fmt.Errorf("the annotation has more than %d commands", maxCommands)
		}
	}
}

// name is what a fault calls a command: its words, or its place in the list when they are missing or broken.
func (s *Spec) name(i int) string {
	if checkWords(s.Words) != nil {
		return fmt.Sprintf("command %d", i+1)
	}
	return s.Words
}
