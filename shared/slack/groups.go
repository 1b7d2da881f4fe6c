package slack

import (
	"context"
	"slices"
	"strings"
	"time"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
)

const (
	// GroupPrefix begins a user group's name in the configuration's roles.
	GroupPrefix = "slack-group:"
	// GroupsKey is a string: who is in which user group that roles name, JSON. Whoever asked keeps it for the others.
	GroupsKey = job.Prefix + "slack:groups"
	// GroupsLife is how long members of user groups are believed without asking again.
	GroupsLife = 2 * time.Minute
)

// GroupsOf lists the ids of the user groups that roles name; "*" for all of them.
func GroupsOf(file *config.File) []string {
	var ids []string
	for _, members := range file.Roles {
		for _, member := range members {
			if id, is := strings.CutPrefix(member, GroupPrefix); is {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// MemberOf lists in which of some user groups somebody is, as roles name those groups. Where none is named, Slack is not asked.
func (a *App) MemberOf(ctx context.Context, m *Memory, named []string, user string) ([]string, error) {
	if len(named) == 0 {
		return nil, nil
	}
	members, err := Kept(ctx, m, GroupsKey, GroupsLife, func(ctx context.Context) (map[string][]string, error) { return a.groups(ctx, named) })
	var groups []string
	for group, users := range members {
		if slices.Contains(users, user) {
			groups = append(groups, GroupPrefix+group)
		}
	}
	slices.Sort(groups)
	return groups, err
}

// groups asks Slack who is in which of some user groups.
func (a *App) groups(ctx context.Context, named []string) (map[string][]string, error) {
	list, err := a.Client.GetUserGroupsContext(ctx, goslack.GetUserGroupsOptionIncludeUsers(true))
	if err != nil {
		return nil, Classify("ask who is in which user group", err)
	}
	members := make(map[string][]string)
	for _, group := range list {
		if (slices.Contains(named, group.ID) || slices.Contains(named, "*")) && group.DateDelete == 0 {
			members[group.ID] = group.Users
		}
	}
	return members, nil
}
