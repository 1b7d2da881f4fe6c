package telnet

// position is where one side's use of one option stands: the states of RFC 1143.
type position uint8

const (
	off        position = iota
	turningOn           // asked for, not yet answered
	on                  //
	turningOff          // given up, not yet answered
	onThenOff           // asked for, and not wanted any more before the answer came
	offThenOn           // given up, and wanted again before the answer came
)

// The sides of an option.
const (
	sideUs   = 0 // what this server does: WILL, answered by DO
	sideThem = 1 // what the client does: DO, answered by WILL
)

// negotiator keeps both sides' use of all options. It answers only when something changes, or to refuse, so that two
// ends cannot answer each other for ever.
type negotiator struct {
	at   [2][256]position
	want [2]map[Option]bool // the options that may be used when the client asks
	send func(Command, Option)
}

// yes and no are the words with which this server says what side it wants an option on.
func yes(side int) Command { return [...]Command{Will, Do}[side] }
func no(side int) Command  { return [...]Command{Wont, Dont}[side] }

// uses reports whether the option is in force.
func (n *negotiator) uses(side int, o Option) bool {
	return n.at[side][o] == on
}

// ask starts the option's use, or its end.
func (n *negotiator) ask(side int, o Option, enable bool) {
	at := &n.at[side][o]
	if enable {
		switch *at {
		case off:
			*at = turningOn
			n.send(yes(side), o)
		case turningOff:
			*at = offThenOn
		case onThenOff:
			*at = turningOn
		case turningOn, on, offThenOn:
		}
		return
	}
	switch *at {
	case on:
		*at = turningOff
		n.send(no(side), o)
	case turningOn:
		*at = onThenOff
	case offThenOn:
		*at = turningOff
	case off, turningOff, onThenOff:
	}
}

// receive takes what the client said about an option. It reports whether the option's use changed.
func (n *negotiator) receive(c Command, o Option) bool {
	switch c {
	case Will:
		return n.agreed(sideThem, o)
	case Do:
		return n.agreed(sideUs, o)
	case Wont:
		return n.refused(sideThem, o)
	case Dont:
		return n.refused(sideUs, o)
	}
	return false
}

// agreed takes WILL (for their side) or DO (for ours).
func (n *negotiator) agreed(side int, o Option) bool {
	at := &n.at[side][o]
	switch *at {
	case off:
		if !n.want[side][o] {
			n.send(no(side), o)
			return false
		}
		*at = on
		n.send(yes(side), o)
		return true
	case turningOn:
		*at = on
		return true
	case onThenOff:
		*at = turningOff
		n.send(no(side), o)
		return false
	case turningOff: // an answer that RFC 1143 calls an error: they agreed to what was given up
		*at = off
		return true
	case offThenOn: // likewise
		*at = on
		return false
	case on:
	}
	return false
}

// refused takes WONT (for their side) or DONT (for ours).
func (n *negotiator) refused(side int, o Option) bool {
	at := &n.at[side][o]
	switch *at {
	case on:
		*at = off
		n.send(no(side), o)
		return true
	case turningOff:
		*at = off
		return true
	case offThenOn:
		*at = turningOn
		n.send(yes(side), o)
		return false
	case turningOn, onThenOff:
		*at = off
		return true
	case off:
	}
	return false
}
