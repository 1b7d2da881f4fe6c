package slack

import (
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
)

// An answer is what a handler has decided to say; it is written after the lock is released.
type answer struct {
	status int
	header http.Header
	body   []byte

	// For the ledger.
	outcome, channel, ts string
	pings                bool
}

func (a answer) with(name, value string) answer {
	if a.header == nil {
		a.header = http.Header{}
	}
	a.header.Set(name, value)
	return a
}

// A refusal is an error as Slack answers it. It is made by refuse.
type refusal struct {
	code  string
	extra object // further fields: needed, provided, errors
	// messages are the details in response_metadata, "[ERROR] …" each.
	messages []string
	status   int // of HTTP; 200 when zero
	wait     int // seconds to wait for who asks too often
}

// Error is Slack's code.
func (e *refusal) Error() string { return e.code }

func refuse(code string, messages ...string) *refusal {
	return &refusal{code: code, messages: messages}
}

func (e *refusal) with(name string, value any) *refusal {
	if e.extra == nil {
		e.extra = object{}
	}
	e.extra[name] = value
	return e
}

func (e *refusal) answer(status int) answer {
	body := object{"ok": false, "error": e.code}
	maps.Copy(body, e.extra)
	if len(e.messages) > 0 {
		body["response_metadata"] = object{"messages": e.messages}
	}
	a := jsonAnswer(body)
	a.status, a.outcome = status, e.code
	return a
}

func jsonAnswer(body any) answer {
	text, err := json.Marshal(body)
	if err != nil {
		return refuse("fatal_error").answer(http.StatusInternalServerError)
	}
	return answer{status: http.StatusOK, body: text, outcome: "ok"}.with("Content-Type", "application/json; charset=utf-8")
}

// write sends an answer. Errors mean that the client has gone.
func (a answer) write(w http.ResponseWriter, r *http.Request) {
	maps.Copy(w.Header(), a.header)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(a.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(a.body)
	}
}
