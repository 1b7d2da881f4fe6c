package telnet

// subLimit bounds a subnegotiation, in bytes. The longest that is wanted is a terminal's name (40 letters, RFC 1091).
const subLimit = 256

// token is what the parser cuts out of the stream: either data, or one command.
type token struct {
	data    []byte // plain bytes, IAC IAC undone, CR LF and CR NUL made CR; nil for a command
	command Command
	option  Option // of WILL, WONT, DO, DONT and a subnegotiation
	sub     []byte // what stood between SB <option> and SE; nil when it was over subLimit
}

type parserState int

const (
	plain parserState = iota
	afterIAC
	afterVerb
	afterSB
	inSub
	inSubAfterIAC
)

// parser cuts a telnet stream into tokens. It keeps what is needed between calls, so the bytes may be split anywhere.
type parser struct {
	state   parserState
	verb    Command
	option  Option
	sub     []byte
	long    bool // the subnegotiation went over subLimit
	afterCR bool
}

// next cuts the first token off in. It returns how many bytes it took, and ok false when they ran out before a token was whole.
func (p *parser) next(in []byte) (t token, taken int, ok bool) {
	for i, b := range in {
		if p.state == plain && Command(b) != IAC && !p.swallows(b) {
			t, taken = p.run(in[i:])
			return t, i + taken, true
		}
		if t, ok = p.step(b); ok {
			return t, i + 1, true
		}
	}
	return token{}, len(in), false
}

// swallows reports whether b is the second byte of a line's end, or filling that means nothing.
func (p *parser) swallows(b byte) bool {
	second := p.afterCR && b == '\n'
	p.afterCR = false
	return second || b == 0
}

// run takes plain bytes for as long as they need nothing undone. in is not empty and its first byte is wanted.
func (p *parser) run(in []byte) (token, int) {
	n := 0
	for n < len(in) && Command(in[n]) != IAC && in[n] != 0 {
		n++
		if in[n-1] == '\r' {
			p.afterCR = true
			break
		}
	}
	return token{data: in[:n:n]}, n
}

// step takes one byte of a command.
func (p *parser) step(b byte) (token, bool) {
	switch p.state {
	case plain:
		if Command(b) == IAC {
			p.state = afterIAC
		}
	case afterIAC:
		return p.command(Command(b))
	case afterVerb:
		p.state = plain
		return token{command: p.verb, option: Option(b)}, true
	case afterSB:
		p.state, p.option, p.sub, p.long = inSub, Option(b), p.sub[:0], false
	case inSub:
		if Command(b) == IAC {
			p.state = inSubAfterIAC
		} else {
			p.keep(b)
		}
	case inSubAfterIAC:
		return p.subCommand(Command(b))
	}
	return token{}, false
}

func (p *parser) command(c Command) (token, bool) {
	p.state = plain
	switch c {
	case IAC:
		p.afterCR = false
		return token{data: []byte{byte(IAC)}}, true
	case Will, Wont, Do, Dont:
		p.state, p.verb = afterVerb, c
		return token{}, false
	case SubBegin:
		p.state = afterSB
		return token{}, false
	case EndOfFile, Suspend, Abort, SubEnd, NoOperation, DataMark, Break, InterruptProcess, AbortOutput,
		AreYouThere, EraseCharacter, EraseLine, GoAhead:
	}
	return token{command: c}, true
}

// subCommand takes the byte after an IAC inside a subnegotiation. Anything but IAC and SE means that the end was
// forgotten; the command then counts as one.
func (p *parser) subCommand(c Command) (token, bool) {
	switch c {
	case IAC:
		p.state = inSub
		p.keep(byte(IAC))
		return token{}, false
	case SubEnd:
		p.state = plain
		if p.long {
			return token{}, false
		}
		return token{command: SubBegin, option: p.option, sub: p.sub}, true
	default:
		return p.command(c)
	}
}

func (p *parser) keep(b byte) {
	if len(p.sub) >= subLimit {
		p.long = true
		return
	}
	p.sub = append(p.sub, b)
}
