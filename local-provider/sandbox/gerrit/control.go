package gerrit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// ControlPath is where faults are ordered and people played, beside what a Gerrit would answer.
const ControlPath = "/sandbox/"

// maxOrder is how long an order may be.
const maxOrder = 1 << 20

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
	s.look("status", func(*http.Request) any { return s.status() })
	s.look("requests", func(r *http.Request) any { return s.Requests(r.FormValue("text")) })
	s.look("events", func(r *http.Request) any {
		after, _ := strconv.Atoi(r.FormValue("after")) // none is all
		return append([]Told{}, s.Told(after)...)
	})
	jsonOrder(s, "fault", s.orderFault)
	jsonOrder(s, "mend", func(_ *http.Request, in struct{ ID int }) (any, error) {
		if in.ID == 0 {
			s.Mend()
		} else {
			s.Mend(in.ID)
		}
		return nil, nil
	})
	s.sshControls()
	jsonOrder(s, "log", func(_ *http.Request, in struct{ On bool }) (any, error) { s.EventsLog(in.On); return nil, nil })
	jsonOrder(s, "burst", func(r *http.Request, in Burst) (any, error) { return nil, s.Burst(r.Context(), in) })
	jsonOrder(s, "emit", func(_ *http.Request, in json.RawMessage) (any, error) { return nil, s.Emit(in) })
	jsonOrder(s, "replicate", func(_ *http.Request, in struct{ Project, Ref string }) (any, error) {
		s.Replicate(in.Project, in.Ref)
		return nil, nil
	})
	jsonOrder(s, "clock", s.orderClock)
}

func (s *Server) sshControls() {
	jsonOrder(s, "cut", func(_ *http.Request, in struct {
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
	jsonOrder(s, "ssh", func(_ *http.Request, in struct{ Refuse, Hang *bool }) (any, error) {
		if in.Refuse != nil {
			s.Refuse(*in.Refuse)
		}
		if in.Hang != nil {
			s.Hang(*in.Hang)
		}
		return nil, nil
	})
	jsonOrder(s, "hostkey", func(_ *http.Request, in struct{ Changed bool }) (any, error) {
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

var errControl = errors.New("bad order")

func (s *Server) orderFault(_ *http.Request, in struct {
	Kind, Method, Path, Delay string
	Times, Skip               int
},
) (any, error) {
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
	f := Fault{Kind: FaultKind(in.Kind), Method: in.Method, Path: in.Path, Delay: delay}
	f.Times, f.Skip = in.Times, in.Skip
	return object{"id": s.Break(f)}, nil
}

func duration(name, text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
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

func (s *Server) look(path string, do func(*http.Request) any) {
	s.mux.Handle("GET "+ControlPath+path, s.visitor(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reply(w, http.StatusOK, do(r))
	})))
}

// jsonOrder serves an order: what comes out of it, or {"ok":true}; {"error"} with 409 when it cannot be done.
func jsonOrder[In any](s *Server, path string, do func(*http.Request, In) (any, error)) {
	s.mux.Handle("POST "+ControlPath+path, s.visitor(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in In
		if err := readOrder(w, r, &in); err != nil {
			reply(w, http.StatusBadRequest, object{"ok": false, "error": err.Error()})
			return
		}
		out, err := do(r, in)
		switch {
		case err != nil:
			reply(w, http.StatusConflict, object{"ok": false, "error": err.Error()})
		case out == nil:
			reply(w, http.StatusOK, object{"ok": true})
		default:
			reply(w, http.StatusOK, out)
		}
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

// reply answers the page and the control, which have no guard. An error means that the client has gone.
func reply(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}
