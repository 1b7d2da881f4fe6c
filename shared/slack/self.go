package slack

import (
	"context"

	"github.com/handsoff/handsoff/shared/job"
)

// selfKey is a string: who we are, JSON.
const selfKey = job.Prefix + "slack:self"

// Self is who we are in Slack.
type Self struct {
	UserID string `json:"user_id"` // of the bot's user, "U0BOT": what people mention
	BotID  string `json:"bot_id"`  // "B0BOT": the author of our messages
	TeamID string `json:"team_id"` // the home team, "T0HOME"
	URL    string `json:"url"`     // of the workspace, "https://example.slack.com/"
}

// Self is who we are. Slack is asked (auth.test) once a day; in between, and while Slack is down, the remembered answer
// holds. The answer for another token, or one whose token Slack refuses now, does not.
func (a *App) Self(ctx context.Context) (Self, error) { return a.self.Get(ctx, a.askSelf) }

func (a *App) askSelf(ctx context.Context) (Self, error) {
	answer, err := a.Client.AuthTestContext(ctx)
	if err != nil {
		return Self{}, Classify("ask Slack who we are", err)
	}
	return Self{UserID: answer.UserID, BotID: answer.BotID, TeamID: answer.TeamID, URL: answer.URL}, nil
}

func passing(err error) bool {
	kind := KindOf(err)
	return kind == Down || kind == RateLimited
}
