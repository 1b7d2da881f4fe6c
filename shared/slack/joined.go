package slack

import (
	"context"
	"fmt"

	goslack "github.com/slack-go/slack"
)

// Everywhere is the address of all channels in which the bot is, when something is shown.
const Everywhere = scheme + "*"

const (
	// joinedPage is how many channels are listed at once: https://docs.slack.dev/reference/methods/users.conversations
	joinedPage = 200
	// joinedPages bounds a listing.
	joinedPages = 20
)

// Joined are the addresses of the channels in which the bot is, archived ones left out; its direct messages are none. Its errors
// are those of [Classify], and one where there are more than can be listed: what is for all must not reach some of them unnoticed.
func (a *App) Joined(ctx context.Context) ([]string, error) {
	var all []string
	params := goslack.GetConversationsForUserParameters{
		Types: []string{"public_channel", "private_channel"}, Limit: joinedPage, ExcludeArchived: true,
	}
	for range joinedPages {
		some, next, err := a.Client.GetConversationsForUserContext(ctx, &params)
		if err != nil {
			return nil, Classify("list the channels that we are in", err)
		}
		for i := range some {
			all = append(all, Place{Channel: some[i].ID}.Address())
		}
		if params.Cursor = next; next == "" {
			return all, nil
		}
	}
	return nil, fmt.Errorf("list the channels that we are in: Slack has more of them than %d pages of %d", joinedPages, joinedPage)
}
