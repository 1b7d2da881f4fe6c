package talk

import (
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/command"
	"github.com/handsoff/handsoff/shared/irc"
)

// personOf is who a principal is at whatever door: by the configuration, or because they tied their names together.
func (t *Talk) personOf(g *gathering.Gathering, principal string) string {
	if person := t.world.Person(principal); person != "" {
		principal = person
	}
	return g.Person(principal)
}

// identified reports whether somebody is who they say: a nick of IRC is anybody's.
func identified(principal string) bool { return !strings.HasPrefix(principal, "irc-nick:") }

// addressOf is where a person alone is told something; empty for those who cannot be told.
func addressOf(principal string) string {
	if address, ok := irc.PersonAddress(principal); ok {
		return address
	}
	kind, name, _ := strings.Cut(principal, ":")
	switch {
	case kind == "slack", strings.HasPrefix(kind, "slack-"):
		return "slack:" + name
	case kind == "telnet":
		return principal
	}
	return ""
}

// inGroup reports whether a door vouches that somebody belongs to a group, such as the operators, of one of the gathering's
// channels.
func (t *Talk) inGroup(u *utterance, group func(network, channel string) string) bool {
	for _, channel := range t.channelsOf(u.g.ID) {
		if place, ok := irc.ParseAddress(channel); ok && place.Channel != "" && slices.Contains(u.Groups, group(place.Network, place.Channel)) {
			return true
		}
	}
	return false
}

// organises reports whether somebody may say the words of organisers.
func (t *Talk) organises(u *utterance) bool {
	return slices.Contains(u.Roles, t.settings.Organisers) || t.settings.IRCOps && t.inGroup(u, irc.Op)
}

// voiced reports whether somebody may speak for any track.
func (t *Talk) voiced(u *utterance) bool {
	return t.organises(u) || t.inGroup(u, irc.Op) || t.inGroup(u, irc.Voice) ||
		t.settings.Moderators != "" && slices.Contains(u.Roles, t.settings.Moderators)
}

// moderates reports whether somebody is among the moderators of a track.
func (t *Talk) moderates(u *utterance, track string) bool {
	return identified(u.By) && slices.ContainsFunc(u.g.Moderators[track], func(who string) bool {
		return who == u.By || t.personOf(u.g, who) == u.person
	})
}

// maySpeakFor refuses those who may not say the words of a track: where voice is required, or the track has moderators, they are for
// those and for people with voice.
func (t *Talk) maySpeakFor(u *utterance, track string) error {
	switch moderated := len(u.g.Moderators[track]) > 0; {
	case !u.g.Voice && !moderated, t.voiced(u), t.moderates(u, track):
		return nil
	case moderated:
		return no(command.CodeForbidden, "#%s has moderators, and only they and people with voice may say that: %s",
			track, called(u.g, u.g.Moderators[track]))
	}
	return no(command.CodeForbidden, "Need voice to issue commands")
}

// mayOrganise refuses those who are no organisers.
func (t *Talk) mayOrganise(u *utterance) error {
	if t.organises(u) {
		return nil
	}
	if t.settings.IRCOps && (strings.HasPrefix(u.By, "irc:") || !identified(u.By)) {
		return no(command.CodeForbidden, "Need op for admin commands")
	}
	return no(command.CodeForbidden, "Need the role %s for admin commands", t.settings.Organisers)
}

// Organises refuses whoever may not do what takes much away from a gathering, with a sentence for them: what Groups and Roles a
// job has, and the gathering's channels, decide.
func (t *Talk) Organises(g *gathering.Gathering, by string, groups, roles []string) error {
	return t.mayOrganise(&utterance{Saying: Saying{By: by, Groups: groups, Roles: roles}, g: g})
}
