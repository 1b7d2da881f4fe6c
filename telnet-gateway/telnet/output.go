package telnet

import "bytes"

// Write queues text for the client: LF becomes CR LF, a CR that moves the cursor becomes CR NUL, and IAC is doubled.
func (p *Protocol) Write(text string) {
	for i := range len(text) {
		b := text[i]
		if b != '\n' {
			p.closeCR()
		}
		switch {
		case b == '\n' && !p.lastCR:
			p.out = append(p.out, '\r', '\n')
		case Command(b) == IAC:
			p.out = append(p.out, byte(IAC), byte(IAC))
		default:
			p.out = append(p.out, b)
		}
		p.lastCR = b == '\r'
	}
}

// SendMark asks the client to say when it has processed all that was written so far. A Mark event is the answer.
func (p *Protocol) SendMark() {
	p.marks++
	p.say(Do, TimingMark)
}

// Take hands over the bytes to be sent.
func (p *Protocol) Take() []byte {
	p.closeCR()
	out := p.out
	p.out = nil
	return out
}

// closeCR finishes a CR that no LF followed, as RFC 854 wants unless BINARY is in force.
func (p *Protocol) closeCR() {
	if p.lastCR && !p.neg.uses(sideUs, Binary) {
		p.out = append(p.out, 0)
	}
	p.lastCR = false
}

func (p *Protocol) say(c Command, o Option) { p.raw(byte(IAC), byte(c), byte(o)) }

func (p *Protocol) raw(b ...byte) {
	p.closeCR()
	p.out = append(p.out, bytes.Clone(b)...)
}
