package config

import (
	"fmt"
	"slices"
	"strings"
)

// The built-in roles. A team's own roles are any other names under roles.
const (
	Viewer   = "viewer"   // may look
	Operator = "operator" // may start and stop; implies viewer
	Approver = "approver" // may sign off; implies viewer
	Force    = "force"    // may let a job through that waits for a sign-off
	Admin    = "admin"    // everything, the team's own roles included, but force
)

// requester stands in a sign-off for whoever asked for the job. No configuration gives it: it is nobody else's.
const requester = "requester"

// implied lists what a role brings along. Force is never implied: pushing a job past a sign-off is given by name only.
var implied = map[string][]string{
	Operator: {Viewer},
	Approver: {Viewer},
	Admin:    {Operator, Approver, Viewer},
}

// RolesOf lists the roles of somebody, implied ones included, sorted. The first name is their principal; the others are
// what else roles may know them by, such as groups.
func (f *File) RolesOf(who ...string) []string {
	var roles []string
	for role, members := range f.Roles {
		if slices.ContainsFunc(members, func(m string) bool { return f.matches(m, who) }) {
			roles = append(roles, role)
			roles = append(roles, implied[role]...)
		}
	}
	if slices.Contains(roles, Admin) { // and the team's own, as Grant says
		for role := range f.Roles {
			if role != Force {
				roles = append(roles, role)
			}
		}
	}
	slices.Sort(roles)
	return slices.Compact(roles)
}

// Grant says what in the configuration gives somebody a role: "roles.operator lists telnet:ann". Names are as in RolesOf.
func (f *File) Grant(role string, who ...string) (string, bool) {
	for _, holder := range f.holders(role) {
		for _, member := range f.Roles[holder] {
			if !f.matches(member, who) {
				continue
			}
			sentence := fmt.Sprintf("roles.%s lists %s", holder, member)
			if holder != role {
				sentence += fmt.Sprintf(" (%s implies %s)", holder, role)
			}
			return sentence, true
		}
	}
	return "", false
}

// Who lists the principals, groups and people that have a role, implied ones included, as the configuration writes them.
func (f *File) Who(role string) []string {
	var who []string
	for _, holder := range f.holders(role) {
		who = append(who, f.Roles[holder]...)
	}
	slices.Sort(who)
	return slices.Compact(who)
}

// holders lists the roles that give role: itself first, then those that imply it. An admin has every role of the
// team's own too.
func (f *File) holders(role string) []string {
	holders := []string{role}
	for _, other := range []string{Operator, Approver, Admin} {
		if other != role && slices.Contains(implied[other], role) {
			holders = append(holders, other)
		}
	}
	if role != Force && role != requester && !slices.Contains(holders, Admin) {
		holders = append(holders, Admin)
	}
	return holders
}

// matches compares a member as written with somebody's names, the principal first. "telnet:*" is everybody of that door,
// "github-write:acme/*" everybody who may write to some repository there;
// "person:ann" is looked up for the principal and never compared with a name, so that no door can claim to be it.
func (f *File) matches(member string, who []string) bool {
	if person, ok := SplitPerson(member); ok {
		return len(who) > 0 && f.Person(who[0]) == person && person != ""
	}
	if door, all := strings.CutSuffix(member, ":*"); all {
		return slices.ContainsFunc(who, func(name string) bool { return strings.HasPrefix(name, door+":") })
	}
	if below, all := strings.CutSuffix(member, "/*"); all {
		return slices.ContainsFunc(who, func(name string) bool { return strings.HasPrefix(name, below+"/") })
	}
	return slices.Contains(who, member)
}

func (f *File) checkRoles() error {
	for role, members := range f.Roles {
		if role == requester {
			return fmt.Errorf("roles.%s: that is whoever asked for a job, and cannot be given; choose another name", role)
		}
		for _, member := range members {
			door, name, ok := strings.Cut(member, ":")
			if !ok || door == "" || name == "" {
				return fmt.Errorf("roles.%s: %q is not a principal; write door:name, such as telnet:ann or slack:U123", role, member)
			}
			if isIRC := door == "irc" || strings.HasPrefix(door, "irc-"); isIRC && member != strings.ToLower(member) {
				return fmt.Errorf("roles.%s: %q: names on IRC are written in small letters", role, member)
			}
			if _, known := f.People[name]; door == personKind && !known {
				return fmt.Errorf("roles.%s: %q is nobody: there is no %s under people", role, member, name)
			}
		}
	}
	return nil
}
