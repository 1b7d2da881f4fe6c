package main

import (
	"context"

	"github.com/handsoff/handsoff/shared/slack"
)

// memberOf lists in which of the user groups that roles name somebody is.
func (p *people) memberOf(ctx context.Context, id string) ([]string, error) {
	groups, err := p.app.MemberOf(ctx, p.memory, p.groups, id)
	if slack.KindOf(err) == slack.Refused {
		// The scope is missing, say. Who has a role by name keeps it; nobody gets one that cannot be checked.
		p.log.ErrorContext(ctx, "Slack does not tell who is in which user group, so those give nobody a role", "error", err)
		return nil, nil
	}
	return groups, err
}

// groupsChanged forgets who is in which group.
func (p *people) groupsChanged(ctx context.Context) error {
	return p.memory.Forget(ctx, slack.GroupsKey)
}
