package command

import (
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/config"
)

// RoleAnyone is the role of commands that everybody may use, also who has no role at all.
const RoleAnyone = "anyone"

// Roles says who may do what; the configuration is one.
type Roles interface {
	// RolesOf lists somebody's roles, implied ones included. The first name is their principal; the others are what else
	// roles may know them by, such as groups.
	RolesOf(who ...string) []string
	// Grant says what gives somebody a role, "roles.operator lists telnet:ann". Names are as in RolesOf.
	Grant(role string, who ...string) (sentence string, ok bool)
	// Who lists what has a role: principals, groups, people; "telnet:*" is everybody of a door.
	Who(role string) []string
}

// Granted says what lets somebody use a command that needs a role. Names are as in [Roles].
func Granted(roles Roles, role string, who ...string) (sentence string, ok bool) {
	if role == RoleAnyone {
		return "everybody may", true
	}
	return roles.Grant(role, who...)
}

// Refusal is the sentence for somebody who lacks a role: which one, what they have, and who could. Names are as in [Roles].
func Refusal(roles Roles, what, role string, who ...string) string {
	has := "no role"
	if own := roles.RolesOf(who...); len(own) > 0 {
		has = chat.Series(own, "and")
	}
	return what + " needs the role " + role + "; you have " + has + ". " + could(roles.Who(role))
}

// could names those who could do it; of many, the first ones and how many others. Rules and schedules are nobody whom one could ask.
func could(able []string) string {
	const most = 3
	able = slices.DeleteFunc(slices.Clone(able), func(who string) bool {
		return strings.HasPrefix(who, "rule:") || strings.HasPrefix(who, "schedule:")
	})
	for i, who := range able {
		able[i] = named(who)
	}
	switch n := len(able); {
	case n == 0:
		return "Nobody has that role yet; whoever keeps the configuration can give it there, under roles."
	case n > most:
		return strings.Join(able[:most], ", ") + " and " + chat.Count(n-most, "other") + " could do it."
	default:
		return chat.Series(able, "or") + " could do it."
	}
}

// named is an entry under roles as a sentence names it.
func named(member string) string {
	if door, everybody := strings.CutSuffix(member, ":*"); everybody {
		return "everybody on " + door
	}
	if person, ok := config.SplitPerson(member); ok {
		return person
	}
	if config.IsGroup(member) {
		return "everybody in " + member
	}
	return member
}
