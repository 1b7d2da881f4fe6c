package github

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"strings"
)

// object is a JSON object.
type object = map[string]any

// An answer is what a handler has decided to say; it is written after the lock is released.
type answer struct {
	status int
	header http.Header
	body   []byte
	text   string // what went wrong, for the ledger
}

func (a answer) with(name, value string) answer {
	if a.header == nil {
		a.header = http.Header{}
	}
	a.header.Set(name, value)
	return a
}

const mediaType = "application/json; charset=utf-8"

func reply(status int, body any) answer {
	text, err := json.Marshal(body)
	if err != nil {
		return answer{status: http.StatusInternalServerError, text: err.Error()}
	}
	return answer{status: status, body: text}.with("Content-Type", mediaType)
}

func ok(body any) answer { return reply(http.StatusOK, body) }

var nothing = answer{status: http.StatusNoContent}

// docs is where GitHub's error bodies point to when they say nothing better.
const docs = "https://docs.github.com/rest"

// refuse is an error as GitHub answers it.
func refuse(status int, message string) answer {
	a := reply(status, object{"message": message, "documentation_url": docs, "status": strconv.Itoa(status)})
	a.text = message
	return a
}

func notFound() answer { return refuse(http.StatusNotFound, "Not Found") }

// A flaw is one of the errors of a 422.
type flaw struct {
	Resource string `json:"resource,omitempty"`
	Field    string `json:"field,omitempty"`
	Code     string `json:"code"`
	Message  string `json:"message,omitempty"`
}

// invalid is GitHub's "Validation Failed".
func invalid(flaws ...flaw) answer {
	a := reply(http.StatusUnprocessableEntity, object{
		"message": "Validation Failed", "errors": flaws, "documentation_url": docs, "status": "422",
	})
	a.text = "Validation Failed: " + flaws[0].Field + " " + flaws[0].Code
	return a
}

// malformed is what GitHub's own schemas refuse: "Invalid request.", a blank line, and why.
func malformed(why string) answer {
	return refuse(http.StatusUnprocessableEntity, "Invalid request.\n\n"+why)
}

// tagged gives an answer to a GET its ETag, and makes it 304 when the client has it already.
func (a answer) tagged(r *http.Request) answer {
	if r.Method != http.MethodGet || a.status != http.StatusOK {
		return a
	}
	sum := sha256.Sum256(a.body)
	tag := `W/"` + hex.EncodeToString(sum[:]) + `"`
	if strings.Contains(r.Header.Get("If-None-Match"), strings.TrimPrefix(tag, "W/")) {
		return answer{status: http.StatusNotModified, header: a.header}.with("ETag", tag)
	}
	return a.with("ETag", tag)
}

// write sends an answer. Errors mean that the client has gone.
func (a answer) write(w http.ResponseWriter, r *http.Request) {
	maps.Copy(w.Header(), a.header)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if a.status != http.StatusNoContent && a.status != http.StatusNotModified {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(a.body)
	}
}
