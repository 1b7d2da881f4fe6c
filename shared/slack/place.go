package slack

// Place is where something is shown in Slack. Its zero value is nowhere.
type Place struct {
	Channel string // "C123", "D123", "G123", or a person "U123" (their direct messages, see conversations.open)
	Thread  string // ts of the thread's root, "1700000000.000100"; empty for the channel itself
}

// ParsePlace reads an address, "slack:C123/1700000000.000100"; false when it is none of Slack.
func ParsePlace(address string) (Place, bool) { return Place{}, false }

// Address writes a place as an address that jobs are watched from.
func (p Place) Address() string { return "" }

// Person reports whether the place is a person, whose direct messages must be opened first.
func (p Place) Person() bool { return false }
