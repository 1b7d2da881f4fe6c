package command

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

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
	var faults []Fault
	if err != nil {
		if specs, faults = understood(function, text); len(faults) == 0 {
			return nil, []Fault{{function, "the annotation is not a list of commands: " + chat.OneLine(err.Error())}}
		}
	}
	if len(specs) > maxCommands {
		return nil, []Fault{{function, fmt.Sprintf("the annotation has more than %d commands", maxCommands)}}
	}
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
			return nil, fmt.Errorf("command: %w", err)
		}
		all = append(all, specs...)
	}
}

// understood reads a list of commands that is not understood as a whole, without those of which that is so, such as one with a key that
// only a newer release knows: what the key asks for, maybe a sign-off, would not be done. It finds no fault with what is no list,
// or too long a one: that is one fault.
func understood(function, text string) (specs []Spec, faults []Fault) {
	decoder := yaml.NewDecoder(strings.NewReader(text))
	for {
		var list []yaml.Node
		err := decoder.Decode(&list)
		if errors.Is(err, io.EOF) {
			return specs, faults
		}
		if err != nil || len(specs)+len(faults)+len(list) > maxCommands {
			return nil, nil
		}
		for i := range list {
			one, err := decodeAgain(list[i])
			if err == nil {
				specs = append(specs, one...)
				continue
			}
			var named Spec
			_ = list[i].Decode(&named) // as far as it goes
			faults = append(faults, Fault{function, named.name(i) + ": " + plain(err)})
		}
	}
}

// decodeAgain reads one command strictly, which only a decoder of text does.
func decodeAgain(node yaml.Node) ([]Spec, error) {
	text, err := yaml.Marshal([]yaml.Node{node})
	if err != nil {
		return nil, fmt.Errorf("command: %w", err)
	}
	return decodeSpecs(string(text))
}

// plain says what a decoder did not understand, without its lines, which are others by then, and its types.
func plain(err error) string {
	typed, ok := errors.AsType[*yaml.TypeError](err)
	if !ok {
		return chat.OneLine(err.Error())
	}
	list := make([]string, len(typed.Errors))
	for i, text := range typed.Errors {
		if _, rest, found := strings.Cut(text, ": "); found {
			text = rest
		}
		list[i], _, _ = strings.Cut(text, " in type ")
	}
	return chat.OneLine(strings.Join(list, "; "))
}

// name is what a fault calls a command: its words, or its place in the list when they are missing or broken.
func (s *Spec) name(i int) string {
	if checkWords(s.Words) != nil {
		return fmt.Sprintf("command %d", i+1)
	}
	return s.Words
}
