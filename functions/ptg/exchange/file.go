package exchange

import (
	"fmt"
	"strings"
	"time"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// MaxBytes is how large a file may be.
const MaxBytes = 2 << 20

// File is what a file says. Tracks are named by their keys, but for Tracks.
type File struct {
	Given map[string]bool // the keys that it has; what is not among them is not said

	About     gathering.About // EventID; the rest only where we wrote it
	Voice     bool
	Tracks    []string // as they are shown
	Days      []gathering.Day
	Rooms     []gathering.Room // without codes
	Bookings  []Booking
	Now       map[string]string
	Next      map[string][]string
	Places    map[string]string
	Etherpads map[string]string
	URLs      map[string]string
	Colors    map[string]string
	Banners   []gathering.Banner
	Links     []gathering.Link
	Present   []gathering.CheckIn
	Wanted    []Subscription

	Status     *gathering.Status   // only where we wrote it, as are those below; nil where nothing is said
	Moderators map[string][]string // by track; nil where nothing is said
	Success    []gathering.Remark  // nil where nothing is said
	Thanks     []gathering.Remark  // likewise

	Amended []string // what is taken otherwise than it stands there, a sentence each
	Left    []string // what was passed over, and why, a sentence each
}

// Booking is a spot that a file gives to a track.
type Booking struct {
	Room, Slot string // a name, and a code
	Track      string
}

// Subscription is what a nick wants to be told of.
type Subscription struct{ Nick, Pattern string }

// The keys of a file.
const (
	keyTracks        = "tracks"
	keySlots         = "slots"
	keySchedule      = "schedule"
	keyNow           = "now"
	keyNext          = "next"
	keyLocation      = "location"
	keyEtherpads     = "etherpads"
	keyURLs          = "urls"
	keyColors        = "colors"
	keyMotd          = "motd"
	keyLinks         = "links"
	keyEventID       = "eventid"
	keyVoice         = "voice"
	keyLastCheckIn   = "last_check_in"
	keySubscriptions = "subscriptions"
	keyTimestamp     = "timestamp"
	keyGathering     = "gathering" // ours: what ptgbot has no word for
)

// The keys of a room that are no slots.
const (
	roomURL  = "url"
	roomDesc = "desc"
	roomIcon = "cap_icon"
	roomTip  = "cap_desc"
)

// timeForm is how ptgbot writes times. It has no zone; ours, and those of its servers, are UTC.
const timeForm = time.DateTime

// Mistakes are what is wrong with a file, each with where it is: "schedule.Aspen.MonA1: …".
type Mistakes []string //nolint:errname // it is a list of them

// mostShown is how many mistakes a sentence has.
const mostShown = 10

func (m Mistakes) Error() string {
	list := m[:min(len(m), mostShown)]
	text := strings.Join(list, "; ")
	if more := len(m) - len(list); more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return text
}
