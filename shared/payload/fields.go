package payload

import (
	"fmt"
	"strings"
)

// errObject says that what was read is JSON, and no object.
var errObject = fmt.Errorf("%w object", errJSON)

// Fields are the fields of a JSON object, unread: the whole is checked to be JSON in one pass, and only what somebody looks
// into is read, by [DecodeText]. Of two fields with one name the last counts, as with encoding/json. A field's number that no
// float64 can hold is found out only then.
func Fields(text []byte) (map[string]string, error) {
	const usual = 16
	fields := make(map[string]string, usual)
	if err := eachField(text, func(name, value string) { fields[name] = value }); err != nil {
		return nil, err
	}
	return fields, nil
}

// Field is one field of a JSON object, unread, and empty when it is not there: what [Fields] has under that name, and its
// error.
func Field(text []byte, name string) (string, error) {
	var found string
	err := eachField(text, func(other, value string) {
		if other == name {
			found = value
		}
	})
	return found, err
}

// Check reports whether text is one JSON value.
func Check(text []byte) error {
	d := &decoder{text: string(text)}
	if err := d.pass(0); err != nil {
		return err
	}
	if d.space(); d.at != len(d.text) {
		return errJSON
	}
	return nil
}

// eachField tells of each field of an object.
func eachField(text []byte, tell func(name, value string)) error {
	d := &decoder{text: string(text)}
	if d.next() != '{' {
		return errObject
	}
	if err := d.pairs(0, tell); err != nil {
		return err
	}
	if d.space(); d.at != len(d.text) {
		return errJSON
	}
	return nil
}

// pairs passes an object, and tells of each pair in it.
func (d *decoder) pairs(depth int, tell func(name, value string)) error {
	d.at++
	if d.next() == '}' {
		d.at++
		return nil
	}
	for {
		if d.next() != '"' {
			return errJSON
		}
		name, err := d.quoted()
		if err != nil {
			return err
		}
		if d.next() != ':' {
			return errJSON
		}
		d.at++
		d.space()
		begin := d.at
		if err := d.pass(depth + 1); err != nil {
			return err
		}
		tell(name, d.text[begin:d.at])
		if more, err := d.more('}'); !more {
			return err
		}
	}
}

// pass passes any value.
func (d *decoder) pass(depth int) error {
	if depth > maxNesting {
		return errNesting
	}
	switch d.next() {
	case '{':
		return d.pairs(depth, func(string, string) {})
	case '[':
		return d.elements(depth)
	case '"':
		return d.passText()
	case 't':
		return d.word("true")
	case 'f':
		return d.word("false")
	case 'n':
		return d.word("null")
	}
	if _, ok := d.form(); !ok {
		return errJSON
	}
	return nil
}

// elements passes a list.
func (d *decoder) elements(depth int) error {
	d.at++
	if d.next() == ']' {
		d.at++
		return nil
	}
	for {
		if err := d.pass(depth + 1); err != nil {
			return err
		}
		if more, err := d.more(']'); !more {
			return err
		}
	}
}

// passText passes a text.
func (d *decoder) passText() error {
	for i := plain(d.text, d.at+1); i < len(d.text); i = plain(d.text, i+1) {
		switch c := d.text[i]; {
		case c == '"':
			d.at = i + 1
			return nil
		case c == '\\' && i+1 < len(d.text) && strings.IndexByte(single, d.text[i+1]) >= 0:
			i++
		case c == '\\' && d.unit(i) >= 0:
			i += len(`u0000`)
		case c == '\\', c < ' ':
			return errJSON
		}
	}
	return errJSON
}
