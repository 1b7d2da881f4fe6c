package slack

import (
	"cmp"
	"fmt"
	"net/http"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/control"
	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
)

// controls puts the control's paths where they belong. Orders are JSON objects; durations are text such as "2s".
//
//	GET  status                                  the clock, the faults in force, how often each method was called how
//	GET  calls?method=chat.update                the latest calls
//	GET  messages?channel=C0OPS                  what a channel holds
//	POST fault  {"kind":"slow","delay":"2s"}     orders a fault; also method, channel, times, skip, code. Answers its number
//	POST mend   {"id":3}                         ends a fault; without id, all
//	POST clock  {"advance":"1m"}                 moves the clock; {"speed":10} makes it run, {"speed":0} stops it
//	POST limits {"on":false}                     switches rate limits off
//	POST token  {"revoke":"token_revoked"}       refuses the token; {"revoke":""} takes it again
//	POST kick   {"channel":"ops"}                takes the bot, or "user", out of a channel
//	POST archive{"channel":"ops","on":true}      puts a channel away
//	POST erase  {"channel":"ops","ts":"…"}       deletes a message
//	POST user   {"user":"eve","deleted":true}    changes somebody: also restricted, ultra_restricted, name
func (s *Server) controls() {
	desk := s.desk()
	desk.Look("status", func(*http.Request) any { return s.status() })
	desk.Look("calls", func(r *http.Request) any { return s.Calls(r.FormValue("method")) })
	desk.Look("messages", func(r *http.Request) any { return s.Messages(r.FormValue("channel")) })
	control.Order(desk, "fault", s.orderFault)
	desk.Mend("mend", s.Mend)
	desk.Clock(s)
	control.Order(desk, "limits", func(_ *http.Request, in struct{ On bool }) (any, error) { s.Limit(in.On); return nil, nil })
	control.Order(desk, "token", s.orderToken)
	control.Order(desk, "kick", func(_ *http.Request, in place) (any, error) { return nil, s.Kick(in.Channel, in.User) })
	control.Order(desk, "archive", func(_ *http.Request, in place) (any, error) { return nil, s.Archive(in.Channel, in.On) })
	control.Order(desk, "erase", func(_ *http.Request, in place) (any, error) { return nil, s.Erase(in.Channel, in.TS) })
	control.Order(desk, "user", s.orderUser)
}

// place is an order about a channel.
type place struct {
	Channel, User, TS string
	On                bool
}

// A status is what GET status answers.
type status struct {
	Now     time.Time                 `json:"now"`
	Limited bool                      `json:"limited"`
	Revoked string                    `json:"revoked,omitempty"`
	Faults  []Fault                   `json:"faults"`
	Counts  map[string]map[string]int `json:"counts"`
	Pings   int                       `json:"pings"` // messages that called everybody
	Bytes   int                       `json:"bytes"` // that all messages take
}

func (s *Server) status() status {
	out := status{Counts: s.Counts()}
	s.do(func() {
		out.Now, out.Limited, out.Revoked = s.clock.Now(), !s.options.Unlimited, s.revoked
		out.Pings, out.Bytes = s.ledger.pings, s.bytes
		out.Faults = s.faults.List()
	})
	return out
}

// A faultOrder is a Fault as JSON orders it.
type faultOrder struct {
	Kind, Method, Channel, Code, Delay string
	Times, Skip                        int
}

func (s *Server) orderFault(_ *http.Request, in faultOrder) (any, error) {
	delay, err := control.Duration("delay", in.Delay)
	if err != nil {
		return nil, err
	}
	f := Fault{
		Kind: FaultKind(in.Kind), Method: in.Method, Channel: in.Channel, Code: in.Code, Delay: delay, Times: in.Times, Skip: in.Skip,
	}
	if err := control.CheckFault(f.Kind, FaultKinds(), fault.Span{Times: f.Times, Skip: f.Skip}); err != nil {
		return nil, err
	}
	if f.Kind == FaultRefused && f.Code == "" {
		return nil, fmt.Errorf("%w: code must be the error to answer", control.ErrOrder)
	}
	return object{"id": s.Break(f)}, nil
}

func (s *Server) orderToken(_ *http.Request, in struct{ Revoke string }) (any, error) {
	if in.Revoke == "" {
		s.Restore()
	} else {
		s.Revoke(in.Revoke)
	}
	return nil, nil
}

func (s *Server) orderUser(_ *http.Request, in struct {
	User, Name          string
	Deleted, Restricted *bool
	UltraRestricted     *bool `json:"ultra_restricted"`
},
) (any, error) {
	return nil, s.ChangeUser(in.User, func(u *User) {
		u.Name = cmp.Or(in.Name, u.Name)
		for to, value := range map[*bool]*bool{
			&u.Deleted: in.Deleted, &u.Restricted: in.Restricted, &u.UltraRestricted: in.UltraRestricted,
		} {
			if value != nil {
				*to = *value
			}
		}
	})
}
