package command

import (
	"slices"
	"strings"
)

// RoleAnyone is the role of commands that everybody may use, also who has no role at all.
const RoleAnyone = "anyone"

// Roles says who may do what; the configuration is one.
type Roles interface {
	// RolesOf lists a principal's roles, implied ones included.
	RolesOf(principal string) []string
	// Grant says what gives a principal a role, "roles.operator lists telnet:ann".
	Grant(principal, role string) (sentence string, ok bool)
	// Who lists the principals that have a role; "telnet:*" is everybody of a door.
	Who(role string) []string
}

// Granted says what lets a principal use a command that needs a role.
func Granted(roles Roles, principal, role string) (sentence string, ok bool) {
	if role == RoleAnyone {
		return "everybody may", true
	}
	return roles.Grant(principal, role)
}

// Refusal is the sentence for a principal who lacks a role: which one, what they have, and who could.
func Refusal(roles Roles, what, principal, role string) string {
	has := "no role"
	if own := roles.RolesOf(principal); len(own) > 0 {
		has = series(own, "and")
	}
	return what + " needs the role " + role + "; you have " + has + ". " + could(roles.Who(role))
}

// could names those who could do it; of many, the first one and how many others.
func could(able []string) string {
	const most = 3
	able = slices.Clone(able)
	for i, who := range able {
		if door, everybody := strings.CutSuffix(who, ":*"); everybody {
			able[i] = "everybody on " + door
		}
	}
	switch n := len(able); {
	case n == 0:
		return "Nobody has that role yet; who keeps the configuration can give it there, under roles."
	case n > most:
		return able[0] + " and " + count(n-1, "other") + " could do it."
	default:
		return series(able, "or") + " could do it."
	}
}
