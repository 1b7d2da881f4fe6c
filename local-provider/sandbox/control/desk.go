// Package control is what a stand-in can be told and asked beside what its service would answer: to misbehave, to move its
// clock, to make people do things, and how it does.
//
// Orders are JSON objects; what comes out of them is JSON, too.
package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/handsoff/handsoff/local-provider/sandbox/gate"
)

// Path is where the control is.
const Path = "/sandbox/"

// usualMost is how long an order may be, in bytes.
const usualMost = 1 << 20

// ErrOrder says that an order is wrong.
var ErrOrder = errors.New("bad order")

type object = map[string]any

// A Desk is where a stand-in is asked and takes orders.
type Desk struct {
	Mux *http.ServeMux
	// Guard lets through who may ask and order; nil where strangers do not get as far as this.
	Guard func(next http.Handler) http.Handler
	// Most is how long an order may be, in bytes; 1 MiB when zero.
	Most int64
	// Refuse answers what cannot be done; nil for 409 with the error.
	Refuse func(err error) (status int, body any)
}

// Guard lets through who is known at a gate. Others are told what they need for that: "the app's token".
func Guard(g gate.Gate, token string) func(next http.Handler) http.Handler {
	outside := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		Reply(w, http.StatusUnauthorized, object{"ok": false, "error": "log in at / with " + token + ", or send it as a bearer"})
	})
	return func(next http.Handler) http.Handler { return g.Visitor(next, outside) }
}

func (d Desk) handle(pattern string, do http.HandlerFunc) {
	if d.Guard == nil {
		d.Mux.Handle(pattern, do)
		return
	}
	d.Mux.Handle(pattern, d.Guard(do))
}

// See serves something to look at, in a form of its own.
func (d Desk) See(path string, show http.HandlerFunc) { d.handle("GET "+Path+path, show) }

// Look serves something to look at.
func (d Desk) Look(path string, look func(*http.Request) any) {
	d.See(path, func(w http.ResponseWriter, r *http.Request) { Reply(w, http.StatusOK, look(r)) })
}

// Order takes an order, which is read strictly; an empty body is an empty object. The answer is what comes out of it, or
// {"ok":true} for nothing.
func Order[In any](d Desk, path string, do func(*http.Request, In) (any, error)) {
	d.handle("POST "+Path+path, func(w http.ResponseWriter, r *http.Request) {
		var in In
		decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, max(d.Most, usualMost)))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&in); err != nil && !errors.Is(err, io.EOF) {
			Reply(w, http.StatusBadRequest, object{"ok": false, "error": fmt.Sprintf("%v: %v", ErrOrder, err)})
			return
		}
		out, err := do(r, in)
		d.Answer(w, out, err)
	})
}

// Answer answers with what came out of an order, or says why it could not be carried out.
func (d Desk) Answer(w http.ResponseWriter, out any, err error) {
	switch {
	case err != nil && d.Refuse != nil:
		status, body := d.Refuse(err)
		Reply(w, status, body)
	case err != nil:
		Reply(w, http.StatusConflict, object{"ok": false, "error": err.Error()})
	case out == nil:
		Reply(w, http.StatusOK, object{"ok": true})
	default:
		Reply(w, http.StatusOK, out)
	}
}

// Reply answers with JSON.
func Reply(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(text) // fails only when the client has gone
}
