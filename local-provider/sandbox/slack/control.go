package slack

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// ControlPath is where faults are ordered and people played, beside what a Slack would answer.
const ControlPath = "/sandbox/"

var errControl = errors.New("bad order")

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
	s.look("status", func(*http.Request) any { return s.status() })
	s.look("calls", func(r *http.Request) any { return s.Calls(r.FormValue("method")) })
	s.look("messages", func(r *http.Request) any { return s.Messages(r.FormValue("channel")) })
	jsonOrder(s, "fault", s.orderFault)
	jsonOrder(s, "mend", func(_ *http.Request, in struct{ ID int }) (any, error) {
		if in.ID == 0 {
			s.Mend()
		} else {
			s.Mend(in.ID)
		}
		return nil, nil
	})
	jsonOrder(s, "clock", s.orderClock)
	jsonOrder(s, "limits", func(_ *http.Request, in struct{ On bool }) (any, error) { s.Limit(in.On); return nil, nil })
	jsonOrder(s, "token", s.orderToken)
	jsonOrder(s, "kick", func(_ *http.Request, in place) (any, error) { return nil, s.Kick(in.Channel, in.User) })
	jsonOrder(s, "archive", func(_ *http.Request, in place) (any, error) { return nil, s.Archive(in.Channel, in.On) })
	jsonOrder(s, "erase", func(_ *http.Request, in place) (any, error) { return nil, s.Erase(in.Channel, in.TS) })
	jsonOrder(s, "user", s.orderUser)
}

// place is an order about a channel.
type place struct {
	Channel, User, TS string
	On                bool
}

func (s *Server) look(path string, do func(*http.Request) any) {
	s.mux.Handle("GET "+ControlPath+path, s.visitor(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reply(w, http.StatusOK, do(r))
	})))
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
	if !slices.Contains(FaultKinds(), FaultKind(in.Kind)) {
		return nil, fmt.Errorf("%w: kind must be one of %v", errControl, FaultKinds())
	}
	delay, err := duration("delay", in.Delay)
	if err != nil {
		return nil, err
	}
	if in.Times < 0 || in.Skip < 0 {
		return nil, fmt.Errorf("%w: times and skip must be zero or more", errControl)
	}
	if FaultKind(in.Kind) == FaultRefused && in.Code == "" {
		return nil, fmt.Errorf("%w: code must be the error to answer", errControl)
	}
	return object{"id": s.Break(Fault{
		Kind: FaultKind(in.Kind), Method: in.Method, Channel: in.Channel, Code: in.Code, Delay: delay, Times: in.Times,
		Skip: in.Skip,
	})}, nil
}

func duration(name, text string) (time.Duration, error) {
	d, err := time.ParseDuration(cmp.Or(text, "0s"))
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%w: %s must be a time such as 30s", errControl, name)
	}
	return d, nil
}

func (s *Server) orderClock(_ *http.Request, in struct {
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
