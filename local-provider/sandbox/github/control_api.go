package github

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/control"
	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
)

// controls puts the control's paths where they belong. Orders are JSON objects; durations are text such as "2s".
//
//	GET  status                                     the clock, the faults in force, how often each route was called how
//	GET  calls?text=/comments                       the latest calls
//	GET  hooks?of=acme/app                          hooks of a repository, an organisation or, without of, the App
//	GET  deliveries?hook=1000023                    a hook's deliveries
//	POST fault       {"kind":"slow","delay":"2s"}   orders a fault; also method, path, code, times, skip. Answers its number
//	POST mend        {"id":3}                       ends a fault; without id, all
//	POST webhooks    {"kind":"twice","times":1}     orders a fault of webhooks; also hook, event, delay, times, skip
//	POST mend-webhooks {}                           ends them; with id, one
//	POST lose        {"hook":1000023,"lost":true}   a hook's webhooks fail to arrive from now on
//	POST redeliver   {"id":1000042}                 sends a delivery again
//	POST clock       {"advance":"1h"}               moves the clock; {"speed":10} makes it run, {"speed":0} stops it
//	POST expire      {}                             all installation tokens are worth nothing
//	POST token       {"login":"bob"}                answers somebody's access token
//	POST user        {"login":"kim"}                adds somebody
//	POST repo        {"name":"acme/new"}            adds a repository; with "roles"
//	POST role        {"repo":"acme/app","login":"eve","role":"triage"}
//	POST repo-state  {"repo":"acme/app","private":true}   also "archived"
//	POST conflict    {"repo":"acme/app","number":1,"conflict":true}
//	POST hook        {"of":"acme/lib","url":"http://…"}   adds a hook; also secret, events, form
//	POST fire        {"event":"workflow_run","payload":{…},"repo":"acme/app","as":"bob"}
func (s *Server) controls() {
	desk := s.desk()
	desk.Look("status", func(*http.Request) any { return s.status() })
	desk.Look("calls", func(r *http.Request) any { return s.Calls(r.FormValue("text")) })
	desk.Look("hooks", func(r *http.Request) any { return unsecret(s.Hooks(r.FormValue("of"))) })
	desk.Look("deliveries", func(r *http.Request) any {
		var hook int64
		_, _ = fmt.Sscan(r.FormValue("hook"), &hook) // none is no hook's number
		return s.Deliveries(hook)
	})
	s.faultControls(desk)
	s.worldControls(desk)
	s.peopleControls(desk)
}

// unsecret leaves out what signs.
func unsecret(hooks []Hook) []Hook {
	for i := range hooks {
		hooks[i].Secret = ""
	}
	return hooks
}

// desk is the control's, for who has the bot's token.
func (s *Server) desk() control.Desk {
	return control.Desk{Mux: s.pages, Guard: control.Guard(s.gate(), "the bot's token"), Most: maxOrder, Refuse: cannot}
}

// cannot answers what cannot be done.
func cannot(err error) (status int, body any) {
	status = http.StatusBadRequest
	switch {
	case errors.Is(err, errNothing):
		status = http.StatusNotFound
	case errors.Is(err, errRefused):
		status = http.StatusForbidden
	}
	return status, object{"error": err.Error()}
}

// maxOrder is how long an order may be: a payload of GitHub's is 25 MB at most.
const maxOrder = 26 << 20

// A status is what GET status answers.
type status struct {
	Now      time.Time              `json:"now"`
	Limited  bool                   `json:"limited"`
	Faults   []Fault                `json:"faults"`
	Webhooks []WebhookFault         `json:"webhooks"`
	Counts   map[string]map[int]int `json:"counts"`
}

func (s *Server) status() status {
	out := status{Counts: s.Counts()}
	s.do(func() {
		out.Now, out.Limited = s.clock.Now(), !s.options.Unlimited
		out.Faults, out.Webhooks = s.faults.List(), s.webhooks.List()
	})
	return out
}

// A faultOrder is a Fault, or one of webhooks, as JSON orders it.
type faultOrder struct {
	Kind, Method, Path, Event, Delay string
	Hook                             int64
	Code, Times, Skip                int
}

