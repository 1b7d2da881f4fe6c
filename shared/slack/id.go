package slack

import "strings"

// longestID is more characters than Slack's ids have; they may grow.
const longestID = 32

// The first letters of Slack's ids.
const (
	Users    = "UW"  // people and bots; W in an Enterprise Grid
	Channels = "CDG" // channels, direct messages, private channels and groups
	Teams    = "TE"  // workspaces; E is an Enterprise Grid as a whole
	Groups   = "S"   // user groups
	places   = "CDGUW"
)

// IsID reports whether text is an id of Slack that begins with one of the letters, "U0123ABC".
func IsID(text, letters string) bool {
	if len(text) < 2 || len(text) > longestID || strings.IndexByte(letters, text[0]) < 0 {
		return false
	}
	return strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

// IsTimestamp reports whether text is the ts of a message, "1700000000.000100": seconds, a dot, six digits.
func IsTimestamp(text string) bool {
	seconds, rest, ok := strings.Cut(text, ".")
	return ok && len(seconds) >= 1 && len(seconds) <= 12 && len(rest) == 6 && strings.Trim(seconds+rest, "0123456789") == ""
}
