package exchange

import (
	"strings"

	"github.com/handsoff/handsoff/functions/ptg/gathering"
	"github.com/handsoff/handsoff/shared/command"
)

// The names within our own key of what was said.
const (
	nameStatus     = "status"
	nameModerators = "moderators"
	nameSuccess    = "success"
	nameThanks     = "thanks"
)

// said are what reads them.
func (r *reader) said() map[string]func(value, string) {
	return map[string]func(value, string){
		nameStatus:     r.status,
		nameModerators: r.moderators,
		nameSuccess:    func(v value, path string) { r.Success = r.remarks(v, path) },
		nameThanks:     func(v value, path string) { r.Thanks = r.remarks(v, path) },
	}
}

func (r *reader) status(v value, path string) {
	if !r.is(v, object, path) {
		return
	}
	kind := find(v, "kind")
	if kind == nil || kind.text != "alert" && kind.text != "notice" {
		r.wrongf(at(path, "kind"), "is neither alert nor notice")
		return
	}
	s := r.remark(v, path)
	r.Status = &gathering.Status{Kind: kind.text, Text: s.Text, By: s.By, At: s.At}
}

func (r *reader) remarks(v value, path string) []gathering.Remark {
	if !r.is(v, array, path) || !r.few(len(v.items), gathering.MaxRemarks, path) {
		return nil
	}
	list := []gathering.Remark{}
	for i, one := range v.items {
		if r.is(one, object, item(path, i)) {
			list = append(list, r.remark(one, item(path, i)))
		}
	}
	return list
}

// remark is a text with who said it, and when.
func (r *reader) remark(v value, path string) (said gathering.Remark) {
	for _, m := range v.members {
		switch where := at(path, m.name); m.name {
		case "text":
			said.Text = r.word(m.value, where, gathering.CheckText)
		case "name":
			said.By.Name = r.maybe(m.value, where, asIs(gathering.CheckName))
		case "principal":
			said.By.Principal = r.maybe(m.value, where, asIs(checkPrincipal))
		case "at":
			said.At = stampOf(r.word(m.value, where, asIs(checkStamp)))
		case "where":
			said.Where = r.maybe(m.value, where, gathering.CheckText)
		case "kind":
		default:
			r.leavef("%s means nothing here.", where)
		}
	}
	if said.Text == "" {
		r.wrongf(path, "has no text")
	}
	return said
}

// moderators are lists of principals by track.
func (r *reader) moderators(v value, path string) {
	if !r.is(v, object, path) {
		return
	}
	r.Moderators = make(map[string][]string)
	for _, m := range v.members {
		where := at(path, m.name)
		key := gathering.Key(r.track(m.name, where))
		if !r.is(m.value, array, where) || !r.few(len(m.items), gathering.MaxModerators, where) {
			continue
		}
		for i, one := range m.items {
			r.Moderators[key] = append(r.Moderators[key], r.word(one, item(where, i), asIs(checkModerator)))
		}
	}
}

func checkPrincipal(who string) error {
	if !command.IsPrincipal(who) {
		return Mistakes{"is nobody: somebody is a door and a name, such as irc:oftc/ann"}
	}
	return nil
}

// checkModerator refuses who is no one person: a nick is anybody's, and a star is everybody.
func checkModerator(who string) error {
	if err := checkPrincipal(who); err != nil {
		return err
	}
	if strings.HasPrefix(who, "irc-nick:") || strings.Contains(who, "*") {
		return Mistakes{"cannot moderate: a nick alone is anybody's"}
	}
	return nil
}
