package payload

import "strconv"

// number reads a number: int when it is whole and fits, float64 when not.
func (d *decoder) number() (any, error) {
	begin := d.at
	isWhole, ok := d.form()
	if !ok {
		return nil, errJSON
	}
	text := d.text[begin:d.at]
	if isWhole {
		if n, err := strconv.Atoi(text); err == nil {
			return n, nil
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, errJSON // too large for any number
	}
	return f, nil
}

// form passes a number's form. It reports whether the number is whole, and whether it is one.
func (d *decoder) form() (isWhole, ok bool) {
	d.skip('-')
	digits := d.at
	if d.digits(); d.at == digits || d.text[digits] == '0' && d.at > digits+1 {
		return false, false
	}
	isWhole = true
	if d.skip('.') {
		isWhole = false
		if !d.digits() {
			return false, false
		}
	}
	if d.skip('e') || d.skip('E') {
		isWhole = false
		if !d.skip('-') {
			d.skip('+')
		}
		if !d.digits() {
			return false, false
		}
	}
	return isWhole, true
}

func (d *decoder) skip(c byte) bool {
	if d.at < len(d.text) && d.text[d.at] == c {
		d.at++
		return true
	}
	return false
}

func (d *decoder) digits() bool {
	begin := d.at
	for d.at < len(d.text) && d.text[d.at] >= '0' && d.text[d.at] <= '9' {
		d.at++
	}
	return d.at > begin
}
