package gathering

import (
	"slices"
	"time"
)

// Gathering is the state of one at a version. It and all that hangs on it must not be changed by those who read it.
type Gathering struct {
	ID      string
	Version int64     // how many changes led here; 0 is one that nobody has made yet
	Changed time.Time // when the last one was made

	About         About
	Days          []Day
	Rooms         []Room
	Links         []Link
	Banners       []Banner
	Voice         bool // only those with voice may say the words of tracks
	Status        *Status
	Tracks        map[string]*Track        // by key, see [Key]; so are Now, Next, Places and Moderators
	Now           map[string]*Note         //
	Next          map[string][]Note        // in the order in which they come
	Places        map[string]*Place        //
	Moderators    map[string][]string      // principals and persons
	Bookings      map[Spot]*Booking        //
	Present       map[string]*CheckIn      // by person: those who checked in, also when they left again
	Subscriptions map[string]*Subscription // by person
	Success       []Remark                 // in the order in which they were said
	Thanks        []Remark                 //
	People        map[string]string        // principal → person, of those who tied principals together

	fields map[string]string // as it was read: a field's JSON
}

// About says what it is.
type About struct {
	Name     string `json:"name"`
	Zone     string `json:"zone,omitempty"`     // of the IANA database; empty is UTC
	Starts   string `json:"starts,omitempty"`   // the first day, "2006-01-02", where no day has a date of its own
	Ends     string `json:"ends,omitempty"`     // the last one
	EventID  string `json:"eventid,omitempty"`  // begins the names of its etherpads
	Etherpad string `json:"etherpad,omitempty"` // what etherpads' addresses begin with; empty is [Etherpads]
	URL      string `json:"url,omitempty"`      // its own site
}

// Etherpads is what the address of a track's etherpad begins with, unless the gathering says otherwise.
const Etherpads = "https://etherpad.opendev.org/p/"

// Day is a day of the schedule.
type Day struct {
	Name  string `json:"name"`           // "Monday"
	Date  string `json:"date,omitempty"` // "2006-01-02" in the gathering's zone; see also [Gathering.Date]
	Slots []Slot `json:"slots"`
}

// Slot is a part of a day that can be booked, in the rooms that have it.
type Slot struct {
	Code    string    `json:"code"`              // one word, unique within the gathering: "MonA1"
	Label   string    `json:"label"`             // what people see: "09:00-10:45"
	Start   time.Time `json:"start,omitzero"`    // UTC; see also [Gathering.Span]
	Minutes int       `json:"minutes,omitempty"` // how long it takes, where that is known
}

// Room is a room.
type Room struct {
	Name  string   `json:"name"`
	Code  string   `json:"code"`           // one short word made of the name, unique within the gathering
	URL   string   `json:"url,omitempty"`  // its meeting
	Note  string   `json:"note,omitempty"` // "Fits a team of 10"
	Icon  string   `json:"icon,omitempty"` // a glyphicon's name
	Tip   string   `json:"tip,omitempty"`  // what the icon means
	Slots []string `json:"slots"`          // the codes of the slots that it can be booked for
}

// Has reports whether a room can be booked for a slot at all.
func (r *Room) Has(slot string) bool {
	return slices.Contains(r.Slots, slot)
}

// Link is one of the useful links.
type Link struct {
	Title string `json:"title"`
	URL   string `json:"url"`
}

// Author is who changes something, or did.
type Author struct {
	Principal string `json:"principal"`
	Name      string `json:"name"` // what people call them
}

// Banner is a message above all pages.
type Banner struct {
	Level string    `json:"level"` // one of [Levels]
	Text  string    `json:"text"`
	By    Author    `json:"by,omitzero"`
	At    time.Time `json:"at,omitzero"`
}

// Levels are how urgent a banner can be.
var Levels = []string{"info", "success", "warning", "danger"}

// Status is what those in charge tell everybody, until it is over.
type Status struct {
	Kind string    `json:"kind"` // alert or notice
	Text string    `json:"text"`
	By   Author    `json:"by"`
	At   time.Time `json:"at"`
}

// Track is what people meet for.
type Track struct {
	Name     string    `json:"name"`               // as it was typed; its key is in lower case
	Color    string    `json:"color"`              // as CSS has it: a name, #rgb or #rrggbb
	URL      string    `json:"url,omitempty"`      // its meeting, instead of the room's
	Etherpad string    `json:"etherpad,omitempty"` // instead of the one made of the gathering's
	By       Author    `json:"by,omitzero"`        // who made it
	At       time.Time `json:"at,omitzero"`
}

// Note is what somebody said of a track.
type Note struct {
	Text string    `json:"text"`
	By   Author    `json:"by,omitzero"`
	At   time.Time `json:"at,omitzero"`
}

// Place is where a track is.
type Place struct {
	Text string    `json:"text"`
	By   Author    `json:"by,omitzero"`
	At   time.Time `json:"at,omitzero"`
	Own  bool      `json:"own,omitempty"` // somebody said so; else it was looked up in the schedule
}

// Spot is a slot of a room.
type Spot struct {
	Room string // its code
	Slot string // its code
}

// Booking says whose a spot is.
type Booking struct {
	Track string    `json:"track"` // its key
	By    Author    `json:"by,omitzero"`
	At    time.Time `json:"at,omitzero"`
	File  bool      `json:"file,omitempty"` // a file brought it, and a later file may take it away
}

// CheckIn says where a person is, or was.
type CheckIn struct {
	Name  string    `json:"name"`            // what people call them
	Place string    `json:"place"`           // as they said, or # and the track's name
	Track string    `json:"track,omitempty"` // the track's key, when it is one
	In    time.Time `json:"in"`
	Out   time.Time `json:"out,omitzero"` // when they left; zero while they are there
}

// Subscription says what a person wants to be told of: what matches the pattern, or the tracks.
type Subscription struct {
	Name    string    `json:"name"`              // what people call them
	Pattern string    `json:"pattern,omitempty"` // RE2, matched with any case against "#track now text"
	Tracks  []string  `json:"tracks,omitempty"`  // keys
	Address string    `json:"address"`           // where they are told
	At      time.Time `json:"at"`
}

// Remark is a success, or thanks.
type Remark struct {
	Number int64     `json:"-"` // counted from 1
	Text   string    `json:"text"`
	By     Author    `json:"by"`
	At     time.Time `json:"at"`
	Where  string    `json:"where,omitempty"` // the address where it was said
}
