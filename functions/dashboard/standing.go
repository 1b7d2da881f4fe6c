package main

import (
	"context"
	"fmt"
	"strings"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/functions/dashboard/session"
	"github.com/handsoff/handsoff/shared/slack"
)

// slackUser is the id in a principal of somebody at Slack, "slack:U0ANN", "slack-guest:U0GUEST" or "slack-T0OTHER:U0EVE"; "" for
// anybody else.
func slackUser(principal string) string {
	kind, id, _ := strings.Cut(principal, ":")
	team, other := strings.CutPrefix(kind, "slack-")
	if kind+":" != slackPrincipal && (!other || team != "guest" && !slack.IsID(team, slack.Teams)) || !slack.IsID(id, slack.Users) {
		return ""
	}
	return id
}

// stands asks Slack whether somebody is still who they were: an account that was deactivated is nobody's, and one that became a
// guest's has another name there, with other roles. The error is [session.ErrGone] for those.
func (g *groups) stands(ctx context.Context, principal string) error {
	id := slackUser(principal)
	user, err := g.app.Client.GetUserInfoContext(ctx, id)
	if err = slack.Classify("ask who "+id+" is", err); slack.KindOf(err) == slack.Gone {
		return fmt.Errorf("%w: Slack does not know %s", session.ErrGone, id)
	}
	if err != nil {
		return err
	}
	self, err := g.app.Self(ctx)
	if err != nil {
		return err
	}
	if now := standing(id, user, g.app.Home(self, user.TeamID) || user.TeamID != "" && user.TeamID == g.team); now != principal {
		return fmt.Errorf("%w: %s is %q now", session.ErrGone, principal, now)
	}
	return nil
}

// standing is the principal that the door slack would give somebody; "" for one to whom it does not listen.
func standing(id string, user *goslack.User, home bool) string {
	switch {
	case user.Deleted || user.IsBot || user.IsWorkflowBot || user.IsConnectorBot || !slack.IsID(user.TeamID, slack.Teams):
		return ""
	case !home || user.IsStranger:
		return "slack-" + user.TeamID + ":" + id
	case user.IsRestricted || user.IsUltraRestricted:
		return "slack-guest:" + id
	default:
		return slackPrincipal + id
	}
}
