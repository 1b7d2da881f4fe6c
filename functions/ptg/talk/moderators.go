package talk

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/command"
)

// moderatorsOf is the word with the track behind it: moderators <track> [add|del <who>].
func (t *Talk) moderatorsOf(ctx context.Context, u *utterance) (string, error) {
	if len(u.rest) == 0 {
		return "", wrong("Missing track (moderators TRACK [add|del WHO])")
	}
	track, _, err := u.g.Track(u.rest[0])
	if err != nil {
		return "", t.unknownTrack(u, u.rest[0], err)
	}
	return t.moderators(ctx, u, track)
}

// moderators says who moderates a track, or changes that. Organisers may, and who moderates it already.
func (t *Talk) moderators(ctx context.Context, u *utterance, track string) (string, error) {
	rest := u.rest[1:]
	if len(rest) == 0 {
		if list := u.g.Moderators[track]; len(list) > 0 {
			return "Moderators of #" + track + ": " + called(u.g, list), nil
		}
		return "#" + track + " has no moderators: who may speak for any track may speak for it", nil
	}
	if !t.organises(u) && !t.moderates(u, track) {
		return "", no(command.CodeForbidden, "Only organisers and the moderators of #%s say who moderates it", track)
	}
	enter := map[string]func(*gathering.Draft, string, string) error{
		"add": (*gathering.Draft).AddModerator, "del": (*gathering.Draft).DelModerator,
	}[strings.ToLower(rest[0])]
	if enter == nil || len(rest) < 2 {
		return "", wrong("Missing parameters (#TRACK moderators [add|del WHO])")
	}
	return t.change(ctx, u, func(d *gathering.Draft) (string, error) {
		for _, name := range rest[1:] {
			who, err := t.whoIs(u, d.Gathering, strings.Trim(name, ","), track)
			if err != nil {
				return "", err
			}
			if err := enter(d, track, who); err != nil {
				return "", err
			}
		}
		return "Moderators of #" + track + ": " + cmp.Or(called(d.Gathering, d.Moderators[track]), "nobody"), nil
	})
}

// called lists people by their names, with the accounts that have a say behind them.
func called(g *gathering.Gathering, list []string) string {
	names, people := g.Names(), make([]string, len(list))
	for i, who := range list {
		people[i] = who
		if name := names[who]; name != "" {
			people[i] = name + " (" + who + ")"
		}
	}
	return strings.Join(people, ", ")
}

// whoIs is the principal that somebody names: as it is written, or by the name at the door where it is said.
func (t *Talk) whoIs(u *utterance, g *gathering.Gathering, name, track string) (string, error) {
	name = strings.TrimPrefix(name, "@")
	who := name
	switch {
	case slices.Contains(g.Moderators[track], name):
	case !command.IsPrincipal(name):
		kind, rest, _ := strings.Cut(u.By, ":")
		network, _, isIRC := strings.Cut(rest, "/")
		switch {
		case isIRC && strings.HasPrefix(kind, "irc"):
			who = "irc:" + network + "/" + strings.ToLower(name)
		case kind == "telnet":
			who = "telnet:" + name
		default:
			return "", wrong("Say who %s is with the door before it, such as irc:oftc/%s or telnet:%s, or mention them", short(name), short(name), short(name))
		}
	}
	if !identified(who) || !command.IsPrincipal(who) || strings.HasSuffix(who, ":*") {
		return "", no(command.CodeForbidden, "%s cannot moderate: a nick alone is anybody's; they need an account", short(name))
	}
	return who, nil
}
