package exchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/handsoff/handsoff/shared/chat"
)

// kind is what a JSON value is.
type kind string

const (
	object  kind = "an object"
	array   kind = "a list"
	text    kind = "a text"
	number  kind = "a number"
	boolean kind = "true or false"
	null    kind = "null"
)

// value is a JSON value whose members are in their order.
type value struct {
	kind    kind
	text    string // of a text and a number; "true" or "false"
	members []member
	items   []value
}

type member struct {
	name string
	value
}

// mostDeep is how deep values may be nested; the format goes four deep.
const mostDeep = 8

// decode reads a text as one JSON value. A name that is there twice is a mistake: nobody could say which one counts.
func decode(data []byte) (value, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		return value{}, Mistakes{"the file is not UTF-8"}
	}
	in := json.NewDecoder(bytes.NewReader(data))
	in.UseNumber()
	v, err := next(in, "", 0)
	if err == nil {
		if _, more := in.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("there is more behind its end")
		}
	}
	if _, said := errors.AsType[Mistakes](err); err != nil && !said {
		line := 1 + bytes.Count(data[:min(int(in.InputOffset()), len(data))], []byte("\n"))
		return value{}, Mistakes{fmt.Sprintf("line %d: this is no JSON: %s", line, sentence(err))}
	}
	return v, err
}

// sentence is what an error of the decoder says to people.
func sentence(err error) string {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "it ends too early"
	}
	return err.Error()
}

func next(in *json.Decoder, path string, depth int) (value, error) {
	if depth > mostDeep {
		return value{}, Mistakes{path + ": nested too deep"}
	}
	token, err := in.Token()
	if err != nil {
		return value{}, err
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '{' {
			return nextObject(in, path, depth)
		}
		return nextArray(in, path, depth)
	case string:
		return value{kind: text, text: t}, nil
	case json.Number:
		return value{kind: number, text: t.String()}, nil
	case bool:
		return value{kind: boolean, text: fmt.Sprint(t)}, nil
	}
	return value{kind: null}, nil
}

func nextObject(in *json.Decoder, path string, depth int) (value, error) {
	v, seen := value{kind: object}, make(map[string]bool)
	for in.More() {
		token, err := in.Token()
		if err != nil {
			return v, err
		}
		name, _ := token.(string)
		if seen[name] {
			return v, Mistakes{at(path, name) + ": is there twice"}
		}
		seen[name] = true
		one, err := next(in, at(path, name), depth+1)
		if err != nil {
			return v, err
		}
		v.members = append(v.members, member{name, one})
	}
	_, err := in.Token()
	return v, err
}

func nextArray(in *json.Decoder, path string, depth int) (value, error) {
	v := value{kind: array}
	for in.More() {
		one, err := next(in, item(path, len(v.items)), depth+1)
		if err != nil {
			return v, err
		}
		v.items = append(v.items, one)
	}
	_, err := in.Token()
	return v, err
}

// mostNamed is how much of a name is shown in a path, in cells.
const mostNamed = 61

// at is the path of a member, item that of a list's entry.
func at(path, name string) string {
	name = chat.Brief(name, mostNamed)
	if path == "" {
		return name
	}
	return path + "." + name
}

func item(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }
