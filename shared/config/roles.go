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

// implied lists what a role brings along. Force is never implied: pushing a job past a sign-off is given by name only.
var implied = map[string][]string{
	Operator: {Viewer},
	Approver: {Viewer},
	Admin:    {Operator, Approver, Viewer},
}

// RolesOf lists the roles of a principal, implied ones included, sorted.
func (f *File) RolesOf(principal string) []string {
	var roles []string
	for role, members := range f.Roles {
		if slices.ContainsFunc(members, func(m string) bool { return matches(m, principal) }) {
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

// Grant says what in the configuration gives a principal a role: "roles.operator lists telnet:ann".
func (f *File) Grant(principal, role string) (string, bool) {
	for _, holder := range f.holders(role) {
		for _, member := range f.Roles[holder] {
			if !matches(member, principal) {
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

// Who lists the principals that have a role, implied ones included, as the configuration writes them.
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
	if role != Force && !slices.Contains(holders, Admin) {
		holders = append(holders, Admin)
	}
	return holders
}

// matches compares a member as written with a principal; "telnet:*" is everybody of that door.
func matches(member, principal string) bool {
	if door, all := strings.CutSuffix(member, ":*"); all {
		return strings.HasPrefix(principal, door+":")
	}
	return member == principal
}

func checkRoles(roles map[string][]string) error {
	for role, members := range roles {
		for _, member := range members {
			door, name, ok := strings.Cut(member, ":")
			if !ok || door == "" || name == "" {
				return fmt.Errorf("roles.%s: %q is not a principal; write door:name, such as telnet:ann or slack:U123", role, member)
			}
		}
	}
	return nil
}
