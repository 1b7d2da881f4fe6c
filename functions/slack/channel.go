package main

import (
	"context"
	"log/slog"
	"regexp"
	"strings"
	"time"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/slack"
)

// channelLife is how long a channel's name is believed without asking again.
const channelLife = time.Hour

// channelForm is a channel that a line names by its id alone: what Slack sends for "#nova" where it keeps the name to itself.
var channelForm = regexp.MustCompile(`(^|\s)#(C[A-Z0-9]{6,31})\b`)

// channels finds the names of channels.
type channels struct {
	app    *slack.App
	memory *slack.Memory
	log    *slog.Logger
}

// named is a line in which people mean a word by a channel's link, "#nova now …", with the channels' names in place of their
// ids. Other lines mean channels, and stay as they are.
func (n *channels) named(ctx context.Context, line string) (string, error) {
	const most = 3
	first, _, _ := strings.Cut(line, " ")
	if _, _, marked := command.Prefixed(line); !marked && !strings.EqualFold(first, "ptg") && !strings.EqualFold(first, "in") {
		return line, nil
	}
	for i, found := range channelForm.FindAllStringSubmatch(line, -1) {
		if i == most {
			break
		}
		name, err := n.name(ctx, found[2])
		if err != nil {
			return line, err
		}
		if name != "" {
			line = strings.Replace(line, "#"+found[2], "#"+name, 1)
		}
	}
	return line, nil
}

// name is a channel's name; empty for one that Slack does not tell us of.
func (n *channels) name(ctx context.Context, id string) (string, error) {
	return slack.Kept(ctx, n.memory, job.Prefix+"slack:channel:"+id, channelLife, func(ctx context.Context) (string, error) {
		c, err := n.app.Client.GetConversationInfoContext(ctx, &goslack.GetConversationInfoInput{ChannelID: id})
		err = slack.Classify("look for "+id, err)
		if kind := slack.KindOf(err); kind == slack.Gone || kind == slack.Refused {
			n.log.WarnContext(ctx, "Slack does not tell the name of a channel", "channel", id, "error", err)
			return "", nil
		}
		if err != nil {
			return "", err
		}
		return c.Name, nil
	})
}
