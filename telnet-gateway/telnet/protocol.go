package telnet

import (
	"encoding/binary"
	"strings"
)

// Kind says what an event is.
type Kind int

// The kinds of events.
const (
	Data        Kind = iota // Event.Data was typed
	Interrupt               // the client's interrupt key: IP, BRK or ABORT
	Erase                   // erase the last character
	EraseAll                // erase the line
	End                     // the client's end-of-file key
	ThereYet                // are you there?
	Mode                    // ECHO or SUPPRESS GO AHEAD changed; ask CharacterMode
	Window                  // Event.Width and Height are the window's
	Type                    // Event.Terminal is the terminal's type
	Mark                    // the client has processed everything written before the oldest open SendMark
	Flush                   // the client threw away what it had not shown yet, and shows again from here
	Unrequested             // an option was negotiated that this server had not asked for
)

// Event is one thing that the client did.
type Event struct {
	Kind          Kind
	Data          []byte // valid until the next call of Next or Feed
	Width, Height int
	Terminal      string
}

// Protocol is one connection's state. It is for one goroutine.
type Protocol struct {
	parser parser
	neg    negotiator
	in     []byte // not yet parsed
	out    []byte // to be sent
	lastCR bool   // out ends with a CR whose second byte is not decided yet
	marks  int    // SendMark calls without an answer
	spoken bool
	asked  bool // the terminal's type was asked for
	sized  bool
	typed  bool
}

// New makes the state of a connection on which nothing has been said.
func New() *Protocol {
	p := &Protocol{}
	p.neg.send = p.say
	p.neg.want[sideUs] = map[Option]bool{Echo: true, SuppressGoAhead: true, Binary: true}
	p.neg.want[sideThem] = map[Option]bool{SuppressGoAhead: true, Binary: true, TerminalType: true, WindowSize: true}
	return p
}

// Greet offers character mode and asks for the window's size and the terminal's type.
func (p *Protocol) Greet() {
	p.neg.ask(sideUs, SuppressGoAhead, true)
	p.neg.ask(sideUs, Echo, true)
	p.neg.ask(sideThem, TerminalType, true)
	p.neg.ask(sideThem, WindowSize, true)
}

// HideInput asks the client not to show what is typed, by promising an echo that never comes; false takes that back.
// In character mode the server echoes anyway, and only the caller's own echo matters.
func (p *Protocol) HideInput(hide bool) {
	if p.neg.uses(sideUs, SuppressGoAhead) && !hide {
		return
	}
	p.neg.ask(sideUs, Echo, hide)
}

// CharacterMode reports whether the client sends each key at once and leaves the echo to the server.
func (p *Protocol) CharacterMode() bool {
	return p.neg.uses(sideUs, Echo) && p.neg.uses(sideUs, SuppressGoAhead)
}

// Spoken reports whether the client has ever said anything that only a telnet client says.
func (p *Protocol) Spoken() bool { return p.spoken }

// Settled reports whether the client has answered all that Greet asked.
func (p *Protocol) Settled() bool {
	pending := func(side int, o Option) bool {
		at := p.neg.at[side][o]
		return at != on && at != off
	}
	return !pending(sideUs, Echo) && !pending(sideUs, SuppressGoAhead) && !pending(sideThem, WindowSize) &&
		!pending(sideThem, TerminalType) && (p.typed || !p.neg.uses(sideThem, TerminalType)) &&
		(p.sized || !p.neg.uses(sideThem, WindowSize))
}

// Feed hands in what was read. The bytes are kept until Next has taken them.
func (p *Protocol) Feed(in []byte) { p.in = append(p.in, in...) }

// Next gives the next event, and false when the bytes are used up.
func (p *Protocol) Next() (Event, bool) {
	for len(p.in) > 0 {
		t, n, ok := p.parser.next(p.in)
		p.in = p.in[n:]
		if !ok {
			break
		}
		if t.data != nil {
			return Event{Kind: Data, Data: t.data}, true
		}
		p.spoken = true
		if e, ok := p.act(t); ok {
			return e, true
		}
	}
	if len(p.in) == 0 {
		p.in = nil
	}
	return Event{}, false
}

func (p *Protocol) act(t token) (Event, bool) {
	switch t.command {
	case InterruptProcess, Break, Abort:
		return Event{Kind: Interrupt}, true
	case EraseCharacter:
		return Event{Kind: Erase}, true
	case EraseLine:
		return Event{Kind: EraseAll}, true
	case EndOfFile:
		return Event{Kind: End}, true
	case AreYouThere:
		return Event{Kind: ThereYet}, true
	case Will, Wont, Do, Dont:
		return p.option(t.command, t.option)
	case SubBegin:
		return p.subnegotiation(t.option, t.sub)
	case Suspend, SubEnd, NoOperation, DataMark, AbortOutput, GoAhead, IAC:
		// Nothing is suspended here, and no output is ever given up: it may be what a job had to say.
	}
	return Event{}, false
}

func (p *Protocol) option(c Command, o Option) (Event, bool) {
	if o == TimingMark {
		return p.timingMark(c)
	}
	sent := len(p.out)
	changed := p.neg.receive(c, o)
	switch {
	case o == TerminalType && p.neg.uses(sideThem, o) && !p.asked:
		p.asked = true
		p.raw(byte(IAC), byte(SubBegin), byte(TerminalType), typeSend, byte(IAC), byte(SubEnd))
	case changed && (o == Echo || o == SuppressGoAhead):
		return Event{Kind: Mode}, true
	case len(p.out) != sent:
		return Event{Kind: Unrequested}, true
	}
	return Event{}, false
}

// timingMark is outside the negotiation's states: a DO is a request, and a WILL or WONT answers one of ours.
func (p *Protocol) timingMark(c Command) (Event, bool) {
	switch c {
	case Do:
		p.say(Will, TimingMark)
		return Event{Kind: Flush}, true
	case Will, Wont:
		if p.marks > 0 {
			p.marks--
			return Event{Kind: Mark}, true
		}
	}
	return Event{}, false
}

func (p *Protocol) subnegotiation(o Option, sub []byte) (Event, bool) {
	switch {
	case o == WindowSize && len(sub) == 4:
		p.sized = true
		width, height := binary.BigEndian.Uint16(sub), binary.BigEndian.Uint16(sub[2:])
		return Event{Kind: Window, Width: int(width), Height: int(height)}, true
	case o == TerminalType && len(sub) > 1 && sub[0] == typeIs:
		p.typed = true
		return Event{Kind: Type, Terminal: strings.ToLower(string(sub[1:]))}, true
	}
	return Event{}, false
}
