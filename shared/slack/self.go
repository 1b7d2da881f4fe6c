package slack

import (
	"context"
	"encoding/json"
	"time"

	"github.com/handsoff/handsoff/shared/job"
)

const (
	// selfLife is after how long Slack is asked again who we are.
	selfLife = 24 * time.Hour
	// selfPause is after how long it is asked again when it did not answer and the remembered answer is used.
	selfPause = time.Minute
	// selfKey is a string: who we are, JSON.
	selfKey = job.Prefix + "slack:self"
)

// Self is who we are in Slack.
type Self struct {
	UserID string    `json:"user_id"` // of the bot's user, "U0BOT": what people mention
	BotID  string    `json:"bot_id"`  // "B0BOT": the author of our messages
	TeamID string    `json:"team_id"` // the home team, "T0HOME"
	URL    string    `json:"url"`     // of the workspace, "https://example.slack.com/"
	At     time.Time `json:"at"`      // when Slack said so
	Token  string    `json:"token"`   // which token it was asked with: the beginning of its SHA-256
}

// Self is who we are. Slack is asked (auth.test) once a day; in between, and while Slack is down, the remembered answer
// holds. The answer for another token, or one whose token Slack refuses now, does not.
func (a *App) Self(ctx context.Context) (Self, error) {
	known, fresh := a.remembered()
	if fresh {
		return known, nil
	}
	if stored := a.stored(ctx); stored.At.After(known.At) {
		known = stored
		if a.now().Sub(known.At) < selfLife {
			a.keep(known, time.Time{})
			return known, nil
		}
	}
	answer, err := a.Client.AuthTestContext(ctx)
	if err != nil {
		err = Classify("ask Slack who we are", err)
		if kind := KindOf(err); known.UserID == "" || (kind != Down && kind != RateLimited) {
			return Self{}, err
		}
		a.keep(known, a.now().Add(selfPause))
		return known, nil
	}
	self := Self{
		UserID: answer.UserID, BotID: answer.BotID, TeamID: answer.TeamID, URL: answer.URL, At: a.now(), Token: a.mark,
	}
	a.keep(self, time.Time{})
	a.store(ctx, self)
	return self, nil
}

// remembered is what this process knows, and whether that is enough.
func (a *App) remembered() (Self, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	return a.known, a.known.UserID != "" && (now.Sub(a.known.At) < selfLife || now.Before(a.again))
}

func (a *App) keep(self Self, again time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.known, a.again = self, again
}

// stored is what Redis knows for this token. A Redis that is away knows nothing: Slack is asked instead.
func (a *App) stored(ctx context.Context) Self {
	if a.redis == nil {
		return Self{}
	}
	text, err := a.redis.Get(ctx, selfKey).Bytes()
	var self Self
	if err != nil || json.Unmarshal(text, &self) != nil || self.Token != a.mark {
		return Self{}
	}
	return self
}

// store is for other processes and for later; what cannot be stored is asked for again.
func (a *App) store(ctx context.Context, self Self) {
	if text, err := json.Marshal(self); err == nil && a.redis != nil {
		_ = a.redis.Set(ctx, selfKey, text, 0).Err()
	}
}
