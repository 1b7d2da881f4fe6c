package github

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func (s *Server) hookRoutes() {
	s.hooksAt("/repos/{owner}/{repo}/hooks", HookOfRepo, "repository_hooks")
	s.hooksAt("/orgs/{org}/hooks", HookOfOrg, "organization_hooks")
	s.route("GET /app/hook/config", asApp, func(*request) answer {
		for _, k := range s.hooksOf("") {
			return ok(showConfig(k))
		}
		return notFound()
	})
	s.route("GET /app/hook/deliveries", asApp, func(r *request) answer { return s.listDeliveries(r, s.hooksOf("")) })
	s.route("GET /app/hook/deliveries/{id}", asApp, s.deliveryRoute(func(*request) []*Hook { return s.hooksOf("") }, s.getDelivery))
	s.route("POST /app/hook/deliveries/{id}/attempts", asApp, s.deliveryRoute(func(*request) []*Hook { return s.hooksOf("") }, s.attempt))
}

// hooksAt adds the routes of hooks of a kind.
func (s *Server) hooksAt(path, kind, scope string) {
	watch, change := reads(scope), writes(admin, scope)
	watch.role, watch.person, change.content = admin, true, false
	of := func(do func(r *request, of string) answer) handler {
		return func(r *request) answer {
			if kind == HookOfRepo {
				return do(r, r.repo.FullName())
			}
			if bad := s.owns(r, scope); bad != nil {
				return *bad
			}
			return do(r, r.PathValue("org"))
		}
	}
	one := func(do func(*request, *Hook) answer) handler {
		return of(func(r *request, of string) answer {
			k := s.hooks.byID(r.number("id"))
			if k == nil || k.Kind != kind || !strings.EqualFold(k.Of, of) {
				return notFound()
			}
			return do(r, k)
		})
	}
	its := func(do func(*request, *Delivery) answer) handler {
		return one(func(r *request, k *Hook) answer {
			d := s.deliveries.byID(deliveryID(r))
			if d == nil || d.Hook != k.ID {
				return notFound()
			}
			return do(r, d)
		})
	}
	s.route("GET "+path, watch, of(func(r *request, of string) answer { return paged(r, s.hooksOf(of), s.showHook) }))
	s.route("POST "+path, change, of(func(r *request, of string) answer { return s.createHook(r, kind, of) }))
	s.route("GET "+path+"/{id}", watch, one(func(_ *request, k *Hook) answer { return ok(s.showHook(k)) }))
	s.route("PATCH "+path+"/{id}", change, one(s.updateHook))
	s.route("DELETE "+path+"/{id}", change, one(func(_ *request, k *Hook) answer {
		s.hooks.drop(strconv.FormatInt(k.ID, 10))
		return nothing
	}))
	s.route("GET "+path+"/{id}/config", watch, one(func(_ *request, k *Hook) answer { return ok(showConfig(k)) }))
	s.route("POST "+path+"/{id}/pings", change, one(func(r *request, k *Hook) answer {
		s.ping(k, r.who.user.Login)
		return nothing
	}))
	s.route("GET "+path+"/{id}/deliveries", watch, one(func(r *request, k *Hook) answer { return s.listDeliveries(r, []*Hook{k}) }))
	s.route("GET "+path+"/{id}/deliveries/{delivery}", watch, its(s.getDelivery))
	s.route("POST "+path+"/{id}/deliveries/{delivery}/attempts", change, its(s.attempt))
}

func deliveryID(r *request) int64 {
	if r.PathValue("delivery") != "" {
		return r.number("delivery")
	}
	return r.number("id")
}

// deliveryRoute finds the path's delivery among those of some hooks.
func (s *Server) deliveryRoute(hooks func(*request) []*Hook, do func(*request, *Delivery) answer) handler {
	return func(r *request) answer {
		d := s.deliveries.byID(deliveryID(r))
		if d == nil || !slices.ContainsFunc(hooks(r), func(k *Hook) bool { return k.ID == d.Hook }) {
			return notFound()
		}
		return do(r, d)
	}
}

// owns refuses who may not see to an organisation's hooks.
func (s *Server) owns(r *request, scope string) *answer {
	org := s.account(r.PathValue("org"))
	switch {
	case org == nil || org.Type != "Organization":
		return refusal(http.StatusNotFound, "Not Found")
	case r.who.installation != nil && !strings.EqualFold(r.who.installation.Account, org.Login):
		return refusal(http.StatusNotFound, "Not Found")
	case r.who.installation != nil && !r.who.granted([]string{scope}, r.Method != http.MethodGet):
		return refusal(http.StatusForbidden, notForApps)
	case r.who.installation == nil && org.Members[strings.ToLower(r.who.user.Login)] != "admin":
		return refusal(http.StatusNotFound, "Not Found")
	}
	return nil
}

func showConfig(k *Hook) object {
	kind := "json"
	if k.Form {
		kind = "form"
	}
	out := object{"content_type": kind, "insecure_ssl": "0", "url": k.URL}
	if k.Secret != "" {
		out["secret"] = "********"
	}
	return out
}

// hookURL is where a hook is in the REST API.
func (s *Server) hookURL(k *Hook) string {
	switch k.Kind {
	case HookOfRepo:
		return fmt.Sprintf("%s/repos/%s/hooks/%d", s.apiURL(), k.Of, k.ID)
	case HookOfOrg:
		return fmt.Sprintf("%s/orgs/%s/hooks/%d", s.apiURL(), k.Of, k.ID)
	default:
		return s.apiURL() + "/app/hook"
	}
}

