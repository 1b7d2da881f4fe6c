package payload

import "strings"

// single are the signs that make an escape with one backslash.
const single = `"\/bfnrt`

// quoted reads a text. Without escapes it is a part of the whole.
func (d *decoder) quoted() (string, error) {
	begin := d.at + 1
	i := plain(d.text, begin)
	if i == len(d.text) || d.text[i] < ' ' {
		return "", errJSON
	}
	if d.text[i] == '\\' {
		return d.escaped(begin, i)
	}
	d.at = i + 1
	return d.text[begin:i], nil
}

// plain passes what stands for itself in a text: it gives where the first quote, backslash or control sign is, from i on, or
// the end. Eight signs are looked at together, by the usual trick: of a word less ones the high bit of each byte tells which
// bytes were zero.
func plain(text string, i int) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(text); i += 8 {
		s := text[i : i+8]
		w := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		quote, slash := w^(ones*'"'), w^(ones*'\\')
		if ((quote-ones)&^quote|(slash-ones)&^slash|(w-ones*' ')&^w)&highs != 0 {
			break
		}
	}
	for ; i < len(text); i++ {
		if c := text[i]; c == '"' || c == '\\' || c < ' ' {
			return i
		}
	}
	return len(text)
}

// escaped reads a text from where its first escape stands.
func (d *decoder) escaped(begin, i int) (string, error) {
	var b strings.Builder
	b.WriteString(d.text[begin:i])
	for i < len(d.text) {
		c := d.text[i]
		switch {
		case c == '"':
			d.at = i + 1
			return b.String(), nil
		case c == '\\':
			size := d.escape(&b, i)
			if size == 0 {
				return "", errJSON
			}
			i += size
			continue
		case c < ' ':
			return "", errJSON
		}
		b.WriteByte(c)
		i++
	}
	return "", errJSON
}

// escape writes what the escape at i stands for, and gives its length; 0 when it is none.
func (d *decoder) escape(b *strings.Builder, i int) int {
	if i+1 == len(d.text) {
		return 0
	}
	if at := strings.IndexByte(single, d.text[i+1]); at >= 0 {
		b.WriteByte("\"\\/\b\f\n\r\t"[at])
		return len(`\n`)
	}
	r := d.unit(i)
	if r < 0 {
		return 0
	}
	const one, two = len(`\u0000`), len(`\u0000\u0000`)
	if r >= 0xD800 && r < 0xDC00 { // a pair's first half
		if low := d.unit(i + one); low >= 0xDC00 && low < 0xE000 {
			b.WriteRune((r-0xD800)<<10 + (low - 0xDC00) + 0x10000)
			return two
		}
	}
	b.WriteRune(r) // half a pair alone is the replacement character
	return one
}

// unit is the UTF-16 unit of the \u escape at i; -1 when there is none.
func (d *decoder) unit(i int) rune {
	const size = len(`\u0000`)
	if i+size > len(d.text) || d.text[i] != '\\' || d.text[i+1] != 'u' {
		return -1
	}
	r := rune(0)
	for _, c := range []byte(d.text[i+2 : i+size]) {
		digit := strings.IndexByte("0123456789abcdef", c|0x20)
		if digit < 0 || c < '0' {
			return -1
		}
		r = r<<4 + rune(digit)
	}
	return r
}
