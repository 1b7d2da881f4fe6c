package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"
	goslack "github.com/slack-go/slack"
	"golang.org/x/sync/singleflight"

	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/slack"
)

const (
	// personLife is how long what Slack says of a person is believed without asking again.
	personLife = 5 * time.Minute
	// forgotten is for how long after a change nothing is kept: an answer that was on its way then may be the old one.
	forgotten = 30 * time.Second
)

// person is who asks for something.
type person struct {
	ID        string   // "U123"
	Principal string   // "slack:U123", see principalOf
	Groups    []string // "slack-group:S123"; only those that some role names
}

// nobodyError says that somebody is not listened to at all.
type nobodyError struct {
	id  string
	why string // names the counter ignored_<why>
}

func (e *nobodyError) Error() string { return "slack: " + e.id + " is not listened to: " + e.why }

// Why somebody is not listened to.
const (
	whyDeactivated = "deactivated"
	whyBot         = "bot"
	whyUnknown     = "unknown"
)

// people finds out who somebody is, by the id alone: a name can be anybody's.
type people struct {
	app    *slack.App
	rdb    redis.UniversalClient
	groups []string // ids of the user groups that roles name
	log    *slog.Logger

	flights singleflight.Group // many commands of one person at once ask Slack once
}

func newPeople(app *slack.App, rdb redis.UniversalClient, roles *config.File, log *slog.Logger) *people {
	return &people{app: app, rdb: rdb, groups: groupsOf(roles), log: log}
}

// profile is what is kept of a person.
type profile struct {
	Team        string `json:"team"`
	Deactivated bool   `json:"deactivated,omitempty"`
	Bot         bool   `json:"bot,omitempty"`
	Guest       bool   `json:"guest,omitempty"`
	Stranger    bool   `json:"stranger,omitempty"`
	Unknown     bool   `json:"unknown,omitempty"`
}

// of says who somebody is. The error is a [nobodyError] for those who are not listened to, and else Slack's or Redis': to
// be tried again.
func (p *people) of(ctx context.Context, id string) (person, error) {
	if !slack.IsID(id, slack.Users) || id == slackbot {
		return person{}, &nobodyError{id, whyUnknown}
	}
	known, err := p.profile(ctx, id)
	if err != nil {
		return person{}, err
	}
	switch {
	case known.Unknown:
		return person{}, &nobodyError{id, whyUnknown}
	case known.Deactivated:
		return person{}, &nobodyError{id, whyDeactivated}
	case known.Bot:
		return person{}, &nobodyError{id, whyBot}
	}
	self, err := p.app.Self(ctx)
	if err != nil {
		return person{}, err //nolint:wrapcheck // says all there is to say
	}
	who := person{ID: id, Principal: principalOf(id, known, p.app.Home(self, known.Team))}
	if who.Principal == "slack:"+id {
		who.Groups, err = p.memberOf(ctx, id)
	}
	return who, err
}

// principalOf is the name under which a person has roles. "slack:*" means the full members of our own teams: a guest, or
// somebody of another team in a shared channel, has another kind of name, and no role unless the configuration gives one.
func principalOf(id string, known profile, home bool) string {
	switch {
	case !home || known.Stranger:
		return "slack-" + known.Team + ":" + id
	case known.Guest:
		return "slack-guest:" + id
	default:
		return "slack:" + id
	}
}

func personKey(id string) string { return job.Prefix + "slack:person:" + id }

// profile reads what is kept of a person, or asks Slack.
func (p *people) profile(ctx context.Context, id string) (profile, error) {
	var known profile
	if found, err := recall(ctx, p.rdb, personKey(id), &known); err != nil || found {
		return known, err
	}
	return shared(ctx, &p.flights, id, func(ctx context.Context) (profile, error) {
		known, err := p.ask(ctx, id)
		if err != nil {
			return known, err
		}
		return known, remember(ctx, p.rdb, personKey(id), known, personLife)
	})
}

// ask asks Slack who somebody is.
func (p *people) ask(ctx context.Context, id string) (profile, error) {
	user, err := p.app.Client.GetUserInfoContext(ctx, id)
	err = slack.Classify("ask who "+id+" is", err)
	switch {
	case slack.KindOf(err) == slack.Gone:
		p.log.WarnContext(ctx, "Slack does not know who sent something", "user", id, "error", err)
		return profile{Unknown: true}, nil
	case err != nil:
		return profile{}, err
	}
	return profileOf(user), nil
}

func profileOf(user *goslack.User) profile {
	return profile{
		Team:        user.TeamID,
		Deactivated: user.Deleted,
		Bot:         user.IsBot || user.IsWorkflowBot || user.IsConnectorBot,
		Guest:       user.IsRestricted || user.IsUltraRestricted,
		Stranger:    user.IsStranger,
		Unknown:     !slack.IsID(user.TeamID, slack.Teams),
	}
}

// changed forgets what is kept of a person.
func (p *people) changed(ctx context.Context, id string) error {
	return forget(ctx, p.rdb, personKey(id))
}

// recall reads what is kept under a key; false when nothing is.
func recall(ctx context.Context, rdb redis.UniversalClient, key string, into any) (bool, error) {
	text, err := rdb.Get(ctx, key).Bytes()
	if errors.Is(err, redis.Nil) || err == nil && len(text) == 0 {
		return false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		return false, fmt.Errorf("slack: read %s: %w", key, err)
	}
	return true, nil
}

// remember keeps something, unless it has been forgotten just now.
func remember(ctx context.Context, rdb redis.UniversalClient, key string, what any, life time.Duration) error {
	text, err := json.Marshal(what)
	if err == nil {
		err = rdb.SetNX(ctx, key, text, life).Err()
	}
	if err != nil {
		return fmt.Errorf("slack: keep %s: %w", key, err)
	}
	return nil
}

// forget puts nothing in the place of what is kept, so that an answer that is on its way is not kept either.
func forget(ctx context.Context, rdb redis.UniversalClient, key string) error {
	if err := rdb.Set(ctx, key, "", forgotten).Err(); err != nil {
		return fmt.Errorf("slack: forget %s: %w", key, err)
	}
	return nil
}

// shared lets those who want the same at the same time ask once. Each waits no longer than its own context.
func shared[T any](ctx context.Context, flights *singleflight.Group, key string, ask func(context.Context) (T, error)) (T, error) {
	// Whoever asks for all of them does not go away when only its own request ends.
	flight := flights.DoChan(key, func() (any, error) { return ask(context.WithoutCancel(ctx)) })
	select {
	case result := <-flight:
		value, _ := result.Val.(T)
		return value, result.Err
	case <-ctx.Done():
		var none T
		return none, fmt.Errorf("slack: ask for %s: %w", key, context.Cause(ctx))
	}
}
