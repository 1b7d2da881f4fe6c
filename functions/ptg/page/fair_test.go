package page_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
)

var fairTracks = strings.Fields(`API-SIG Airship Ansible-OpenStack Barbican Blazar Cinder Congress Cyborg Designate Documentation Edge First-Contact
	Fast-Forward Glance Heat Horizon I18n Infrastructure Interop Ironic K8s Kayobe Keystone Kolla Kuryr LOCI Manila Masakari Mistral
	Monasca Neutron Nova Octavia Ops-Meetup Oslo QA Release-Mgmt Requirements Rocky Sahara Self-Healing Swift TripleO Watcher`)

var fairRooms = strings.Split("Aspen,Breckenridge,Durango,Snowmass,Steamboat,Vail,Ballroom A,Ballroom B,Ballroom C,Ballroom D,Big Thompson,"+
	"Blanca Peak,Crestone Peak,Longs Peak,Grays Peak,Private Dining Room,Platte River,Telluride A,Telluride B,Winter Park,Cripple Creek,"+
	"Colorado Ballroom-East,Wind Star", ",")

var fairTopics = []string{
	"Cells v2: what is left for Stein, with #Cinder and #Neutron https://etherpad.openstack.org/p/nova-ptg-stein",
	"Cross-project: upgrade checkers", "Retrospective", "Bare metal allocation API, notes at https://etherpad.openstack.org/p/ironic-stein",
	"Team photo at 11:20 in the lobby!", "Edge use cases: one hour with #Keystone and #Glance", "Zuul v3 jobs, who still needs help?",
	"Community goals: Python 3 first, WSGI next", "Onboarding newcomers", "Placement extraction – the plan, the people and the order in which repositories move",
}

// fair is a gathering as large as they are.
func fair(d *gathering.Draft) error {
	var rooms []gathering.Room
	for i, name := range fairRooms {
		room := gathering.Room{Name: name, Slots: allSlots()}
		switch {
		case i == 1:
			room.Note = "Fits a team of 10"
		case i == 6:
			room.URL, room.Icon, room.Tip = "https://meet.example/ballroom-a", "facetime-video", "Has a camera"
		case i > 17:
			room.Slots = allSlots()[:8]
		}
		rooms = append(rooms, room)
	}
	err := errors.Join(d.AddTracks(fairTracks...), d.SetDays(days()), d.SetRooms(rooms))
	for i := range rooms {
		for j, slot := range rooms[i].Slots {
			if (i*7+j)%5 == 0 {
				continue
			}
			spot := gathering.Spot{Room: d.Rooms[i].Code, Slot: slot}
			err = errors.Join(err, d.Book(fairTracks[(i*2+j/2)%len(fairTracks)], spot))
		}
	}
	for i := range 14 {
		track := fairTracks[(i*3+1)%len(fairTracks)]
		err = errors.Join(err, d.SetNow(track, fairTopics[i%len(fairTopics)]))
		for j := range i % 3 {
			err = errors.Join(err, d.AddNext(track, fairTopics[(i+j+3)%len(fairTopics)]))
		}
	}
	for i := range 40 {
		err = errors.Join(err, second(d.CheckIn(fmt.Sprintf("irc:oftc/p%d", i), fmt.Sprintf("person%d", i), "#"+fairTracks[(i*3%15*3+1)%len(fairTracks)])))
	}
	for i := range 6 {
		err = errors.Join(err, d.AddSuccess(fairTopics[i]+" done", "irc:oftc/#denver"), d.AddThanks("to the #Infrastructure team for a quick fix", ""))
	}
	return errors.Join(err,
		d.SetColor("Nova", "#f8ac29"), d.SetColor("Swift", "teal"),
		d.AddBanner("info", "Lunch is served in the Colorado Ballroom from 12:30, see https://ptg.example/lunch"),
		d.AddBanner("danger", "The fire alarm will be tested at 14:00"),
		d.SetLinks([]gathering.Link{{Title: "Map of the hotel", URL: "https://maps.example/"}, {Title: "Code of conduct", URL: "https://ptg.example/conduct"}}),
	)
}
