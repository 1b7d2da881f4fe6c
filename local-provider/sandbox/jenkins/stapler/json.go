package stapler

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
)

// A Flavor is one of the notations in which Jenkins writes its beans.
type Flavor int

// The notations that this package writes.
const (
	JSON Flavor = iota
	Python
)

// ContentType is the header that goes with the notation.
func (f Flavor) ContentType() string {
	if f == Python {
		return "text/x-python;charset=UTF-8"
	}
	return "application/json;charset=UTF-8"
}

// maxSize bounds one answer, so that `depth=1000` cannot use up the memory.
const maxSize = 16 << 20

// ErrTooLarge is returned when an answer would be larger than maxSize.
var ErrTooLarge = errors.New("the answer is too large")

// Write writes a bean as far as the pruner shows it. Pretty indents by two spaces a level, as Jenkins' `pretty` does.
func Write(root Bean, pruner Pruner, flavor Flavor, pretty bool) ([]byte, error) {
	w := &writer{flavor: flavor, pretty: pretty}
	if err := w.bean(root, pruner); err != nil {
		return nil, err
	}
	return w.buf.Bytes(), nil
}

type writer struct {
	buf    bytes.Buffer
	flavor Flavor
	pretty bool
	level  int
}

func (w *writer) newline() {
	if w.pretty {
		w.buf.WriteByte('\n')
		w.buf.WriteString(strings.Repeat("  ", w.level))
	}
}

func (w *writer) open(c byte) {
	w.buf.WriteByte(c)
	w.level++
	w.newline()
}

func (w *writer) close(c byte) {
	w.level--
	w.newline()
	w.buf.WriteByte(c)
}

// name writes a key; first says that nothing stands before it in its object.
func (w *writer) name(name string, first bool) {
	w.comma(first)
	w.text(name)
	if w.pretty {
		w.buf.WriteString(" : ")
		return
	}
	w.buf.WriteByte(':')
}

func (w *writer) comma(first bool) {
	if !first {
		w.buf.WriteByte(',')
		w.newline()
	}
}

func (w *writer) bean(b Bean, pruner Pruner) error {
	if w.buf.Len() > maxSize {
		return ErrTooLarge
	}
	w.open('{')
	first := true
	if b.Class != "" {
		w.name("_class", first)
		w.text(b.Class)
		first = false
	}
	for _, p := range b.Properties {
		below, shown := pruner.enter(p)
		if !shown {
			continue
		}
		w.name(p.Name, first)
		first = false
		if err := w.value(p.Value(), below); err != nil {
			return fmt.Errorf("property %s: %w", p.Name, err)
		}
	}
	w.close('}')
	return nil
}

func (w *writer) value(value any, pruner Pruner) error {
	switch v := value.(type) {
	case nil:
		w.word("null", "None")
	case string:
		w.text(v)
	case bool:
		w.truth(v)
	case int:
		w.buf.WriteString(strconv.Itoa(v))
	case int64:
		w.buf.WriteString(strconv.FormatInt(v, 10))
	case float64:
		w.buf.WriteString(strconv.FormatFloat(v, 'g', -1, 64))
	case Empty:
		w.open('{')
		w.close('}')
	case Bean:
		return w.bean(v, pruner)
	case List:
		return w.list(v, pruner)
	case Map:
		return w.table(v, pruner)
	default:
		return fmt.Errorf("cannot export a %T", value)
	}
	return nil
}

func (w *writer) list(list List, pruner Pruner) error {
	w.open('[')
	for i, item := range pruner.span().cut(list) {
		w.comma(i == 0)
		if err := w.value(item, pruner); err != nil {
			return err
		}
	}
	w.close(']')
	return nil
}

func (w *writer) table(table Map, pruner Pruner) error {
	w.open('{')
	for i, entry := range table {
		w.name(entry.Key, i == 0)
		if err := w.value(entry.Value, pruner); err != nil {
			return err
		}
	}
	w.close('}')
	return nil
}

func (w *writer) truth(v bool) {
	if v {
		w.word("true", "True")
		return
	}
	w.word("false", "False")
}

func (w *writer) word(json, python string) {
	if w.flavor == Python {
		w.buf.WriteString(python)
		return
	}
	w.buf.WriteString(json)
}

// text writes a string: control characters and what lies outside the basic plane are escaped, all else is UTF-8.
func (w *writer) text(s string) {
	w.buf.WriteByte('"')
	for _, r := range s {
		switch {
		case r < 0x20 || (r >= 0x7f && r <= 0x9f):
			fmt.Fprintf(&w.buf, `\u%04x`, r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&w.buf, `\u%04x\u%04x`, high, low)
		case r == '"' || r == '\\':
			w.buf.WriteByte('\\')
			w.buf.WriteRune(r)
		default:
			w.buf.WriteRune(r)
		}
	}
	w.buf.WriteByte('"')
}
