package slack

import "strings"

// scheme begins every address of Slack.
const scheme = "slack:"

// Place is where something is shown in Slack. Its zero value is nowhere.
type Place struct {
	Channel string // "C123", "D123", "G123", or a person "U123" (their direct messages, see conversations.open)
	Thread  string // ts of the thread's root, "1700000000.000100"; empty for the channel itself
}

// ParsePlace reads an address, "slack:C123/1700000000.000100"; false when it is none of Slack. A person has no threads:
// those are in the channel of the direct messages, "slack:D123/…".
func ParsePlace(address string) (Place, bool) {
	rest, ok := strings.CutPrefix(address, scheme)
	if !ok {
		return Place{}, false
	}
	channel, thread, threaded := strings.Cut(rest, "/")
	p := Place{Channel: channel, Thread: thread}
	if !IsID(channel, places) || (threaded && (!IsTimestamp(thread) || p.Person())) {
		return Place{}, false
	}
	return p, true
}

// Address writes a place as an address that follows jobs; empty for nowhere.
func (p Place) Address() string {
	switch {
	case p.Channel == "":
		return ""
	case p.Thread == "":
		return scheme + p.Channel
	}
	return scheme + p.Channel + "/" + p.Thread
}

// Person reports whether the place is a person, whose direct messages must be opened first.
func (p Place) Person() bool { return IsID(p.Channel, Users) }
