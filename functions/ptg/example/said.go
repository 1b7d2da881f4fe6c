package example

import (
	"time"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

// tracks are those of the example.
var tracks = []string{"cinder", "glance", "ironic", "keystone", "neutron", "nova", "placement", "swift"}

// bookings are whose a room is, by the numbers of the slots of both days.
var bookings = []struct {
	track, room string
	slots       []int
}{
	{"nova", "BigHall", []int{0, 1, 4}},
	{"neutron", "BigHall", []int{2, 5}},
	{"cinder", "Aspen", []int{0, 3}},
	{"swift", "Birch", []int{0, 1}},
	{"keystone", "Aspen", []int{1, 4}},
	{"placement", "Terrace", []int{0}},
	{"ironic", "Birch", []int{3, 6}},
	{"glance", "Aspen", []int{2}},
}

// The people are those of the sandbox's Slack, and some who are only nicks on its IRC.
var (
	ann  = gathering.Author{Principal: "slack:U0ANN", Name: "ann"}
	bob  = gathering.Author{Principal: "slack:U0BOB", Name: "bob"}
	carl = gathering.Author{Principal: "irc-nick:sandbox/carl", Name: "carl"}
	dora = gathering.Author{Principal: "irc-nick:sandbox/dora", Name: "dora"}
	eve  = gathering.Author{Principal: "irc-nick:sandbox/eve", Name: "eve"}
)

// line is what somebody said some time ago.
type line struct {
	by  gathering.Author
	ago time.Duration
	say func(d *gathering.Draft) error
}

var lines = []line{
	{founder, 50 * time.Minute, func(d *gathering.Draft) error {
		return d.AddBanner("info", "This is an example. Say #nova now what you talk of, or +in #nova, and look here.")
	}},
	{ann, 40 * time.Minute, now("nova", "Cells v2: what is left of the single cell, with #placement")},
	{ann, 38 * time.Minute, next("nova", "Live migration between CPU models")},
	{ann, 37 * time.Minute, next("nova", "Release goals")},
	{dora, 25 * time.Minute, now("cinder", "Volume types per project, see https://etherpad.example.org/p/example-cinder")},
	{dora, 24 * time.Minute, next("cinder", "Dropping drivers that nobody tests")},
	{bob, 12 * time.Minute, now("swift", "Erasure codes, the long tail")},
	{carl, 5 * time.Minute, now("placement", "Nested providers in the open air")},
	{ann, 39 * time.Minute, in("#nova")},
	{bob, 30 * time.Minute, in("#swift")},
	{carl, 20 * time.Minute, in("#placement")},
	{dora, 26 * time.Minute, in("#cinder")},
	{eve, 8 * time.Minute, in("#nova")},
	{eve, 3 * time.Minute, func(d *gathering.Draft) error {
		return d.AddSuccess("The gate was green all night", "")
	}},
	{bob, 2 * time.Minute, func(d *gathering.Draft) error { return d.AddThanks("carl for carrying the chairs out", "") }},
}

func now(track, text string) func(*gathering.Draft) error {
	return func(d *gathering.Draft) error { return d.SetNow(track, text) }
}

func next(track, text string) func(*gathering.Draft) error {
	return func(d *gathering.Draft) error { return d.AddNext(track, text) }
}

func in(place string) func(*gathering.Draft) error {
	return func(d *gathering.Draft) error {
		_, err := d.CheckIn(d.By.Principal, d.By.Name, place)
		return err
	}
}
