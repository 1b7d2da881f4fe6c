package github

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// Permission is what somebody may do in a repository. Each includes those before it.
type Permission int

// The permissions, as GitHub names them.
const (
	MayNothing Permission = iota // nothing, not even to see it
	MayRead
	MayTriage
	MayWrite
	MayMaintain
	MayAdmin
)

var permissionNames = [...]string{"none", "read", "triage", "write", "maintain", "admin"}

// String is GitHub's name of it.
func (p Permission) String() string {
	if p < MayNothing || p > MayAdmin {
		return permissionNames[MayNothing]
	}
	return permissionNames[p]
}

// ParsePermission reads GitHub's name of a permission, "pull" and "push" too; false when it is none.
func ParsePermission(text string) (Permission, bool) {
	switch text {
	case "pull":
		return MayRead, true
	case "push":
		return MayWrite, true
	}
	for p, name := range permissionNames {
		if name == text {
			return Permission(p), true
		}
	}
	return MayNothing, false
}

// Groups are what a permission makes somebody in a repository, implied ones too: "github-read:acme/app",
// "github-triage:acme/app", …; none for MayNothing.
func (p Permission) Groups(owner, repo string) []string {
	var groups []string
	for q := MayRead; q <= min(p, MayAdmin); q++ {
		groups = append(groups, "github-"+q.String()+":"+strings.ToLower(owner+"/"+repo))
	}
	return groups
}

// login is what can be the login of an account, an App's "name[bot]" too.
var login = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_-]{0,99}(\[bot\])?$`)

// level is GitHub's answer about a permission; go-github leaves role_name out.
type level struct {
	Permission string `json:"permission"` // admin, write, read or none: maintain counts as write, triage as read
	Role       string `json:"role_name"`  // the same with all five, or the name of an organisation's own role
	User       struct {
		ID int64 `json:"id"`
	} `json:"user"`
}

// Permission asks GitHub what an account may do in a repository at this moment. id is the account's number as the event
// had it: an account that took the login of another one since has none of its permissions. Who GitHub does not know, or
// who is no collaborator, has none. An error says that it could not be asked, and nothing about the permission; one of the kind
// Gone says that the repository itself is not there for us.
//
// Source: https://docs.github.com/rest/collaborators/collaborators#get-repository-permissions-for-a-user
func (a *App) Permission(ctx context.Context, owner, repo, account string, id int64) (Permission, error) {
	doing := "ask GitHub what " + account + " may do in " + owner + "/" + repo
	if !IsOwner(owner) || !IsRepo(repo) || !login.MatchString(account) || id <= 0 {
		return MayNothing, nil
	}
	client, err := a.ClientFor(ctx, owner, repo)
	if err != nil {
		return MayNothing, err
	}
	path := fmt.Sprintf("repos/%s/%s/collaborators/%s/permission", owner, repo, url.PathEscape(account))
	request, err := client.NewRequest(http.MethodGet, path, nil)
	if err != nil {
		return MayNothing, Classify(doing, err)
	}
	var answer level
	switch _, err := client.Do(ctx, request, &answer); {
	case KindOf(err) == Gone:
		_, _, err := client.Repositories.Get(ctx, owner, repo) // the same answer stands for both
		return MayNothing, Classify(doing, err)
	case err != nil:
		return MayNothing, Classify(doing, err)
	case answer.User.ID != id:
		return MayNothing, nil
	}
	return answer.permission(), nil
}

// permission is the role by name, and for an organisation's own role what that is based on. The two never disagree at
// GitHub; should they, the lesser counts.
func (l level) permission() Permission {
	base, known := ParsePermission(l.Permission)
	if !known {
		return MayNothing
	}
	role, known := ParsePermission(l.Role)
	if !known {
		return base
	}
	switch role {
	case MayMaintain:
		return min(role, base+1)
	case MayTriage:
		return min(role, base+1)
	default:
		return min(role, base)
	}
}