func (o faultOrder) span() fault.Span { return fault.Span{Times: o.Times, Skip: o.Skip} }

func (o faultOrder) check(kinds []FaultKind) (time.Duration, error) {
	if err := control.CheckFault(FaultKind(o.Kind), kinds, o.span()); err != nil {
		return 0, err
	}
	if o.Code != 0 && (o.Code < 400 || o.Code > 599) {
		return 0, fmt.Errorf("%w: code must be a status from 400 to 599", control.ErrOrder)
	}
	return control.Duration("delay", o.Delay)
}

func (s *Server) faultControls(desk control.Desk) {
	control.Order(desk, "fault", func(_ *http.Request, in faultOrder) (any, error) {
		delay, err := in.check(FaultKinds())
		if err != nil {
			return nil, err
		}
		return object{"id": s.Break(Fault{
			Kind: FaultKind(in.Kind), Method: in.Method, Path: in.Path, Delay: delay, Code: in.Code, Span: in.span(),
		})}, nil
	})
	control.Order(desk, "webhooks", func(_ *http.Request, in faultOrder) (any, error) {
		delay, err := in.check(WebhookFaults())
		if err != nil {
			return nil, err
		}
		return object{"id": s.BreakWebhooks(WebhookFault{
			Kind: FaultKind(in.Kind), Hook: in.Hook, Event: in.Event, Delay: delay, Span: in.span(),
		})}, nil
	})
	desk.Mend("mend", s.Mend)
	desk.Mend("mend-webhooks", s.MendWebhooks)
	control.Order(desk, "lose", func(_ *http.Request, in struct {
		Hook int64
		Lost bool
	},
	) (any, error) {
		return nil, s.LoseWebhooks(in.Hook, in.Lost)
	})
	control.Order(desk, "redeliver", func(_ *http.Request, in struct{ ID int64 }) (any, error) { return nil, s.Redeliver(in.ID) })
	desk.Clock(s)
	control.Order(desk, "expire", func(_ *http.Request, _ struct{}) (any, error) { s.ExpireTokens(); return nil, nil })
}

func (s *Server) worldControls(desk control.Desk) {
	control.Order(desk, "token", func(_ *http.Request, in struct{ Login string }) (any, error) {
		token := s.Token(in.Login)
		if token == "" {
			return nil, fmt.Errorf("a token of %s: %w", in.Login, errNothing)
		}
		return object{"token": token}, nil
	})
	control.Order(desk, "user", func(_ *http.Request, in struct{ Login string }) (any, error) {
		return object{"id": s.AddUser(in.Login)}, nil
	})
	control.Order(desk, "repo", func(_ *http.Request, in struct {
		Name  string
		Roles map[string]string
	},
	) (any, error) {
		return nil, s.AddRepo(in.Name, in.Roles)
	})
	control.Order(desk, "role", func(_ *http.Request, in struct{ Repo, Login, Role string }) (any, error) {
		return nil, s.SetRole(in.Repo, in.Login, in.Role)
	})
	control.Order(desk, "repo-state", func(_ *http.Request, in struct {
		Repo              string
		Private, Archived *bool
	},
	) (any, error) {
		var errs []error
		if in.Private != nil {
			errs = append(errs, s.SetPrivate(in.Repo, *in.Private))
		}
		if in.Archived != nil {
			errs = append(errs, s.Archive(in.Repo, *in.Archived))
		}
		return nil, errors.Join(errs...)
	})
	control.Order(desk, "conflict", func(_ *http.Request, in struct {
		Repo     string
		Number   int
		Conflict bool
	},
	) (any, error) {
		return nil, s.SetConflict(in.Repo, in.Number, in.Conflict)
	})
	control.Order(desk, "hook", func(_ *http.Request, in NewHook) (any, error) {
		id, err := s.AddHook(in)
		return object{"id": id}, err
	})
	control.Order(desk, "fire", func(_ *http.Request, in Firing) (any, error) { return nil, s.Fire(in) })
}
