package gerrit

import (
	"errors"
	"net/http"
	"strconv"
)

// An answer is what is said to a request.
type answer struct {
	status int
	kind   string
	body   []byte
	to     string // where a redirect leads
}

// guard stands before all JSON, so that it cannot be run as a script.
const guard = ")]}'\n"

const jsonKind = "application/json; charset=UTF-8"

func plain(status int, text string) answer {
	return answer{status: status, kind: "text/plain; charset=UTF-8", body: []byte(text + "\n")}
}

// created is a value that is new: 201.
type created struct{ value any }

// done is the answer without a body: 204.
type done struct{}

// answerOf is how REST says a value or an error.
func answerOf(value any, err error) answer {
	if r, ok := errors.AsType[*Refusal](err); ok {
		return plain(r.Status, r.Text)
	}
	if err != nil {
		return plain(http.StatusInternalServerError, "Internal server error")
	}
	status := http.StatusOK
	switch v := value.(type) {
	case answer:
		return v
	case done:
		return answer{status: http.StatusNoContent}
	case created:
		status, value = http.StatusCreated, v.value
	}
	return answer{status: status, kind: jsonKind, body: append([]byte(guard), append(gson(value), '\n')...)}
}

// write sends an answer; torn sends half of it and ends the connection. Errors mean that the client has gone.
func (a answer) write(w http.ResponseWriter, r *http.Request, torn bool) {
	h := w.Header()
	if a.kind != "" {
		h.Set("Content-Type", a.kind)
	}
	if a.to != "" {
		h.Set("Location", a.to)
	}
	h.Set("Cache-Control", "private, no-cache, no-store, max-age=0, must-revalidate")
	h.Set("X-Content-Type-Options", "nosniff")
	if a.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Basic realm="Gerrit Code Review"`)
	}
	if a.status != http.StatusNoContent {
		h.Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	if r.Method == http.MethodHead {
		return
	}
	if torn {
		_, _ = w.Write(a.body[:len(a.body)/2])
		panic(http.ErrAbortHandler) // the server sends what there is, and hangs up
	}
	_, _ = w.Write(a.body)
}
