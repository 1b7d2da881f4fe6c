package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
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
	jsonOrder(s, "people/{person}/"+name, func(r *http.Request, in In) (any, error) {
		p, err := s.Person(r.PathValue("person"))
		if err != nil {
			return nil, err
		}
		return do(r.Context(), p, in)
	})
}

// jsonOrder adds a path that takes a JSON object.
func jsonOrder[In any](s *Server, path string, do func(*http.Request, In) (any, error)) {
	s.mux.Handle("POST "+ControlPath+path, s.visitor(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in In
		if err := readOrder(w, r, &in); err != nil {
			reply(w, http.StatusBadRequest, object{"ok": false, "error": err.Error()})
			return
		}
		out, err := do(r, in)
		answerOrder(w, out, err)
	})))
}

// readOrder reads a body strictly; an empty one is an empty object.
func readOrder(w http.ResponseWriter, r *http.Request, into any) error {
	in := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxOrder))
	in.DisallowUnknownFields()
	if err := in.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: %w", errControl, err)
	}
	return nil
}

func answerOrder(w http.ResponseWriter, out any, err error) {
	var flaws *FormError
	switch {
	case errors.As(err, &flaws):
		reply(w, http.StatusConflict, object{"ok": false, "error": err.Error(), "flaws": flaws.Flaws})
	case err != nil:
		reply(w, http.StatusConflict, object{"ok": false, "error": err.Error()})
	case out == nil:
		reply(w, http.StatusOK, object{"ok": true})
	default:
		reply(w, http.StatusOK, out)
	}
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) //nolint:errchkjson // fails only when the client has gone
}
