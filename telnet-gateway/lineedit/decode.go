package lineedit

import (
	"strings"
	"unicode/utf8"
)

// The limits of an escape sequence, in bytes. What is longer is thrown away up to its end.
const (
	sequenceLimit = 32
	stringLimit   = 4096
)

type decoderState int

const (
	ground   decoderState = iota
	escaped               // after ESC
	bracket               // after ESC [ or ESC O
	ignoring              // inside a string that the terminal sends about itself: ESC ] … BEL or ESC \
)

const (
	esc        = 0x1b
	bell       = 0x07
	pasteStart = "200~"
	pasteEnd   = "201~"
)

// Decoder turns bytes into keys. It keeps what is needed between calls, so the bytes may be split anywhere.
// The zero value is ready.
type Decoder struct {
	state   decoderState
	seq     []byte
	skipped int
	partial []byte // of a rune
	pasting bool
}

// Next takes the first key off in. It returns how many bytes it took, and ok false when they ran out before a key was whole.
func (d *Decoder) Next(in []byte) (k Key, taken int, ok bool) {
	for taken < len(in) {
		if d.state == ground && d.isText(in[taken]) {
			text, n := d.text(in[taken:])
			taken += n
			if text != "" {
				return Key{Code: Text, Text: text}, taken, true
			}
			continue
		}
		if len(d.partial) > 0 {
			d.partial = d.partial[:0] // a rune that a control character cut short
			return Key{Code: Text, Text: string(utf8.RuneError)}, taken, true
		}
		b := in[taken]
		taken++
		if k, ok = d.step(b); ok {
			return k, taken, true
		}
	}
	return Key{}, taken, false
}

func (d *Decoder) isText(b byte) bool { return b >= 0x20 && b != 0x7f }

// text takes a run of text. What a split left of a rune waits in d.partial.
func (d *Decoder) text(in []byte) (string, int) {
	var out strings.Builder
	for i := range in {
		b := in[i]
		if !d.isText(b) {
			return out.String(), i
		}
		d.partial = append(d.partial, b)
		for len(d.partial) > 0 && utf8.FullRune(d.partial) {
			r, size := utf8.DecodeRune(d.partial)
			if commands(r) {
				r = utf8.RuneError
			}
			out.WriteRune(r)
			d.partial = append(d.partial[:0], d.partial[size:]...)
		}
	}
	return out.String(), len(in)
}

func (d *Decoder) step(b byte) (Key, bool) {
	switch d.state {
	case ground:
		return d.control(b)
	case escaped:
		return d.afterEscape(b)
	case bracket:
		return d.sequence(b)
	case ignoring:
		d.skipped++
		if b == bell || (b == '\\' && len(d.seq) > 0) || d.skipped > stringLimit {
			d.state = ground
			return Key{Code: Strange}, true
		}
		d.seq = d.seq[:0]
		if b == esc {
			d.seq = append(d.seq, b)
		}
	}
	return Key{}, false
}

func (d *Decoder) control(b byte) (Key, bool) {
	if b == esc {
		d.state = escaped
		return Key{}, false
	}
	code, known := control[b]
	switch {
	case d.pasting && code == Tab:
		return Key{Code: Text, Text: " "}, true
	case d.pasting && code != Enter, !known:
		return Key{Code: Strange}, true
	}
	return Key{Code: code}, true
}

func (d *Decoder) afterEscape(b byte) (Key, bool) {
	d.seq, d.skipped = d.seq[:0], 0
	switch b {
	case '[', 'O':
		d.state = bracket
		return Key{}, false
	case ']', 'P', '_', '^', 'X':
		d.state = ignoring
		return Key{}, false
	case esc:
		return Key{}, false
	}
	d.state = ground
	if code, known := meta[b]; known {
		return Key{Code: code}, true
	}
	if !d.isText(b) {
		return d.control(b) // ESC was a key of its own
	}
	return Key{Code: Strange}, true
}

// sequence takes a byte after ESC [ or ESC O: parameters, then one final byte.
func (d *Decoder) sequence(b byte) (Key, bool) {
	switch {
	case b < 0x20: // a control character inside means that the sequence was cut off
		d.state = ground
		return d.control(b)
	case b < 0x40 && len(d.seq) < sequenceLimit:
		d.seq = append(d.seq, b)
		return Key{}, false
	case b < 0x40:
		return Key{}, false
	}
	d.state = ground
	name := string(append(d.seq, b))
	switch name {
	case pasteStart, pasteEnd:
		d.pasting = name == pasteStart
		return Key{}, false
	}
	if code, known := sequences[name]; known && !d.pasting {
		return Key{Code: code}, true
	}
	return Key{Code: Strange}, true
}
