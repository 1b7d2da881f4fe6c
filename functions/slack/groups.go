package main

import (
	"context"
	"slices"

	"github.com/handsoff/handsoff/shared/slack"
)

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
			groups = append(groups, slack.GroupPrefix+group)
		}
	}
	slices.Sort(groups)
	return groups, err
}

// members is who is in which group.
func (p *people) members(ctx context.Context) (map[string][]string, error) {
	return kept(ctx, p, slack.GroupsKey, slack.GroupsLife, func(ctx context.Context) (map[string][]string, error) {
		return p.app.Groups(ctx, p.groups)
	})
}

// groupsChanged forgets who is in which group.
func (p *people) groupsChanged(ctx context.Context) error { return forget(ctx, p.rdb, slack.GroupsKey) }
