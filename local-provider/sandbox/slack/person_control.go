package slack

import (
	"context"
	"errors"
	"net/http"

	"github.com/handsoff/handsoff/local-provider/sandbox/control"
)

// maxOrder is how long an order to a person may be: a file, as JSON.
const maxOrder = 2*MaxFile + 64<<10

// A target is an order that only says to what or whom.
type target struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"`
	Text    string `json:"text"`
	User    string `json:"user"`
	Name    string `json:"name"`
	All     bool   `json:"all"`
}

// peopleRoutes puts the paths of people where they belong, under /sandbox/people/<user id or name>/:
//
//	POST say       {"channel","text","thread","broadcast","smart","legacy"}  → {"ts"}
//	POST slash     {"channel","text"}: "/handsoff help"; fails with what Slackbot tells the person
//	POST edit      {"channel","ts","text"}
//	POST delete    {"channel","ts"}
//	POST upload    {"channel","thread","name","content","text"}             → {"ts"}
//	POST join      {"channel"}
//	POST invite    {"channel","user"}
//	POST do        {"channel","message" or "view","action","value","confirmed"}: click, choose, fill in
//	POST suggest   {…,"action","value"}: type into an external menu          → {"options"}
//	POST submit    {}: the topmost modal; mistakes come back as "flaws"
//	POST close     {"all"}
//	POST shortcut  {"name"}: a callback id or a name
//	POST open-home {}
//	GET  see?channel=&thread=&since=  a conversation, or a thread in it, after a ts; as=text for reading
//	GET  home, GET modals             likewise
//	GET  typed?channel=&ts=           a message as it was typed
//	GET  client?channel=&thread=      everything that the page shows
//
// A channel is an id, "#name" or "@name" (direct messages). Bodies and answers are JSON; what cannot be done is answered
// with 409 and {"error"}. Beside them:
//
//	GET  /sandbox/people   who there is
//	POST /sandbox/people   {"id","name",…}: somebody new, or somebody changed; a new member is in #general
//	GET  /sandbox/sent     what was sent to the app, with every attempt
//	POST /sandbox/verify   {}: asks the app to prove its URL
//	POST /sandbox/retries  {"scale":0.01}: compresses the waits before an event is sent again, like -retry-scale
//	POST /sandbox/patience {"seconds":60}: how long the app may take to answer, and to use a trigger id; Slack gives it 3
//	POST /sandbox/members  {"group","users"}: who is in a user group from now on
func (s *Server) peopleRoutes() {
	type ctx = context.Context
	personOrder(s, "say", func(_ ctx, p *Person, in Saying) (any, error) { return posted(p.Say(in)) })
	personOrder(s, "upload", func(_ ctx, p *Person, in Upload) (any, error) { return posted(p.Upload(in)) })
	personOrder(s, "do", func(c ctx, p *Person, in Act) (any, error) { return nil, p.Do(c, in) })
	personOrder(s, "suggest", func(c ctx, p *Person, in Act) (any, error) {
		list, err := p.Suggest(c, in)
		return object{"options": list}, err
	})
	for name, do := range map[string]func(ctx, *Person, target) error{
		"slash":     func(c ctx, p *Person, in target) error { return p.Slash(c, in.Channel, in.Text) },
		"edit":      func(_ ctx, p *Person, in target) error { return p.Edit(in.Channel, in.TS, in.Text) },
		"delete":    func(_ ctx, p *Person, in target) error { return p.Delete(in.Channel, in.TS) },
		"join":      func(_ ctx, p *Person, in target) error { return p.Join(in.Channel) },
		"invite":    func(_ ctx, p *Person, in target) error { return p.Invite(in.Channel, in.User) },
		"submit":    func(c ctx, p *Person, _ target) error { return p.Submit(c) },
		"close":     func(c ctx, p *Person, in target) error { return p.Close(c, in.All) },
		"shortcut":  func(c ctx, p *Person, in target) error { return p.Shortcut(c, in.Name) },
		"open-home": func(_ ctx, p *Person, _ target) error { return p.OpenHome() },
	} {
		personOrder(s, name, func(c ctx, p *Person, in target) (any, error) { return nil, do(c, p, in) })
	}
	s.sights()
	s.senderRoutes()
}

func posted(ts string, err error) (any, error) { return object{"ts": ts}, err }

// personOrder adds a path by which a person is told to do something.
func personOrder[In any](s *Server, name string, do func(context.Context, *Person, In) (any, error)) {
	control.Order(s.desk(), "people/{person}/"+name, func(r *http.Request, in In) (any, error) {
		p, err := s.Person(r.PathValue("person"))
		if err != nil {
			return nil, err
		}
		return do(r.Context(), p, in)
	})
}

// cannot answers what cannot be done: flaws are those of a form.
func cannot(err error) (status int, body any) {
	out := object{"ok": false, "error": err.Error()}
	if form, ok := errors.AsType[*FormError](err); ok {
		out["flaws"] = form.Flaws
	}
	return http.StatusConflict, out
}
