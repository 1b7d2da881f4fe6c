// Package schema is the configuration as data: the JSON Schema that says what every key is for. Editors complete from it, the
// reference in docs/configuration.md is made of it, and the package check compares files with it.
package schema

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"
)

// JSON is the schema as editors read it: JSON Schema, draft 2020-12. Keywords that begin with x- are ours: x-names says what a
// text is the name of, x-key what people call the keys of a map that are names of theirs, x-least and x-most between which times one
// has to be, unless it is 0.
//
//go:embed handsoff.schema.json
var JSON []byte

// Schema is one part of it.
type Schema struct {
	Ref         string              `json:"$ref"`
	Title       string              `json:"title"`       // a phrase: what a value is, "a role"
	Description string              `json:"description"` // sentences: what a key is for
	Default     any                 `json:"default"`
	Examples    []any               `json:"examples"`
	Names       string              `json:"x-names"` // role, address, command, or the place of a map whose key it is, "/ansible/inventories"
	Key         string              `json:"x-key"`   // what the keys of a map are, "playbook"
	Type        Types               `json:"type"`
	Enum        []any               `json:"enum"`
	Pattern     string              `json:"pattern"`
	Minimum     *float64            `json:"minimum"`
	Maximum     *float64            `json:"maximum"`
	Least       string              `json:"x-least"` // of a time, "1ms"
	Most        string              `json:"x-most"`
	MinLength   int                 `json:"minLength"`
	MaxLength   int                 `json:"maxLength"`
	MinItems    int                 `json:"minItems"`
	MaxItems    int                 `json:"maxItems"`
	Items       *Schema             `json:"items"`
	Properties  Properties          `json:"properties"`
	Additional  Additional          `json:"additionalProperties"`
	KeyForm     *Schema             `json:"propertyNames"`
	Required    []string            `json:"required"`
	OneOf       []Schema            `json:"oneOf"`             // each says only what is required
	Together    map[string][]string `json:"dependentRequired"` // what is required with a key
	Defs        Properties          `json:"$defs"`
}

// Types are those that a value may have; none for any.
type Types []string

// UnmarshalJSON reads one or a list.
func (t *Types) UnmarshalJSON(text []byte) error {
	var name string
	if json.Unmarshal(text, &name) == nil {
		*t = Types{name}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(t))
}

// Has reports whether a value may be of this type.
func (t Types) Has(name string) bool { return len(t) == 0 || slices.Contains(t, name) }

// Properties are the keys of a map, in the order in which the schema has them.
type Properties struct {
	Names []string
	of    map[string]*Schema
}

// Of is what a key is; nil for one that is not there.
func (p *Properties) Of(name string) *Schema { return p.of[name] }

// UnmarshalJSON keeps the order.
func (p *Properties) UnmarshalJSON(text []byte) error {
	if err := json.Unmarshal(text, &p.of); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	for depth := 0; ; {
		token, err := d.Token()
		if err != nil {
			return nil //nolint:nilerr // its end
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
			continue
		case json.Delim('}'), json.Delim(']'):
			depth--
			continue
		}
		if name, ok := token.(string); ok && depth == 1 {
			p.Names = append(p.Names, name)
			var skipped json.RawMessage
			if err := d.Decode(&skipped); err != nil {
				return err
			}
		}
	}
}

// Additional says what keys that are not among the properties are.
type Additional struct {
	Refused bool    // there are none
	As      *Schema // nil for anything
}

// UnmarshalJSON reads false, true or a schema.
func (a *Additional) UnmarshalJSON(text []byte) error {
	var yes bool
	if json.Unmarshal(text, &yes) == nil {
		a.Refused = !yes
		return nil
	}
	a.As = &Schema{}
	return json.Unmarshal(text, a.As)
}

// Root is the whole schema. It is read once, and nobody changes it.
var Root = sync.OnceValue(func() *Schema {
	root := &Schema{}
	if err := json.Unmarshal(JSON, root); err != nil {
		panic("shared/config/schema: " + err.Error())
	}
	return root
})

// Resolve gives what a part that only refers to another one means: with the other's words where it has none of its own.
func (s *Schema) Resolve() *Schema {
	name, refers := strings.CutPrefix(s.Ref, "#/$defs/")
	if !refers {
		return s
	}
	other := Root().Defs.Of(name)
	if other == nil {
		panic("shared/config/schema: there is no " + s.Ref)
	}
	meant := *other.Resolve()
	if s.Description != "" {
		meant.Description = s.Description
	}
	if s.Default != nil {
		meant.Default = s.Default
	}
	if s.Examples != nil {
		meant.Examples = s.Examples
	}
	meant.Least, meant.Most = cmp.Or(s.Least, meant.Least), cmp.Or(s.Most, meant.Most)
	return &meant
}
