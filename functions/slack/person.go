package main

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	goslack "github.com/slack-go/slack"

	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/config"
	"github.com/handsoff/handsoff/shared/job"
	"github.com/handsoff/handsoff/shared/slack"
)

// personLife is how long what Slack says of a person is believed without asking again.
const personLife = 5 * time.Minute

// person is who asks for something.
type person struct {
	ID        string   // "U123"
	Principal string   // "slack:U123", see principalOf
	Name      string   // what people see of them; it may be anybody's
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
	memory *slack.Memory
	groups []string // ids of the user groups that roles name
	log    *slog.Logger
}

func newPeople(app *slack.App, memory *slack.Memory, roles *config.File, log *slog.Logger) *people {
	return &people{app: app, memory: memory, groups: slack.GroupsOf(roles), log: log}
}

// profile is what is kept of a person.
type profile struct {
	Team        string `json:"team"`
	Name        string `json:"name,omitempty"`
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
		return person{}, err
	}
	who := person{ID: id, Name: known.Name, Principal: principalOf(id, known, p.app.Home(self, known.Team))}
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

// profile is what Slack said of a person, a while ago or now.
func (p *people) profile(ctx context.Context, id string) (profile, error) {
	return slack.Kept(ctx, p.memory, personKey(id), personLife, func(ctx context.Context) (profile, error) { return p.ask(ctx, id) })
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
		Name:        command.DisplayName(cmp.Or(user.Profile.DisplayName, user.RealName, user.Name)),
		Deactivated: user.Deleted,
		Bot:         user.IsBot || user.IsWorkflowBot || user.IsConnectorBot,
		Guest:       user.IsRestricted || user.IsUltraRestricted,
		Stranger:    user.IsStranger,
		Unknown:     !slack.IsID(user.TeamID, slack.Teams),
	}
}

// changed forgets what is kept of a person.
func (p *people) changed(ctx context.Context, id string) error {
	return p.memory.Forget(ctx, personKey(id))
}
