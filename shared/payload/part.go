package payload

// Part is a value of JSON that is read as far as somebody looks into it, an object at a time: of what GitHub sends much is
// looked for, and little of it is there. A nil Part is a value that is not there. One goroutine at a time may use it.
type Part struct {
	text   string
	opened bool
	fields map[string]string // unread
	inner  map[string]*Part  // those of the fields that were looked into
}

// Open is a JSON object, as [Fields] reads it.
func Open(text []byte) (*Part, error) {
	fields, err := Fields(text)
	if err != nil {
		return nil, err
	}
	return &Part{opened: true, fields: fields}, nil
}

// Fields are the fields of an object, unread; none of anything else. Nobody may change them.
func (p *Part) Fields() map[string]string {
	if p == nil {
		return nil
	}
	if !p.opened {
		p.opened = true
		d := &decoder{text: p.text}
		if d.next() == '{' {
			fields := make(map[string]string)
			if d.pairs(0, func(name, value string) { fields[name] = value }) == nil { // it was checked with the whole
				p.fields = fields
			}
		}
	}
	return p.fields
}

// At is a value within it, by the names of fields one below the other; nil when there is none.
func (p *Part) At(path ...string) *Part {
	for _, name := range path {
		p = p.at(name)
	}
	return p
}

func (p *Part) at(name string) *Part {
	text, there := p.Fields()[name]
	if !there {
		return nil
	}
	if known := p.inner[name]; known != nil {
		return known
	}
	if p.inner == nil {
		p.inner = make(map[string]*Part)
	}
	found := &Part{text: text}
	p.inner[name] = found
	return found
}

// Value is the value as [Decode] has it; nil when it is not there, or holds a number that no float64 can. Of a Part that
// [Open] gave it is nil.
func (p *Part) Value() any {
	if p == nil || p.text == "" {
		return nil
	}
	value, err := DecodeText(p.text)
	if err != nil {
		return nil
	}
	return value
}
