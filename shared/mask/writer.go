package mask

import "io"

// passage is a text on its way through a mask. What may turn out to be the beginning of a secret is held.
type passage struct {
	at     int32  // the node, whose depth is how much must be held
	held   []byte // what was not let through yet
	hidden []span // the parts of held that are a secret's, in order, apart from one another
	masked bool   // the last byte that was let through was a secret's
	out    []byte
}

// span is [from, to) in held.
type span struct{ from, to int }

// take reads text, and lets through all but what must wait for more.
func (p *passage) take(m *Mask, text []byte) {
	before := len(p.held)
	p.held = append(p.held, text...)
	for i, by := range text {
		p.at = m.step(p.at, by)
		if found := int(m.nodes[p.at].found); found > 0 {
			p.hide(span{from: before + i + 1 - found, to: before + i + 1})
		}
	}
	p.let(len(p.held) - int(m.nodes[p.at].depth))
}

// hide adds a span that ends where the reading is.
func (p *passage) hide(s span) {
	for n := len(p.hidden); n > 0 && p.hidden[n-1].to >= s.from; n = len(p.hidden) {
		s.from = min(s.from, p.hidden[n-1].from)
		p.hidden = p.hidden[:n-1]
	}
	p.hidden = append(p.hidden, s)
}

// let lets the first n bytes through.
func (p *passage) let(n int) {
	done := 0
	for done < n {
		if len(p.hidden) == 0 || p.hidden[0].from >= n {
			p.show(p.held[done:n])
			done = n
			break
		}
		s := &p.hidden[0]
		p.show(p.held[done:max(done, s.from)])
		if !p.masked {
			p.out = append(p.out, Stars...)
			p.masked = true
		}
		if s.to > n { // the rest of it follows, under the same stars
			s.from, done = n, n
			break
		}
		done = s.to
		p.hidden = p.hidden[1:]
	}
	p.held = append(p.held[:0], p.held[done:]...)
	for i := range p.hidden {
		p.hidden[i].from -= done
		p.hidden[i].to -= done
	}
}

func (p *passage) show(text []byte) {
	if len(text) > 0 {
		p.out, p.masked = append(p.out, text...), false
	}
}

// Writer masks what streams through it. It belongs to one goroutine.
type Writer struct {
	mask *Mask
	to   io.Writer
	passage
}

// Writer passes on to w what it is given, masked. Only what may be the beginning of a secret is held until more comes or
// until Flush.
func (m *Mask) Writer(w io.Writer) *Writer { return &Writer{mask: m, to: w} }

// Write implements io.Writer.
func (w *Writer) Write(text []byte) (int, error) {
	if w.mask.empty() {
		return w.to.Write(text)
	}
	w.take(w.mask, text)
	if err := w.pass(); err != nil {
		return 0, err
	}
	return len(text), nil
}

// Flush passes on what was held, since nothing follows.
func (w *Writer) Flush() error {
	w.let(len(w.held))
	w.at = 0
	return w.pass()
}

func (w *Writer) pass() error {
	if len(w.out) == 0 {
		return nil
	}
	_, err := w.to.Write(w.out)
	w.out = w.out[:0]
	return err
}
