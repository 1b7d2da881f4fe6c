package openstack

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
)

// object is a JSON object.
type object = map[string]any

// An answer is what a call gets.
type answer struct {
	status int
	header http.Header
	body   any    // written as JSON; nil for none
	raw    []byte // instead of body
	kind   string // of the body, when it is not JSON
}

// reply is an answer with a JSON body; nil for none.
func reply(status int, body any) answer { return answer{status: status, body: body} }

// ok is 200 with a body.
func ok(body any) (answer, error) { return reply(http.StatusOK, body), nil }

// nothing is 204.
func nothing() (answer, error) { return reply(http.StatusNoContent, nil), nil }

// accepted is 202, with a body or nil.
func accepted(body any) (answer, error) { return reply(http.StatusAccepted, body), nil }

// created is 201 with a body.
func created(body any) (answer, error) { return reply(http.StatusCreated, body), nil }

// with adds a header.
func (a answer) with(name, value string) answer {
	if a.header == nil {
		a.header = http.Header{}
	}
	a.header.Add(name, value)
	return a
}

// text turns the body into bytes, under the lock that guards what it shows.
func (a answer) text() answer {
	if a.body == nil {
		return a
	}
	text, err := json.Marshal(a.body)
	if err != nil { // nothing that is answered can fail to be written
		return answer{status: http.StatusInternalServerError, raw: []byte(err.Error()), kind: "text/plain"}
	}
	if a.raw, a.body = text, nil; a.kind == "" {
		a.kind = "application/json"
	}
	return a
}

// write sends an answer that text has made. It fails only when the client has gone.
func (a answer) write(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	maps.Copy(h, a.header)
	if a.kind != "" {
		h.Set("Content-Type", a.kind)
	}
	if a.status != http.StatusNoContent {
		h.Set("Content-Length", strconv.Itoa(len(a.raw)))
	}
	w.WriteHeader(a.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(a.raw)
	}
}

// A refusal is a mistake that a client is told of.
type refusal struct {
	status  int
	kind    string // of Neutron's and Heat's: NetworkNotFound; of Placement's: placement.concurrent_update
	message string
	header  http.Header
	more    object // beside code, title and message, of Keystone's
}

// Error is what the client is told.
func (r *refusal) Error() string { return r.message }

// refuse is a refusal with a status and a message, which is formatted when there are arguments.
func refuse(status int, message string, args ...any) error {
	return refuseAs(status, "", message, args...)
}

// refuseAs is refuse with the kind of mistake that Neutron, Heat and Placement name.
func refuseAs(status int, kind, message string, args ...any) error {
	if len(args) > 0 {
		message = fmt.Sprintf(message, args...)
	}
	return &refusal{status: status, kind: kind, message: message}
}
