package jenkins

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/handsoff/handsoff/local-provider/sandbox/control"
	"github.com/handsoff/handsoff/local-provider/sandbox/fault"
)

// Control is the handler by which faults are ordered and builds held, beside what a Jenkins would answer. Its paths are
// relative to [control.Path]; it checks no credentials, so whoever serves it must.
//
//	GET  status                     the clock, the faults in force, builds started per job
//	GET  starts                     builds ever started, with their parameters
//	GET  requests                   requests made
//	POST hold?job=demo/slow         builds of a job stand still; release lets them get on
//	POST queue?hold=true            no queued build starts; hold=false lets them
//	POST executors?number=20        so many builds can run at once
//	POST clock?advance=30s          moves the clock; speed=10 makes it run, speed=0 stops it
//	POST fault?kind=slow&delay=2s   orders a fault; also method, path, times, skip. Answers its number
//	POST mend?id=3                  ends a fault; without id, all
//	POST vanish?job=demo/slow&number=1
//	POST old-cancel?on=true         queue cancels answer as before 2.211
func (s *Server) Control() http.Handler {
	mux := http.NewServeMux()
	get := func(path string, do func() any) {
		mux.HandleFunc("GET "+control.Path+path, func(w http.ResponseWriter, _ *http.Request) { reply(w, do()) })
	}
	post := func(path string, do func(*http.Request) (any, error)) {
		mux.HandleFunc("POST "+control.Path+path, func(w http.ResponseWriter, r *http.Request) {
			done, err := do(r)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			reply(w, done)
		})
	}
	get("status", func() any { return s.status() })
	get("starts", func() any { return s.Starts() })
	get("requests", func() any { return s.Requests() })
	post("hold", func(r *http.Request) (any, error) { return done(s.Hold(r.FormValue("job"))) })
	post("release", func(r *http.Request) (any, error) { return done(s.Release(r.FormValue("job"))) })
	post("queue", s.controlQueue)
	post("executors", func(r *http.Request) (any, error) {
		number, err := strconv.Atoi(r.FormValue("number"))
		if err != nil || number < 1 {
			return nil, fmt.Errorf("%w: number must be how many builds can run at once", control.ErrOrder)
		}
		s.SetExecutors(number)
		return done(nil)
	})
	post("clock", s.controlClock)
	post("fault", s.controlFault)
	post("mend", s.controlMend)
	post("vanish", func(r *http.Request) (any, error) {
		number, err := strconv.Atoi(r.FormValue("number"))
		if err != nil {
			return nil, fmt.Errorf("%w: number must be a build's number", control.ErrOrder)
		}
		return done(s.Vanish(r.FormValue("job"), number))
	})
	post("old-cancel", func(r *http.Request) (any, error) {
		s.OldQueueCancel(r.FormValue("on") == "true")
		return done(nil)
	})
	return mux
}

// A status is what GET status answers.
type status struct {
	Now     time.Time      `json:"now"`
	Started map[string]int `json:"started"`
	Held    []string       `json:"held"`
	Faults  []Fault        `json:"faults"`
	Running int            `json:"running"`
	Queued  int            `json:"queued"`
}

func (s *Server) status() status {
	var out status
	s.do(func() {
		out = status{
			Now: s.now, Started: map[string]int{}, Held: []string{}, Running: len(s.running),
			Queued: len(s.queue),
		}
		s.root.walk(func(it *item) {
			if it.started > 0 {
				out.Started[it.fullName()] = it.started
			}
			if it.held {
				out.Held = append(out.Held, it.fullName())
			}
		})
		out.Faults = s.faults.List()
	})
	return out
}

func (s *Server) controlQueue(r *http.Request) (any, error) {
	switch r.FormValue("hold") {
	case "true":
		s.HoldQueue()
	case "false":
		s.ReleaseQueue()
	default:
		return nil, fmt.Errorf("%w: hold must be true or false", control.ErrOrder)
	}
	return done(nil)
}

func (s *Server) controlClock(r *http.Request) (any, error) {
	ahead, err := control.Duration("advance", r.FormValue("advance"))
	if err != nil {
		return nil, err
	}
	s.Advance(ahead)
	if text := r.FormValue("speed"); text != "" {
		speed, err := strconv.ParseFloat(text, 64)
		if err != nil || speed < 0 || speed > 1e6 {
			return nil, fmt.Errorf("%w: speed must be a number from 0 to 1000000", control.ErrOrder)
		}
		s.SetSpeed(speed)
	}
	return map[string]time.Time{"now": s.Now()}, nil
}

func (s *Server) controlFault(r *http.Request) (any, error) {
	f := Fault{Kind: FaultKind(r.FormValue("kind")), Method: r.FormValue("method"), Path: r.FormValue("path")}
	for name, to := range map[string]*int{"times": &f.Times, "skip": &f.Skip} {
		n, err := strconv.Atoi(cmp.Or(r.FormValue(name), "0"))
		if err != nil {
			return nil, fmt.Errorf("%w: %s must be a number", control.ErrOrder, name)
		}
		*to = n
	}
	if err := control.CheckFault(f.Kind, FaultKinds(), fault.Span{Times: f.Times, Skip: f.Skip}); err != nil {
		return nil, err
	}
	var err error
	if f.Delay, err = control.Duration("delay", r.FormValue("delay")); err != nil {
		return nil, err
	}
	return map[string]int{"id": s.Break(f)}, nil
}

func (s *Server) controlMend(r *http.Request) (any, error) {
	text := r.FormValue("id")
	if text == "" {
		s.Mend()
		return done(nil)
	}
	id, err := strconv.Atoi(text)
	if err != nil {
		return nil, fmt.Errorf("%w: id must be the number of a fault", control.ErrOrder)
	}
	s.Mend(id)
	return done(nil)
}

func done(err error) (any, error) { return map[string]bool{"done": err == nil}, err }

func reply(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body) //nolint:errchkjson // fails only when the client has gone
}
