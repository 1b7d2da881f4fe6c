package github

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
)

// keptFor is how long deliveries are kept, and can be asked for again
// (docs.github.com/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks).
const keptFor = 3 * 24 * time.Hour

// The ways in which webhooks go wrong.
const (
	WebhookLost     FaultKind = "lost"     // it fails to arrive: "failed to connect to host"
	WebhookVanished FaultKind = "vanished" // it is never sent, and no delivery tells of it
	WebhookTwice    FaultKind = "twice"    // it arrives twice, with one GUID
	WebhookUnheard  FaultKind = "unheard"  // it arrives and is answered, but GitHub notes "timed out"
	WebhookLate     FaultKind = "late"     // it is sent after Delay
)

// WebhookFaults are all of them.
func WebhookFaults() []FaultKind {
	return []FaultKind{WebhookLost, WebhookVanished, WebhookTwice, WebhookUnheard, WebhookLate}
}

// A WebhookFault is an order to misbehave with webhooks.
type WebhookFault struct {
	Kind FaultKind `json:"kind"`
	// Hook limits it to one hook; zero for all.
	Hook int64 `json:"hook,omitempty"`
	// Event limits it to one event; empty for all.
	Event string `json:"event,omitempty"`
	// Delay is WebhookLate's, in real time.
	Delay time.Duration `json:"delay,omitempty"`
	fault.Span
}

// BreakWebhooks orders a fault of webhooks and returns a number by which MendWebhooks ends it.
func (s *Server) BreakWebhooks(f WebhookFault) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.webhooks.Break(f, f.Span)
}

// MendWebhooks ends the faults of webhooks with the given numbers, all of them when none is given.
func (s *Server) MendWebhooks(ids ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.webhooks.Mend(ids...)
}

// send notes a delivery as under way and posts it.
func (s *Server) send(k *Hook, d *Delivery) {
	p := parcel{id: d.ID, hook: k.ID, url: k.URL}
	if k.Lost {
		p.fate.Kind = WebhookLost
	} else if f := s.webhooks.Befalls(func(f WebhookFault) bool {
		return (f.Hook == 0 || f.Hook == k.ID) && (f.Event == "" || f.Event == d.Event)
	}); f != nil {
		p.fate = *f
	}
	if p.fate.Kind == WebhookVanished {
		return
	}
	p.header, p.body = s.envelope(k, d)
	d.At, d.Header, d.Status = s.clock.Now().UTC().Truncate(time.Millisecond), p.header, "pending"
	s.deliveries.number(d.ID, d)
	s.sender.post(p)
}

// delivered notes how a delivery went. What was under way when the process ended stays "pending", which is no OK either.
func (s *Server) delivered(p parcel, took reception, long time.Duration) {
	d := s.deliveries.byID(p.id)
	if d == nil {
		return
	}
	d.Status, d.Code, d.Seconds, d.GotHeader, d.GotBody = took.status, took.code, long.Seconds(), took.header, took.body
	s.deliveries.number(d.ID, d)
	if k := s.hooks.byID(d.Hook); k != nil {
		k.Last, k.Code = took.status, took.code
		s.hooks.number(k.ID, k)
	}
	s.forget(d.Hook)
}

// deliveriesOf are a hook's, the newest first.
func (s *Server) deliveriesOf(hook int64) []*Delivery {
	return s.deliveries.pick(func(d *Delivery) int64 { return -d.ID }, func(d *Delivery) bool { return d.Hook == hook })
}

// forget drops the deliveries of a hook that are too old or too many.
func (s *Server) forget(hook int64) {
	for i, d := range s.deliveriesOf(hook) {
		if i >= s.options.Kept || s.clock.Now().Sub(d.At) > keptFor {
			s.deliveries.drop(strconv.FormatInt(d.ID, 10))
		}
	}
}

// again sends a delivery once more, with its GUID and a new id.
func (s *Server) again(d *Delivery) {
	k := s.hooks.byID(d.Hook)
	if k == nil {
		return
	}
	s.send(k, &Delivery{
		ID: s.newID(), Hook: d.Hook, GUID: d.GUID, Event: d.Event, Action: d.Action, Again: true, Repo: d.Repo,
		Installation: d.Installation, Body: d.Body,
	})
}

// showDelivery is how a delivery looks in a list; whole adds what was sent and answered.
func (s *Server) showDelivery(d *Delivery, whole bool) object {
	out := object{
		"id": d.ID, "guid": d.GUID, "delivered_at": d.At.Format("2006-01-02T15:04:05.000Z"), "redelivery": d.Again,
		"duration": d.Seconds, "status": d.Status, "status_code": d.Code, "event": d.Event, "action": orNull(d.Action),
		"installation_id": orZero(d.Installation), "repository_id": orZero(d.Repo), "throttled_at": nil,
	}
	if !whole {
		return out
	}
	out["url"] = ""
	if k := s.hooks.byID(d.Hook); k != nil {
		out["url"] = k.URL
	}
	out["request"] = object{"headers": flat(d.Header), "payload": rawJSON(d.Body)}
	out["response"] = object{"headers": flat(d.GotHeader), "payload": d.GotBody}
	return out
}

func orZero(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}

// flat is a header with one value each.
func flat(h http.Header) map[string]string {
	out := map[string]string{}
	for name, values := range h {
		out[name] = strings.Join(values, ", ")
	}
	return out
}

// Deliveries are a hook's, the newest first.
func (s *Server) Deliveries(hook int64) []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Delivery
	for _, d := range s.deliveriesOf(hook) {
		out = append(out, *d)
	}
	return out
}

// Redeliver sends a delivery again, as the button on GitHub's page does.
func (s *Server) Redeliver(id int64) (err error) {
	s.do(func() {
		d := s.deliveries.byID(id)
		if d == nil {
			err = fmt.Errorf("redeliver %d: %w", id, errNothing)
			return
		}
		s.again(d)
	})
	return err
}

// Settled waits until no delivery is under way.
func (s *Server) Settled(ctx context.Context) error {
	s.sender.mu.Lock()
	calm := s.sender.calm
	s.sender.mu.Unlock()
	select {
	case <-calm:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Hooks are the hooks of a repository ("acme/app"), an organisation ("acme") or, with "", of the App.
func (s *Server) Hooks(of string) []Hook {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Hook
	for _, k := range s.hooksOf(of) {
		out = append(out, *k)
	}
	return out
}

// hooksOf are the hooks of a repository, an organisation or, with "", of the App.
func (s *Server) hooksOf(of string) []*Hook {
	if of == "" {
		of = AppSlug
	}
	return s.hooks.pick(func(k *Hook) int64 { return k.ID }, func(k *Hook) bool { return strings.EqualFold(k.Of, of) })
}

// pages of deliveries go by a cursor: those older than an id.
func older(all []*Delivery, cursor string) []*Delivery {
	before, err := strconv.ParseInt(strings.TrimPrefix(cursor, "v1_"), 10, 64)
	if err != nil {
		return all
	}
	return slices.DeleteFunc(all, func(d *Delivery) bool { return d.ID >= before })
}
