package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// personKind begins a person's entry under roles, "person:ann". It is a door's name nowhere.
const personKind = "person"

// groupSuffix ends the kind of a group, "slack-group:S123"; permission begins that of everybody who has one on a repository,
// "github-write:acme/app".
const (
	groupSuffix = "-group"
	permission  = "github-"
)

// ours are the kinds of principals that are no people: they act for a configuration, and read no messages.
var ours = []string{"bot", "cli", "rule", "schedule"}

// Person is the name of the person to whom a principal belongs; "" for one that no person has.
func (f *File) Person(principal string) string { return f.persons[principal] }

// Known lists the principals of whoever this principal is: itself first, then those of the same person at other doors.
//
// It says who somebody is, never what they may do: a role that lists one of them gives it at that door only.
func (f *File) Known(principal string) []string {
	names := []string{principal}
	for _, other := range f.People[f.Person(principal)] {
		if other != principal {
			names = append(names, other)
		}
	}
	return names
}

// Same reports whether two principals are one, or one person's.
func (f *File) Same(a, b string) bool {
	return a == b || f.Person(a) != "" && f.Person(a) == f.Person(b)
}

// Addressees lists where those are told something whom a role's own entries name one by one, implied ones left out: principals,
// and for a person those of every door. Groups, and everybody of a door, are nobody's address.
func (f *File) Addressees(role string) []string {
	var who []string
	for _, member := range f.Roles[role] {
		kind, name, _ := strings.Cut(member, ":")
		switch {
		case kind == personKind:
			who = append(who, f.People[name]...)
		case name != "*" && !IsGroup(member) && !slices.Contains(ours, kind):
			who = append(who, member)
		}
	}
	var addresses []string
	for _, principal := range who {
		if address, ok := addressOf(principal); ok {
			addresses = append(addresses, address)
		}
	}
	slices.Sort(addresses)
	return slices.Compact(addresses)
}

// ranks are what IRC vouches for: whom a channel made an operator, or gave voice, "irc-op:oftc/#nova".
var ranks = []string{"irc-op", "irc-voice"}

// IsGroup reports whether an entry under roles names a group of people, "slack-group:S123" or "github-write:acme/app".
func IsGroup(member string) bool {
	kind, _, ok := strings.Cut(member, ":")
	return ok && (strings.HasSuffix(kind, groupSuffix) || strings.HasPrefix(kind, permission) || slices.Contains(ranks, kind))
}

// addressOf is where one principal is told something; ok is false for whoever cannot be: a nick on IRC may be anybody's by
// then.
func addressOf(principal string) (address string, ok bool) {
	switch kind, name, _ := strings.Cut(principal, ":"); kind {
	case "irc-nick":
		return "", false
	case "irc":
		network, account, _ := strings.Cut(name, "/")
		return kind + ":" + network + "/@" + account, true
	}
	return principal, true
}

// SplitPerson gives the name in "person:ann".
func SplitPerson(member string) (name string, ok bool) {
	return strings.CutPrefix(member, personKind+":")
}

// indexPeople checks the section people, and remembers whose each principal is.
func (f *File) indexPeople() error {
	f.persons = make(map[string]string)
	for _, person := range slices.Sorted(maps.Keys(f.People)) {
		if person == "" || strings.ContainsAny(person, ":* \t\n") {
			return fmt.Errorf("people: %q is not a name; write one word without a colon, such as ann", person)
		}
		for _, principal := range f.People[person] {
			if err := checkDoor(principal); err != nil {
				return fmt.Errorf("people.%s: %w", person, err)
			}
			if other, taken := f.persons[principal]; taken {
				return fmt.Errorf("people.%s: %s belongs to %s already; a principal is one person's", person, principal, other)
			}
			f.persons[principal] = person
		}
	}
	return nil
}

// checkDoor refuses what is not one person at one door.
func checkDoor(principal string) error {
	door, name, ok := strings.Cut(principal, ":")
	if !ok || door == "" || name == "" {
		return fmt.Errorf("%q is not a principal; write door:name, such as telnet:ann or slack:U123", principal)
	}
	if name == "*" || door == personKind || IsGroup(principal) {
		return fmt.Errorf("%q is several people; list principals of one, such as telnet:ann or slack:U123", principal)
	}
	return nil
}
