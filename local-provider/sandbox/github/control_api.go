package github

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
)

// ControlPath is where faults are ordered and people played, beside what a GitHub would answer.
const ControlPath = "/sandbox/"

var errControl = errors.New("bad order")

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
	s.look("status", func(*http.Request) any { return s.status() })
	s.look("calls", func(r *http.Request) any { return s.Calls(r.FormValue("text")) })
	s.look("hooks", func(r *http.Request) any { return unsecret(s.Hooks(r.FormValue("of"))) })
	s.look("deliveries", func(r *http.Request) any {
		var hook int64
		_, _ = fmt.Sscan(r.FormValue("hook"), &hook) // none is no hook's number
		return s.Deliveries(hook)
	})
	s.faultControls()
	s.worldControls()
	s.peopleControls()
}

// unsecret leaves out what signs.
func unsecret(hooks []Hook) []Hook {
	for i := range hooks {
		hooks[i].Secret = ""
	}
	return hooks
}

func (s *Server) look(path string, do func(*http.Request) any) {
	s.pages.Handle("GET "+ControlPath+path, s.visitor(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ok(do(r)).write(w, r)
	})))
}

// command adds an order.
func command[T any](s *Server, path string, do func(in T) (any, error)) {
	s.pages.Handle("POST "+ControlPath+path, s.visitor(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		obey(w, r, do)
	})))
}

// obey does what an order's object, which is read strictly, says.
func obey[T any](w http.ResponseWriter, r *http.Request, do func(in T) (any, error)) {
	var in T
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxOrder))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&in); err != nil {
		reply(http.StatusBadRequest, object{"error": fmt.Sprintf("%v: %v", errControl, err)}).write(w, r)
		return
	}
	out, err := do(in)
	switch {
	case errors.Is(err, errNothing):
		reply(http.StatusNotFound, object{"error": err.Error()}).write(w, r)
	case errors.Is(err, errRefused):
		reply(http.StatusForbidden, object{"error": err.Error()}).write(w, r)
	case err != nil:
		reply(http.StatusBadRequest, object{"error": err.Error()}).write(w, r)
	case out == nil:
		ok(object{"ok": true}).write(w, r)
	default:
		ok(out).write(w, r)
	}
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

func (o faultOrder) check(kinds []FaultKind) (time.Duration, error) {
	if !slices.Contains(kinds, FaultKind(o.Kind)) {
		return 0, fmt.Errorf("%w: kind must be one of %v", errControl, kinds)
	}
	if o.Times < 0 || o.Skip < 0 {
		return 0, fmt.Errorf("%w: times and skip must be zero or more", errControl)
	}
	if o.Code != 0 && (o.Code < 400 || o.Code > 599) {
		return 0, fmt.Errorf("%w: code must be a status from 400 to 599", errControl)
	}
	return duration("delay", o.Delay)
}

func duration(name, text string) (time.Duration, error) {
	d, err := time.ParseDuration(cmp.Or(text, "0s"))
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%w: %s must be a time such as 30s", errControl, name)
	}
	return d, nil
}

func (s *Server) faultControls() {
	command(s, "fault", func(in faultOrder) (any, error) {
		delay, err := in.check(FaultKinds())
		if err != nil {
			return nil, err
		}
		return object{"id": s.Break(Fault{
			Kind: FaultKind(in.Kind), Method: in.Method, Path: in.Path, Delay: delay, Code: in.Code, Span: fault.Span{Times: in.Times, Skip: in.Skip},
		})}, nil
	})
	command(s, "webhooks", func(in faultOrder) (any, error) {
		delay, err := in.check(WebhookFaults())
		if err != nil {
			return nil, err
		}
		return object{"id": s.BreakWebhooks(WebhookFault{
			Kind: FaultKind(in.Kind), Hook: in.Hook, Event: in.Event, Delay: delay, Span: fault.Span{Times: in.Times, Skip: in.Skip},
		})}, nil
	})
	type one struct{ ID int }
	ids := func(in one) []int {
		if in.ID == 0 {
			return nil
		}
		return []int{in.ID}
	}
	command(s, "mend", func(in one) (any, error) { s.Mend(ids(in)...); return nil, nil })
	command(s, "mend-webhooks", func(in one) (any, error) { s.MendWebhooks(ids(in)...); return nil, nil })
	command(s, "lose", func(in struct {
		Hook int64
		Lost bool
	},
	) (any, error) {
		return nil, s.LoseWebhooks(in.Hook, in.Lost)
	})
	command(s, "redeliver", func(in struct{ ID int64 }) (any, error) { return nil, s.Redeliver(in.ID) })
	command(s, "clock", s.orderClock)
	command(s, "expire", func(struct{}) (any, error) { s.ExpireTokens(); return nil, nil })
}

func (s *Server) orderClock(in struct {
	Advance string
	Speed   *float64
},
) (any, error) {
	d, err := duration("advance", in.Advance)
	if err != nil {
		return nil, err
	}
	if in.Speed != nil && (*in.Speed < 0 || *in.Speed > 1e6) {
		return nil, fmt.Errorf("%w: speed must be a number from 0 to 1000000", errControl)
	}
	s.Advance(d)
	if in.Speed != nil {
		s.SetSpeed(*in.Speed)
	}
	return object{"now": s.Now()}, nil
}

func (s *Server) worldControls() {
	command(s, "token", func(in struct{ Login string }) (any, error) {
		token := s.Token(in.Login)
		if token == "" {
			return nil, fmt.Errorf("a token of %s: %w", in.Login, errNothing)
		}
		return object{"token": token}, nil
	})
	command(s, "user", func(in struct{ Login string }) (any, error) { return object{"id": s.AddUser(in.Login)}, nil })
	command(s, "repo", func(in struct {
		Name  string
		Roles map[string]string
	},
	) (any, error) {
		return nil, s.AddRepo(in.Name, in.Roles)
	})
	command(s, "role", func(in struct{ Repo, Login, Role string }) (any, error) {
		return nil, s.SetRole(in.Repo, in.Login, in.Role)
	})
	command(s, "repo-state", func(in struct {
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
	command(s, "conflict", func(in struct {
		Repo     string
		Number   int
		Conflict bool
	},
	) (any, error) {
		return nil, s.SetConflict(in.Repo, in.Number, in.Conflict)
	})
	command(s, "hook", func(in NewHook) (any, error) {
		id, err := s.AddHook(in)
		return object{"id": id}, err
	})
	command(s, "fire", func(in Firing) (any, error) { return nil, s.Fire(in) })
}