func (s *Server) showHook(k *Hook) object {
	kinds := map[string]string{HookOfRepo: "Repository", HookOfOrg: "Organization", HookOfApp: "App"}
	url := s.hookURL(k)
	out := object{
		"type": kinds[k.Kind], "id": k.ID, "name": "web", "active": !k.Off, "events": k.Events, "config": showConfig(k),
		"updated_at": stamp(k.Updated), "created_at": stamp(k.Made), "url": url, "ping_url": url + "/pings",
		"deliveries_url": url + "/deliveries",
	}
	if k.Kind == HookOfRepo {
		last := object{"code": nil, "status": "unused", "message": nil}
		if k.Last != "" {
			last = object{"code": k.Code, "status": "active", "message": k.Last}
		}
		out["test_url"], out["last_response"] = url+"/test", last
	}
	if k.Kind == HookOfApp {
		out["app_id"] = s.options.AppID
	}
	return out
}

// A hookOrder is what a hook is made or changed by.
type hookOrder struct {
	Config *struct {
		URL         string
		Secret      *string
		ContentType string `json:"content_type"`
	}
	Events []string
	Active *bool
}

func (o *hookOrder) obey(k *Hook) {
	if o.Config != nil {
		if o.Config.URL != "" {
			k.URL = o.Config.URL
		}
		if o.Config.Secret != nil {
			k.Secret = *o.Config.Secret
		}
		k.Form = o.Config.ContentType != "json"
	}
	if o.Events != nil {
		k.Events = o.Events
	}
	if o.Active != nil {
		k.Off = !*o.Active
	}
}

func (s *Server) createHook(r *request, kind, of string) answer {
	var in hookOrder
	if bad := r.decode(&in); bad != nil {
		return *bad
	}
	if in.Config == nil || !strings.HasPrefix(in.Config.URL, "http") {
		return invalid(flaw{Resource: "Hook", Code: "custom", Message: "Config must contain URL for webhooks"})
	}
	for _, k := range s.hooksOf(of) {
		if k.URL == in.Config.URL {
			return invalid(flaw{Resource: "Hook", Code: "custom", Message: "Hook already exists on this " + kind})
		}
	}
	k := &Hook{Kind: kind, Of: of, Events: []string{"push"}}
	in.obey(k)
	s.addHook(k, r.who.user.Login)
	return reply(http.StatusCreated, s.showHook(k)).with("Location", s.hookURL(k))
}

func (s *Server) updateHook(r *request, k *Hook) answer {
	var in hookOrder
	if bad := r.decode(&in); bad != nil {
		return *bad
	}
	in.obey(k)
	k.Updated = s.now()
	s.hooks.number(k.ID, k)
	return ok(s.showHook(k))
}

// addHook stores a hook and pings it.
func (s *Server) addHook(k *Hook, who string) {
	k.ID, k.Made, k.Updated = s.newID(), s.now(), s.now()
	s.hooks.number(k.ID, k)
	s.ping(k, who)
}

// ping sends a hook its first event.
func (s *Server) ping(k *Hook, who string) {
	hook := s.showHook(k)
	if k.Kind == HookOfRepo {
		hook["last_response"] = object{"code": nil, "status": "unused", "message": nil}
	}
	h := happening{event: "ping", sender: who, body: object{
		"zen": "Responsive is better than fast.", "hook_id": k.ID, "hook": hook, "sender": s.showLogin(who),
	}}
	switch k.Kind {
	case HookOfRepo:
		h.repo = s.repoOf(k.Of)
		h.body["repository"] = s.showRepo(h.repo)
	case HookOfOrg:
		if a := s.account(k.Of); a != nil {
			h.body["organization"] = s.showOrg(a)
		}
	default:
		delete(h.body, "sender")
	}
	s.dispatch(k, h, "")
}

func (s *Server) listDeliveries(r *request, hooks []*Hook) answer {
	var all []*Delivery
	for _, k := range hooks {
		s.forget(k.ID)
		all = append(all, s.deliveriesOf(k.ID)...)
	}
	query := r.URL.Query()
	all = older(all, query.Get("cursor"))
	if status := query.Get("status"); status != "" {
		all = slices.DeleteFunc(all, func(d *Delivery) bool { return (d.Status == "OK") != (status == "success") })
	}
	p := sheet{number: 1, size: r.sheet().size}
	shown := part(all, p)
	rows := []object{}
	for _, d := range shown {
		rows = append(rows, s.showDelivery(d, false))
	}
	a := ok(rows)
	if len(all) > len(shown) {
		a = a.with("Link", fmt.Sprintf(`<%s>; rel="next"`, r.other("cursor", fmt.Sprintf("v1_%d", shown[len(shown)-1].ID))))
	}
	return a
}

func (s *Server) getDelivery(_ *request, d *Delivery) answer { return ok(s.showDelivery(d, true)) }

func (s *Server) attempt(_ *request, d *Delivery) answer {
	if s.clock.Now().Sub(d.At) > keptFor {
		return notFound()
	}
	s.again(d)
	return reply(http.StatusAccepted, object{})
}

// rawJSON is a text that is JSON already.
func rawJSON(text string) json.RawMessage { return json.RawMessage(text) }
