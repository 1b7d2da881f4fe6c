package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/shared/command"
)

// Permissions are what somebody may do with a repository of GitHub's, each with those before it.
var Permissions = []string{"read", "triage", "write", "maintain", "admin"}

// Party is somebody whom a rule names under needs or unless: whoever has a permission on the repository, a role, or is one
// principal or of one group. Exactly one field is set.
type Party struct {
	Permission string // one of Permissions
	Role       string // "operator"
	Principal  string // "github:583231", "github-write:acme/app"
}

// Who is whoever made an event happen, for [Party.Is].
type Who struct {
	Principal  string
	Groups     []string // what the source vouches for, as in event.Author
	Roles      []string // by the configuration, implied ones included
	Permission string   // theirs on the repository, as GitHub says just now; empty when nobody asked, or they have none
	Repository string   // which one, as in Facts.Project
}

// Is reports whether somebody is meant.
func (p Party) Is(w Who) bool {
	switch {
	case p.Role != "":
		return slices.Contains(w.Roles, p.Role)
	case p.Principal != "":
		return p.Principal == w.Principal || slices.Contains(w.Groups, p.Principal)
	}
	need := slices.Index(Permissions, p.Permission)
	if need < 0 {
		return false
	}
	if slices.Index(Permissions, w.Permission) >= need {
		return true
	}
	vouched := fmt.Sprintf("github-%s:%s", p.Permission, strings.ToLower(w.Repository))
	return w.Repository != "" && slices.Contains(w.Groups, vouched)
}

// String is the party as a rule names it.
func (p Party) String() string {
	switch {
	case p.Role != "":
		return "role:" + p.Role
	case p.Principal != "":
		return p.Principal
	}
	return p.Permission
}

func parseParty(text string) (Party, error) {
	role, isRole := strings.CutPrefix(text, "role:")
	switch {
	case slices.Contains(Permissions, text):
		return Party{Permission: text}, nil
	case isRole && role != "" && command.IsPrincipal(text):
		return Party{Role: role}, nil
	case !isRole && command.IsPrincipal(text):
		return Party{Principal: text}, nil
	}
	return Party{}, fmt.Errorf("%q is not one of %s, role:<role>, or a principal such as github:583231%s",
		text, strings.Join(Permissions, ", "), command.Meant(text, Permissions))
}
