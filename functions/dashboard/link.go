package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"github.com/handsoff/handsoff/functions/dashboard/session"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/function"
)

// desk answers the command dashboard.
type desk struct {
	sessions *session.Sessions
	url      string
	log      *slog.Logger
}

func (d *desk) calls() map[string]function.CallFunc {
	return map[string]function.CallFunc{"dashboard": d.link}
}

// private are the doors at which somebody can be told something that nobody else reads.
var private = []string{"telnet", "slack", "irc", "cli"}

// link gives whoever asks a link that logs them in.
func (d *desk) link(ctx context.Context, call command.Call) (command.Answer, error) {
	switch {
	case d.url == "":
		return command.Answer{
			Text:    "I do not know under which address the dashboard is opened: an admin can write it into the configuration, as dashboard.url.",
			Problem: &command.Problem{Code: command.CodeMissing},
		}, nil
	case !slices.Contains(private, call.Origin.Door) || len(call.Cause) > 0:
		return command.Answer{
			Text:    "The dashboard is at " + d.url + "/. A link that logs you in is for you alone, and here others read along: say dashboard to me in telnet, Slack or IRC.",
			Problem: &command.Problem{Code: command.CodeConflict},
		}, nil
	}
	name := call.Name
	if name == "" {
		name = command.NameOf(call.Principal)
	}
	link, tooMany, err := d.sessions.Link(ctx, session.Person{Principal: call.Principal, Name: name, Via: "a link that was asked for at the door " + call.Origin.Door})
	if err != nil {
		return command.Answer{}, err
	}
	if tooMany {
		return command.Answer{
			Text:    "You have asked for many links of late. Wait ten minutes, or use one that you have.",
			Problem: &command.Problem{Code: command.CodeConflict}, Private: true,
		}, nil
	}
	return command.Answer{Text: fmt.Sprintf("This logs you in to the dashboard, once, within five minutes. Give it to nobody:\n%s", link), Private: true}, nil
}
