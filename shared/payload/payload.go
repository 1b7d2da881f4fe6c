package payload

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Limits of a payload. They are far above what GitHub and Gerrit send, and keep what 25 megabytes can become in memory at a
// few hundred.
const (
	maxValues  = 2_000_000
	maxNesting = 500
)

var (
	errJSON    = errors.New("it is not JSON")
	errNesting = fmt.Errorf("it is nested more than %d deep", maxNesting)
	errValues  = fmt.Errorf("it has more than %d values", maxValues)
)

// Decode reads JSON as expressions see it: maps, lists, texts, true and false, nil; whole numbers are int, others float64.
// It takes what encoding/json takes, in a third of the time, which is most of a decision's: texts are parts of one copy, and
// numbers are made at once as expressions need them.
func Decode(text []byte) (any, error) { return DecodeText(string(text)) }

// DecodeText is Decode for a text, of which the texts in it are parts.
func DecodeText(text string) (any, error) {
	d := &decoder{text: text}
	if !utf8.ValidString(text) {
		d.text = string([]rune(text)) // each byte that is none becomes a replacement character
	}
	value, err := d.value(0)
	if err != nil {
		return nil, err
	}
	if d.space(); d.at != len(d.text) {
		return nil, errJSON
	}
	return value, nil
}

// decoder reads JSON (RFC 8259) from a text.
type decoder struct {
	text   string
	at     int
	values int
}

func (d *decoder) space() {
	for d.at < len(d.text) {
		switch d.text[d.at] {
		case ' ', '\t', '\n', '\r':
			d.at++
		default:
			return
		}
	}
}

// next is the next byte that is no white space; 0 at the end.
func (d *decoder) next() byte {
	d.space()
	if d.at == len(d.text) {
		return 0
	}
	return d.text[d.at]
}

func (d *decoder) value(depth int) (any, error) {
	d.values++
	switch {
	case d.values > maxValues:
		return nil, errValues
	case depth > maxNesting:
		return nil, errNesting
	}
	switch c := d.next(); c {
	case '{':
		return d.object(depth)
	case '[':
		return d.array(depth)
	case '"':
		return d.quoted()
	case 't':
		return true, d.word("true")
	case 'f':
		return false, d.word("false")
	case 'n':
		return nil, d.word("null")
	}
	return d.number()
}

func (d *decoder) word(word string) error {
	if !strings.HasPrefix(d.text[d.at:], word) {
		return errJSON
	}
	d.at += len(word)
	return nil
}

func (d *decoder) object(depth int) (any, error) {
	held := map[string]any{}
	d.at++
	if d.next() == '}' {
		d.at++
		return held, nil
	}
	for {
		if d.next() != '"' {
			return nil, errJSON
		}
		name, err := d.quoted()
		if err != nil {
			return nil, err
		}
		if d.next() != ':' {
			return nil, errJSON
		}
		d.at++
		value, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		held[name] = value
		if more, err := d.more('}'); !more {
			return held, err
		}
	}
}

func (d *decoder) array(depth int) (any, error) {
	held := []any{}
	d.at++
	if d.next() == ']' {
		d.at++
		return held, nil
	}
	for {
		value, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		held = append(held, value)
		if more, err := d.more(']'); !more {
			return held, err
		}
	}
}

// more reads what follows an element: a comma, or the end.
func (d *decoder) more(end byte) (bool, error) {
	switch d.next() {
	case ',':
		d.at++
		return true, nil
	case end:
		d.at++
		return false, nil
	}
	return false, errJSON
}
