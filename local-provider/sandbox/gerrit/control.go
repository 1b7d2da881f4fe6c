package gerrit

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/control"
	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
)

// controls puts the control's paths where they belong. Orders are JSON objects; durations are text such as "2s".
//
//	GET  status                                the clock, the streams, the faults in force
//	GET  requests?text=GET /a/changes          the latest requests that begin so; "ssh gerrit" for commands
//	GET  events?after=17                       what was told since
//	POST fault   {"kind":"slow","delay":"2s"}  orders a fault of HTTP; also method, path, times, skip. Answers its number
//	POST mend    {"id":3}                      ends a fault; without id, all
//	POST cut     {"hard":true}                 ends all SSH connections; {"after":500} ends a stream after so many bytes
//	POST ssh     {"refuse":true}               resets new SSH connections; {"hang":true} stops them all, new ones too
//	POST hostkey {"changed":true}              shows a host key that nobody knows; false the first one again
//	POST log     {"on":false}                  takes out the plugin events-log
//	POST burst   {"events":5000,"rate":1000}   tells of many comments; answers when all were told
//	POST emit    {…}                           tells of an event as it stands
//	POST replicate {"project":"…","ref":"…"}   tells of a replication
//	POST clock   {"advance":"1m"}              moves the clock; {"speed":10} makes it run, {"speed":0} stops it
func (s *Server) controls() {
	desk := s.desk()
	desk.Look("status", func(*http.Request) any { return s.status() })
	desk.Look("requests", func(r *http.Request) any { return s.Requests(r.FormValue("text")) })
	desk.Look("events", func(r *http.Request) any {
		after, _ := strconv.Atoi(r.FormValue("after")) // none is all
		return append([]Told{}, s.Told(after)...)
	})
	control.Order(desk, "fault", s.orderFault)
	desk.Mend("mend", s.Mend)
	s.sshControls()
	control.Order(desk, "log", func(_ *http.Request, in struct{ On bool }) (any, error) { s.EventsLog(in.On); return nil, nil })
	control.Order(desk, "burst", func(r *http.Request, in Burst) (any, error) { return nil, s.Burst(r.Context(), in) })
	control.Order(desk, "emit", func(_ *http.Request, in json.RawMessage) (any, error) { return nil, s.Emit(in) })
	control.Order(desk, "replicate", func(_ *http.Request, in struct{ Project, Ref string }) (any, error) {
		s.Replicate(in.Project, in.Ref)
		return nil, nil
	})
	desk.Clock(s)
}

func (s *Server) sshControls() {
	desk := s.desk()
	control.Order(desk, "cut", func(_ *http.Request, in struct {
		Hard  bool
		After *int
	},
	) (any, error) {
		if in.After != nil {
			s.CutAfter(*in.After)
			return nil, nil
		}
		return object{"cut": s.Cut(in.Hard)}, nil
	})
	control.Order(desk, "ssh", func(_ *http.Request, in struct{ Refuse, Hang *bool }) (any, error) {
		if in.Refuse != nil {
			s.Refuse(*in.Refuse)
		}
		if in.Hang != nil {
			s.Hang(*in.Hang)
		}
		return nil, nil
	})
	control.Order(desk, "hostkey", func(_ *http.Request, in struct{ Changed bool }) (any, error) {
		return nil, s.ChangeHostKey(in.Changed)
	})
}

// object is a JSON object.
type object = map[string]any

// A status is what GET status answers.
type status struct {
	Now      time.Time `json:"now"`
	Events   int       `json:"events"`   // that were told
	Streams  int       `json:"streams"`  // that are up
	Requests int       `json:"requests"` // that were made
	Log      bool      `json:"log"`      // whether the plugin events-log is there
	Refuse   bool      `json:"refuse"`
	Hang     bool      `json:"hang"`
	Faults   []Fault   `json:"faults"`
}

func (s *Server) status() status {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := status{
		Now: s.clock.Now(), Events: s.log.seq, Streams: len(s.streams), Requests: s.ledger.count, Log: !s.logOff,
		Faults: s.faults.List(),
	}
	s.wire.mu.Lock()
	defer s.wire.mu.Unlock()
	out.Refuse, out.Hang = s.wire.refuse, s.wire.thaw != nil
	return out
}

// await waits until something was told after an event, for a while at most, and is the number of the latest.
func (s *Server) await(ctx context.Context, after int) int {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		s.mu.Lock()
		latest, changed := s.log.seq, s.changed
		s.mu.Unlock()
		if latest > after {
			return latest
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return latest
		case <-s.done:
			return latest
		}
	}
}

// patience is how long a page waits for news in one request.
const patience = 20 * time.Second

func (s *Server) orderFault(_ *http.Request, in struct {
	Kind, Method, Path, Delay string
	Times, Skip               int
},
) (any, error) {
	delay, err := control.Duration("delay", in.Delay)
	if err != nil {
		return nil, err
	}
	f := Fault{
		Kind: FaultKind(in.Kind), Method: in.Method, Path: in.Path, Delay: delay, Span: fault.Span{Times: in.Times, Skip: in.Skip},
	}
	if err := control.CheckFault(f.Kind, FaultKinds(), f.Span); err != nil {
		return nil, err
	}
	return object{"id": s.Break(f)}, nil
}
