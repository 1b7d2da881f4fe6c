package main

import (
	"context"
	"slices"
	"strings"
	"time"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/slack"
)

const (
	// groupPrefix begins a user group's name in the configuration's roles.
	groupPrefix = "slack-group:"
	// groupsLife is how long members of user groups are believed without asking again.
	groupsLife = 2 * time.Minute
	groupsKey  = job.Prefix + "slack:groups"
)

// groupsOf lists the ids of the user groups that roles name.
func groupsOf(file *config.File) []string {
	var ids []string
	for _, members := range file.Roles {
		for _, member := range members {
			if id, is := strings.CutPrefix(member, groupPrefix); is {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// memberOf lists in which of the user groups that roles name somebody is. While no role names one, Slack is not asked.
func (p *people) memberOf(ctx context.Context, id string) ([]string, error) {
	if len(p.groups) == 0 {
		return nil, nil
	}
	members, err := p.members(ctx)
	if slack.KindOf(err) == slack.Refused {
		// The scope is missing, say. Who has a role by name keeps it; nobody gets one that cannot be checked.
		p.log.ErrorContext(ctx, "Slack does not tell who is in which user group, so those give nobody a role", "error", err)
		return nil, nil
	}
	var groups []string
	for group, ids := range members {
		if slices.Contains(ids, id) {
			groups = append(groups, groupPrefix+group)
		}
	}
	slices.Sort(groups)
	return groups, err
}

// members is who is in which group.
func (p *people) members(ctx context.Context) (map[string][]string, error) {
	return kept(ctx, p, groupsKey, groupsLife, func(ctx context.Context) (map[string][]string, error) {
		list, err := p.app.Client.GetUserGroupsContext(ctx, goslack.GetUserGroupsOptionIncludeUsers(true))
		if err != nil {
			return nil, slack.Classify("ask who is in which user group", err)
		}
		members := make(map[string][]string)
		for _, group := range list {
			if p.named(group.ID) && group.DateDelete == 0 {
				members[group.ID] = group.Users
			}
		}
		return members, nil
	})
}

// named reports whether some role names a group, or all of them.
func (p *people) named(group string) bool {
	return slices.Contains(p.groups, group) || slices.Contains(p.groups, "*")
}

// groupsChanged forgets who is in which group.
func (p *people) groupsChanged(ctx context.Context) error { return forget(ctx, p.rdb, groupsKey) }
