package callback

import (
	"bytes"
	"encoding/json"
	"slices"
)

// The kinds of an Event.
const (
	Playbook    = "playbook"    // it was read: Plays and Tasks as far as they are known before it runs
	Prompt      = "prompt"      // it asks for the value Name with the text Message; Default says that it can do without
	Play        = "play"        // a play begins
	Nobody      = "nobody"      // a play found no host
	Task        = "task"        // a task begins; Extra for handlers, which nobody could count before
	Start       = "start"       // a host begins with the task; Here when its work is done on this machine
	OK          = "ok"          // a host is done with it
	Skipped     = "skipped"     // a host need not do it
	Failed      = "failed"      // a host failed in it; Ignored when the playbook does not mind
	Unreachable = "unreachable" // a host could not be reached
	Stats       = "stats"       // what a host did in all
	End         = "end"         // the playbook came to its end
)

// Event is one thing that a run told.
type Event struct {
	Kind    string `json:"e"`
	Plays   int    `json:"plays"`
	Tasks   int    `json:"tasks"`
	Name    string `json:"name"`
	Host    string `json:"host"`
	Task    string `json:"task"`
	Message string `json:"msg"`
	Here    bool   `json:"here"`
	Extra   bool   `json:"extra"`
	Default bool   `json:"default"`
	Ignored bool   `json:"ignored"`

	// Of Stats; Changed of OK is a bool and is not read.
	OK          int `json:"ok"`
	Failures    int `json:"failures"`
	Unreachable int `json:"unreachable"`
	Skipped     int `json:"skipped"`
	ChangedAll  int `json:"-"`

	Changed json.RawMessage `json:"changed"`
}

// maxLine bounds one event, in bytes; the plugin keeps well below. A longer line is dropped.
const maxLine = 16 << 10

// Reader is an io.Writer that takes what the plugin writes and hands on its events. What is no event is left out: whoever
// writes there may be another program that inherited the descriptor.
type Reader struct {
	Each func(Event)

	rest []byte
	skip bool // within a line that is too long
}

// Write implements io.Writer. It never fails.
func (r *Reader) Write(p []byte) (int, error) {
	n := len(p)
	for {
		line, after, whole := bytes.Cut(p, []byte{'\n'})
		if !whole {
			break
		}
		r.line(line)
		p = after
	}
	switch {
	case r.skip:
	case len(r.rest)+len(p) > maxLine:
		r.rest, r.skip = nil, true
	default:
		r.rest = append(r.rest, p...)
	}
	return n, nil
}

// line takes what ends a line.
func (r *Reader) line(end []byte) {
	text := end
	if len(r.rest) > 0 {
		text = slices.Concat(r.rest, end)
	}
	skip := r.skip
	r.rest, r.skip = nil, false
	if skip || len(text) > maxLine {
		return
	}
	var e Event
	if json.Unmarshal(text, &e) != nil || e.Kind == "" {
		return
	}
	_ = json.Unmarshal(e.Changed, &e.ChangedAll) // true or false elsewhere than in Stats
	r.Each(e)
}
