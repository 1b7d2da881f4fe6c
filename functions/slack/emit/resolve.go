package emit

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/chat"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/slack"
)

const (
	// page is how many channels Slack lists in one answer, under 1000: https://docs.slack.dev/reference/methods/conversations.list
	page = 999
	// maxPages bounds a listing.
	maxPages = 20
)

// idForm is a channel's id. Names have no capital letters.
var idForm = regexp.MustCompile(`^[CG][A-Z0-9]{2,30}$`)

// resolve finds the channels that were named, each once. All must be there and be open to us: else the error is a
// [refused] that names what is wrong with each.
func (e *Emitter) resolve(ctx context.Context, named []string) ([]channel, error) {
	wanted := tidy(named)
	switch n := len(wanted); {
	case n == 0:
		return nil, refused("There is no channel to say it in; name some, such as #ops,#dev.")
	case n > maxChannels:
		return nil, refused(fmt.Sprintf("These are %d channels; one message goes to %d at most.", n, maxChannels))
	}
	var all []goslack.Channel
	if slices.ContainsFunc(wanted, func(name string) bool { return !idForm.MatchString(name) }) {
		var err error
		if all, err = e.list(ctx); err != nil {
			return nil, err
		}
	}
	var found []channel
	var wrong []string
	for _, name := range wanted {
		c, err := e.find(ctx, all, name)
		if err != nil {
			return nil, err
		}
		if no := unreachable(c, name, all); no != "" {
			wrong = append(wrong, no)
		} else if !slices.ContainsFunc(found, func(f channel) bool { return f.ID == c.ID }) {
			found = append(found, channel{ID: c.ID, Name: "#" + cmp.Or(c.Name, c.ID)})
		}
	}
	if len(wrong) > 0 {
		return nil, refused(strings.Join(wrong, " "))
	}
	return found, nil
}

// tidy are names as Slack keeps them, each once.
func tidy(named []string) []string {
	var names []string
	for _, name := range named {
		name = strings.TrimLeft(strings.TrimSpace(name), "#")
		if !idForm.MatchString(name) {
			name = strings.ToLower(name)
		}
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// find finds a channel by id or name; nil when there is none that we may know of.
func (e *Emitter) find(ctx context.Context, all []goslack.Channel, name string) (*goslack.Channel, error) {
	for i := range all {
		if all[i].Name == name || all[i].ID == name {
			return &all[i], nil
		}
	}
	if !idForm.MatchString(name) {
		return nil, nil
	}
	c, err := e.Client.GetConversationInfoContext(ctx, &goslack.GetConversationInfoInput{ChannelID: name})
	err = slack.Classify("look for "+name, err)
	if slack.KindOf(err) == slack.Gone {
		return nil, nil
	}
	return c, err
}

// list lists the channels that we may know of: all public ones, and the private ones that we are in.
func (e *Emitter) list(ctx context.Context) ([]goslack.Channel, error) {
	var all []goslack.Channel
	params := goslack.GetConversationsParameters{Limit: page, Types: []string{"public_channel", "private_channel"}}
	for range maxPages {
		some, next, err := e.Client.GetConversationsContext(ctx, &params)
		if err != nil {
			return nil, slack.Classify("list channels", err)
		}
		all = append(all, some...)
		if next == "" {
			return all, nil
		}
		params.Cursor = next
	}
	return nil, refused(fmt.Sprintf("There are more than %d channels to look through; name them by their ids.", maxPages*page))
}

// unreachable says why nothing can be said in a channel; empty when it can.
func unreachable(c *goslack.Channel, name string, all []goslack.Channel) string {
	shown := "#" + chat.Brief(name, 80)
	switch {
	case c == nil:
		return fmt.Sprintf("I know no channel %s%s.", shown, perhaps(name, all))
	case c.IsArchived:
		return fmt.Sprintf("%s is archived.", shown)
	case c.IsPrivate && !c.IsMember:
		return fmt.Sprintf("I am not in %s: invite me there first.", shown)
	case c.IsIM || c.IsMpIM:
		return fmt.Sprintf("%s is no channel.", shown)
	}
	return ""
}

// perhaps names channels that may have been meant. Private ones are not for everybody to know of.
func perhaps(name string, all []goslack.Channel) string {
	var names []string
	for i := range all {
		if c := &all[i]; !c.IsArchived && !c.IsPrivate {
			names = append(names, c.Name)
		}
	}
	near := command.Nearest(name, names)
	if len(near) == 0 {
		return ", or I am not in it"
	}
	return "; perhaps #" + strings.Join(near, " or #")
}
