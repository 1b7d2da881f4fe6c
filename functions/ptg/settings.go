package main

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/talk"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/irc"
)

// usualDocs is where people find out what they can say.
const usualDocs = "https://github.com/handsoff/handsoff/blob/main/docs/ptg.md"

// section is the configuration's section ptg.
type section struct {
	URL          string           `yaml:"url"`           // under which people open the pages; empty where answers need not name it
	Docs         string           `yaml:"docs"`          // usualDocs when empty
	Channels     []string         `yaml:"channels"`      // addresses in which lines with a mark are about the current event
	Events       map[string]event `yaml:"events"`        // by id: events with channels of their own
	IRCOps       *bool            `yaml:"irc_ops"`       // whether operators of these channels are organisers; true when it is left out
	Organisers   string           `yaml:"organisers"`    // a role; admin when empty
	Moderators   string           `yaml:"moderators"`    // a role that may speak for any track; nobody has it when empty
	Status       string           `yaml:"status"`        // the role that may say #status; admin when empty
	Announce     []string         `yaml:"announce"`      // further addresses that a #status reaches
	Fetch        []string         `yaml:"fetch"`         // hosts from which ~fetchdb may fetch
	FetchPrivate bool             `yaml:"fetch_private"` // whether they may be of this machine's own networks
	Example      bool             `yaml:"example"`       // whether there is an example to look at where there is no event
}

// event are the settings of one event.
type event struct {
	Channels []string `yaml:"channels"`
}

// usualRole has the words of organisers where the configuration names no other.
const usualRole = "admin"

// readSettings reads the section; it reports whether there is one.
func readSettings(file *config.File) (*section, bool, error) {
	s := &section{Docs: usualDocs, Organisers: usualRole, Status: usualRole}
	there, err := file.Section("ptg", s)
	if err != nil {
		return nil, there, err
	}
	if err := s.check(); err != nil {
		return nil, there, fmt.Errorf("config: ptg: %w", err)
	}
	return s, there, nil
}

func (s *section) check() error {
	s.URL = strings.TrimSuffix(s.URL, "/")
	for _, address := range []string{s.URL, s.Docs} {
		if u, err := url.Parse(address); address != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
			return fmt.Errorf("%q is not an address of a page; write https://host/path", address)
		}
	}
	seen := make(map[string]string)
	for id, e := range s.Events {
		for _, channel := range e.Channels {
			if other := seen[strings.ToLower(channel)]; other != "" {
				return fmt.Errorf("%s is a channel of %s and of %s: lines there could be about either", channel, other, id)
			}
			seen[strings.ToLower(channel)] = id
		}
	}
	for _, channel := range s.Channels {
		if other := seen[strings.ToLower(channel)]; other != "" {
			return fmt.Errorf("%s is a channel of %s, and so cannot be one of the current event", channel, other)
		}
	}
	for _, address := range s.addresses() {
		if err := checkAddress(address); err != nil {
			return err
		}
	}
	return nil
}

// addresses are all that the section names.
func (s *section) addresses() []string {
	all := append(append([]string{}, s.Channels...), s.Announce...)
	for _, e := range s.Events {
		all = append(all, e.Channels...)
	}
	return all
}

// checkAddress refuses what is no place at a door.
func checkAddress(address string) error {
	door, where, ok := strings.Cut(address, ":")
	if _, isPlace := irc.ParseAddress(address); door == irc.Door && !isPlace {
		return fmt.Errorf("%q is not an address; write irc:network/#channel", address)
	}
	if !ok || door == "" || where == "" || where == "*" {
		return fmt.Errorf("%q is not an address; write door:where, such as irc:oftc/#channel or slack:C123", address)
	}
	return nil
}

// talk are the settings of the grammar.
func (s *section) talk() talk.Settings {
	events := make(map[string][]string, len(s.Events))
	for id, e := range s.Events {
		events[id] = folded(e.Channels)
	}
	return talk.Settings{
		Channels: folded(s.Channels), Events: events, IRCOps: s.IRCOps == nil || *s.IRCOps,
		Organisers: s.Organisers, Moderators: s.Moderators, Status: s.Status,
		Announce: folded(s.Announce), URL: s.URL, Docs: s.Docs,
	}
}

// folded are addresses as the doors write them: a channel of IRC has one name, however people write it, and is told something once.
func folded(addresses []string) []string {
	list := make([]string, len(addresses))
	for i, address := range addresses {
		list[i] = address
		if place, ok := irc.ParseAddress(address); ok && place.Channel != "" {
			list[i] = irc.ChannelAddress(place.Network, place.Channel)
		}
	}
	return list
}
